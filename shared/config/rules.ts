/** What the parts of a configuration demand of each other. */
import { z } from "zod";
import { stepOf } from "../domain/schedule.ts";
import { longestBudgetMs } from "../domain/shard.ts";
import { againstExchange, againstSteps, exchangeParts, stepsPart } from "./exchange-rules.ts";
import { againstLabels, labelParts, needsAmong } from "./label-rules.ts";
import { commonFields, defaultsSchema, policyFields } from "./schema.ts";

/** What is wrong, and where. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Null for what is malformed: it has its own mistake, and no rule is held against it. */
const sound = <S extends z.ZodType>(schema: S) => schema.nullable().catch(null);

const monitorParts = z.object({
  id: sound(commonFields.id),
  regions: sound(z.array(z.string()).optional()),
  ...labelParts,
  ...exchangeParts,
  steps: stepsPart,
  intervalSeconds: sound(policyFields.intervalSeconds.optional()),
  timeoutMs: sound(policyFields.timeoutMs.optional()),
  budgetMs: sound(policyFields.budgetMs.optional()),
  quorum: sound(policyFields.quorum.optional()),
  mode: sound(commonFields.mode),
});

const defaultsParts = z.object({
  intervalSeconds: sound(defaultsSchema.shape.intervalSeconds),
  timeoutMs: sound(defaultsSchema.shape.timeoutMs),
  budgetMs: sound(defaultsSchema.shape.budgetMs),
  quorum: sound(defaultsSchema.shape.quorum),
});

const parts = z.object({
  regions: sound(z.record(z.string(), z.unknown())),
  defaults: sound(defaultsParts.prefault({})),
  monitors: z.array(sound(monitorParts)).catch([]),
});

type MonitorParts = z.infer<typeof monitorParts>;
type DefaultsParts = z.infer<typeof defaultsParts>;

/** The mistakes between parts that are well formed in themselves, whatever else is wrong. */
export function contradictions(input: unknown): Mistake[] {
  const parsed = parts.safeParse(input);
  if (!parsed.success) return [];
  const { regions, defaults, monitors } = parsed.data;
  const names = Object.keys(regions ?? {});
  const known = names.length > 0 ? names : null;
  const first = new Map<string, number>();
  const needs = needsAmong(monitors);
  return monitors.flatMap((monitor, index) => {
    if (!monitor) return [];
    const mistakes = [
      ...againstRegions(monitor, known),
      ...(defaults ? againstPolicy(monitor, defaults, known?.length ?? null) : []),
      ...againstExchange(monitor),
      ...againstSteps(monitor.steps),
      ...againstLabels(monitor, needs),
    ];
    const same = monitor.id === null ? undefined : first.get(monitor.id);
    if (same !== undefined) mistakes.unshift(at("id", `the same id as monitors[${same}]`));
    else if (monitor.id !== null) first.set(monitor.id, index);
    return mistakes.map(({ path, message }) => ({ path: ["monitors", index, ...path], message }));
  });
}

function at(field: string, message: string, ...inside: number[]): Mistake {
  return { path: [field, ...inside], message };
}

function againstRegions({ regions }: MonitorParts, known: readonly string[] | null): Mistake[] {
  if (!regions) return [];
  const mistakes: Mistake[] = [];
  for (const [index, region] of regions.entries()) {
    if (known && !known.includes(region)) {
      mistakes.push(at("regions", `no such region; allowed: ${known.join(", ")}`, index));
    }
  }
  if (new Set(regions).size < regions.length) mistakes.push(at("regions", "names a region twice"));
  return mistakes;
}

function againstPolicy(
  monitor: MonitorParts,
  defaults: DefaultsParts,
  regionsKnown: number | null,
): Mistake[] {
  const own = <T>(mine: T | undefined, common: T): T => (mine === undefined ? common : mine);
  const interval = own(monitor.intervalSeconds, defaults.intervalSeconds);
  const budget = own(monitor.budgetMs, defaults.budgetMs);
  const timeout = own(monitor.timeoutMs, defaults.timeoutMs);
  const quorum = own(monitor.quorum, defaults.quorum);
  const regions = monitor.regions === null ? null : (monitor.regions?.length ?? regionsKnown);

  const mistakes: Mistake[] = [];
  if (interval !== null && budget !== null) {
    const mode = monitor.mode ?? "parallel";
    const limit = longestBudgetMs(stepOf({ intervalSeconds: interval, phaseSeconds: 0 }), mode);
    if (budget > limit) {
      const inTurns = "under round-robin, where it is needed twice in an interval";
      const where = mode === "parallel" ? "for an interval" : inTurns;
      const tooLong = `${budget} ms is too long ${where} of ${interval} s`;
      mistakes.push(at("budgetMs", `${tooLong}; at most ${limit} ms`));
    }
  }
  if (timeout !== null && budget !== null && timeout > budget) {
    mistakes.push(at("timeoutMs", `longer than the budget of ${budget} ms`));
  }
  if (typeof quorum === "object" && quorum !== null && regions !== null) {
    if (quorum.atLeast > regions) {
      mistakes.push(at("quorum", `asks for ${quorum.atLeast} of ${regions} regions`));
    }
  }
  return mistakes;
}
