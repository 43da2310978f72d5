/**
 * From what is run back to what people write: the way back from `compile.ts`. Comments and the way
 * in which something was said are lost, what it means is not: compiling the result gives the same.
 */
import { usualHealthSettings } from "../domain/health-score.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { PlanDocument } from "./compile.ts";
import { decompileProbe } from "./decompile-probe.ts";
import { type Defaults, defaultsSchema } from "./schema.ts";

/** Settings as they stand in a file; what is left out has its default. */
export type Written = Readonly<Record<string, unknown>>;

/** Without what is undefined. */
export function written(settings: Record<string, unknown>): Written {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The configuration that a plan was, or could have been, compiled from. */
export function decompile(document: PlanDocument): Written {
  const { monitors, controls, kpis, reports, retention, metrics, healthScore } = document;
  const baseUrl = baseUrlOf(monitors);
  const common = commonPolicy(monitors);
  const regionIds = document.regions.map(({ id }) => id);
  return written({
    baseUrl,
    regions: Object.fromEntries(
      document.regions.map(({ id, locationHint, generation }) => [
        id,
        generation === 1 ? { locationHint } : { locationHint, generation },
      ]),
    ),
    controls: controls.length > 0 ? controls : undefined,
    defaults: filledOr(difference(common, defaultsSchema.parse({})), undefined),
    reports,
    kpis: kpis && written({ ...kpis, docsReviewedOn: kpis.docsReviewedOn ?? undefined }),
    retention,
    metrics: metrics?.map(({ category, thresholds, ...rest }) =>
      written({ ...rest, category: category ?? undefined, ...thresholds }),
    ),
    healthScore: healthScore && difference(healthScore, usualHealthSettings),
    monitors: monitors.map((monitor) => decompileMonitor(monitor, { baseUrl, common, regionIds })),
  });
}

interface File {
  readonly baseUrl: string;
  readonly common: Defaults;
  readonly regionIds: readonly string[];
}

function decompileMonitor(monitor: Monitor, { baseUrl, common, regionIds }: File): Written {
  const { probe, sloTarget, regions, mode, category, tags, weight, dependsOn } = monitor;
  const inbound = probe.kind === "heartbeat";
  const policy = inbound ? { sloTarget } : policyOfMonitor(monitor);
  return written({
    id: monitor.id,
    type: probe.kind === "http" ? undefined : probe.kind,
    name: monitor.name,
    group: monitor.group,
    category: category ?? undefined,
    tags: tags.length > 0 ? tags : undefined,
    weight: weight === 1 ? undefined : weight,
    public: monitor.public === false ? false : undefined,
    dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
    regions: inbound || same(regions, regionIds) ? undefined : regions,
    mode: mode === "parallel" ? undefined : mode,
    vantagePoints: monitor.vantagePoints?.map(({ role, ...point }) =>
      role === "beside" ? point : { ...point, role },
    ),
    ...difference(policy, common),
    ...decompileProbe(probe, baseUrl),
  });
}

function policyOfMonitor({ schedule, retry, verdict, sloTarget }: Monitor): Defaults {
  const { quorum, failuresToOpen, successesToClose } = verdict;
  return {
    intervalSeconds: schedule.intervalSeconds,
    ...retry,
    quorum: quorum.kind === "atLeast" ? { atLeast: quorum.regions } : quorum.kind,
    failuresToOpen,
    successesToClose,
    sloTarget,
  };
}

/** For each setting the value that most monitors have. */
function commonPolicy(monitors: readonly Monitor[]): Defaults {
  const usual = defaultsSchema.parse({});
  const policies = monitors
    .filter(({ probe }) => probe.kind !== "heartbeat")
    .map((monitor) => new Map<string, unknown>(Object.entries(policyOfMonitor(monitor))));
  const common = Object.entries(usual).map(([name, value]) => {
    return [name, mostFrequent(policies.map((policy) => policy.get(name))) ?? value];
  });
  return defaultsSchema.parse(Object.fromEntries(common));
}

/** Where most requests go, for they are then written as paths. */
function baseUrlOf(monitors: readonly Monitor[]): string {
  const urls = monitors.flatMap(({ probe }) => {
    if (probe.kind === "transaction") return probe.steps.map(({ url }) => url);
    return probe.kind === "http" ? [probe.url] : [];
  });
  const origins = urls.flatMap((url) => /^https?:\/\/[^/?#\\]+/i.exec(url)?.[0] ?? []);
  // Needed by the form, and by no monitor where there is no other.
  return mostFrequent(origins) ?? "https://netpost.example";
}

function mostFrequent<T>(values: readonly T[]): T | undefined {
  const counts = new Map<string, { readonly value: T; count: number }>();
  for (const value of values) {
    const key = JSON.stringify(value);
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { value, count: 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count)[0]?.value;
}

/** The settings that are other than usual. */
function difference(settings: object, usual: object): Written {
  const known = new Map<string, unknown>(Object.entries(usual));
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => !same(value, known.get(name))),
  );
}

function filledOr<T>(settings: Written, otherwise: T): Written | T {
  return Object.keys(settings).length > 0 ? settings : otherwise;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
