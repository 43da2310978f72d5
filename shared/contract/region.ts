/** What the tick and a region's object say to each other; during a deployment, across versions. */
import { z } from "zod";
import { failureReasons, ownFaults } from "../domain/reason.ts";
import type { Result } from "../domain/result.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import { monitorSchema } from "./plan.ts";

export const roundSchema = z.object({
  time: z.int().nonnegative(),
  step: z.union([z.literal(minuteStep), z.literal(fastStep)]),
});

/** The monitors that one region's shard probes, as of a plan's revision. */
export const sliceSchema = z.object({
  revision: z.int().nonnegative(),
  region: z.string(),
  monitors: z.array(monitorSchema),
  controls: z.array(z.string()).default([]),
});

export type Slice = z.infer<typeof sliceSchema>;

export const runRequestSchema = z.object({
  round: roundSchema,
  /** The revision to probe by; an object that has another asks for the slice. */
  revision: z.int().nonnegative(),
  slice: sliceSchema.nullable(),
  /** How long the round may take, ms; what has not begun by then is not run. */
  budgetMs: z.int().positive(),
  /** Rounds whose slot is over by then (epoch seconds) and that still wait are handed over too. */
  overdueBefore: z.int().nonnegative(),
  /** At most so many of them in one answer; if there are more, they come first. */
  mostOverdue: z.int().positive(),
  /** Whether whoever asks reads `plain`. */
  readsPlain: z.boolean().default(false),
});

export type RunRequest = z.infer<typeof runRequestSchema>;

const detail = z.string();

const outcomeSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("up") }),
  z.object({ outcome: z.enum(["degraded", "down"]), reason: z.enum(failureReasons), detail }),
  z.object({ outcome: z.literal("unknown"), reason: z.enum(ownFaults), detail }),
]);

export const resultSchema = z.object({
  monitor: z.int().positive(),
  outcome: outcomeSchema,
  latencyMs: z.int().nonnegative().nullable(),
  attempts: z.int().nonnegative(),
  metrics: z.record(z.string(), z.number()).exactOptional(),
}) satisfies z.ZodType<Result>;

export const roundResultsSchema = z.object({
  round: roundSchema,
  results: z.array(resultSchema),
});

export type RoundResults = z.infer<typeof roundResultsSchema>;

/**
 * A round as it is handed over: most results are up at the first attempt and say nothing more. Of
 * those there are only two numbers each, the monitor's and the latency in ms, in turns.
 */
const handedOverSchema = z
  .object({
    ...roundResultsSchema.shape,
    plain: z
      .instanceof(Uint32Array)
      .refine((numbers) => numbers.length % 2 === 0, "two numbers for each result")
      .meta({ type: "array", items: { type: "integer" } })
      .exactOptional(),
  })
  .transform(({ round, results, plain }): RoundResults => {
    return { round, results: plain === undefined ? results : [...readPlain(plain), ...results] };
  });

function readPlain(numbers: Uint32Array): Result[] {
  const results: Result[] = [];
  let monitor: number | null = null;
  for (const number of numbers) {
    if (monitor === null) {
      monitor = number;
      continue;
    }
    results.push({ monitor, outcome: { outcome: "up" }, latencyMs: number, attempts: 1 });
    monitor = null;
  }
  return results;
}

/** A round's results as an object hands them over to whoever reads `plain`. */
export function handOver({ round, results }: RoundResults): z.input<typeof handedOverSchema> {
  const plain: number[] = [];
  const others: Result[] = [];
  for (const result of results) {
    const { monitor, outcome, latencyMs, attempts, metrics } = result;
    const isPlain = outcome.outcome === "up" && attempts === 1 && metrics === undefined;
    if (isPlain && latencyMs !== null) plain.push(monitor, latencyMs);
    else others.push(result);
  }
  return { round, results: others, plain: Uint32Array.from(plain) };
}

/** Asks a region to probe monitors of a round that was not its turn, or again under round-robin. */
export const confirmRequestSchema = z.object({
  round: roundSchema,
  monitors: z.array(z.int().positive()),
  budgetMs: z.int().positive(),
});

export type ConfirmRequest = z.infer<typeof confirmRequestSchema>;

/** How an object fares, told with every answer. */
export const objectStateSchema = z.object({
  /** Cloudflare's data centre that it runs in, and that one's country; null where not known. */
  colo: z.string().nullable(),
  country: z.string().nullable(),
  /** Rounds that it had to drop, because nobody took them for too long. */
  droppedRounds: z.int().nonnegative(),
});

export type ObjectState = z.infer<typeof objectStateSchema>;

export const runAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slice-needed") }),
  /** The round asked for and the overdue ones, in order of time. */
  z.object({
    kind: z.literal("reported"),
    rounds: z.array(handedOverSchema),
    /** More is waiting; the round asked for is held back until it has been taken. */
    more: z.boolean(),
    state: objectStateSchema,
  }),
]);

/** As an object gives it. */
export type RunAnswer = z.input<typeof runAnswerSchema>;
