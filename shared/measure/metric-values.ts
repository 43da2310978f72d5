/** The single values of metrics, as probes found them or NetPost pushed them; found by key. */
import { placesOf } from "../domain/inbound.ts";
import { metricNamesOf, type TimedValue } from "../domain/metric.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { lastCheckAt } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";
import { type Labels, labelsText, type MetricSeries, pushed } from "../storage/metrics.ts";
import { type CheckKey, readResults } from "../storage/queries.ts";

/** Where values come from. */
export type MetricSource =
  | { readonly kind: "probe"; readonly monitor: Monitor; readonly region: string }
  | { readonly kind: "pushed"; readonly labels: Labels };

/** A value, of which metric, and where it comes from. */
export interface MetricValue extends TimedValue {
  readonly name: string;
  readonly source: MetricSource;
}

/** What makes two sources of a metric one. */
export function sourceKey(source: MetricSource): string {
  if (source.kind === "pushed") return `pushed/${labelsText(source.labels)}`;
  return `${source.monitor.number}/${source.region}`;
}

/** The source of a stored series; null where its monitor or region is no longer in the plan. */
export function sourceOf(plan: Plan, series: MetricSeries): MetricSource | null {
  if (series.monitor === pushed) return { kind: "pushed", labels: series.labels };
  const monitor = plan.monitors.find(({ number }) => number === series.monitor);
  const region = placesOf(plan).find(({ number }) => number === series.region)?.id;
  if (monitor === undefined || region === undefined) return null;
  return metricNamesOf(monitor.probe).includes(series.name)
    ? { kind: "probe", monitor, region }
    : null;
}

/** The monitors that may have values of a metric; with null, of any. */
export function monitorsWith({ monitors }: Plan, name: string | null): Monitor[] {
  return monitors.filter(({ probe }) => {
    const names = metricNamesOf(probe);
    return name === null ? names.length > 0 : names.includes(name);
  });
}

/** How far back a monitor's newest value counts as present, seconds. */
export function recentSecondsOf({ schedule }: Monitor, windowSeconds: number): number {
  // A value stands until the next check's is recorded.
  return Math.max(windowSeconds, 2 * schedule.intervalSeconds);
}

/** The checks of a monitor inside a window. */
export function checksIn({ number, schedule, addedAt }: Monitor, { from, to }: Span): CheckKey[] {
  const checks: CheckKey[] = [];
  const first = Math.max(from, addedAt);
  for (let time = lastCheckAt(schedule, to - 1); time >= first; time -= schedule.intervalSeconds) {
    checks.push({ monitor: number, time });
  }
  return checks;
}

/** Reads what probes found at some checks: a row for each check and region. */
export async function readProbedValues(
  db: D1Database,
  plan: Plan,
  checks: readonly CheckKey[],
): Promise<MetricValue[]> {
  if (checks.length === 0) return [];
  const monitors = new Map(plan.monitors.map((monitor) => [monitor.number, monitor]));
  const regions = new Map(placesOf(plan).map(({ number, id }) => [number, id]));
  const results = await readResults(db, checks);
  return results.flatMap((result): MetricValue[] => {
    const monitor = monitors.get(result.monitor);
    const region = regions.get(result.region);
    if (monitor === undefined || region === undefined) return [];
    const source = { kind: "probe", monitor, region } as const;
    return Object.entries(result.metrics).map(([name, value]) => {
      return { name, value, at: result.time, source };
    });
  });
}
