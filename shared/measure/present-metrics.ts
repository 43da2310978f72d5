/** Metrics at present, judged by their definitions: what alerts and the health score go by. */
import {
  definitionsOf,
  judgeMetric,
  type MetricDefinition,
  type PresentMetric,
} from "../domain/metric.ts";
import type { Plan } from "../domain/plan.ts";
import { pushed, readMetricPoints, readMetricSeries } from "../storage/metrics.ts";
import {
  checksIn,
  type MetricValue,
  monitorsWith,
  readProbedValues,
  recentSecondsOf,
  sourceOf,
} from "./metric-values.ts";

/**
 * Reads every metric that the plan defines, as it is at a time. Reads the results of the last
 * minutes of the monitors that find one of them, and the points pushed in them, by key.
 *
 * @param now epoch seconds
 * @throws where the database fails
 */
export async function readPresentMetrics(
  db: D1Database,
  plan: Plan,
  now: number,
): Promise<PresentMetric[]> {
  const definitions = definitionsOf(plan);
  const [recent, series] = await Promise.all([
    readRecentValues(db, plan, definitions, now),
    readMetricSeries(db, [
      pushed,
      ...new Set(definitions.flatMap(({ name }) => numbersWith(plan, name))),
    ]),
  ]);
  const known = new Set(series.map(({ name }) => name));
  return definitions.map((definition) => {
    const values = recent.filter((value) => isRecent(value, definition, now));
    return judgeMetric(definition, values, known.has(definition.name));
  });
}

function numbersWith(plan: Plan, name: string): number[] {
  return monitorsWith(plan, name).map(({ number }) => number);
}

/** Whether a value is one of a definition's that count as present. */
export function isRecent(
  { name, at, source }: MetricValue,
  definition: Pick<MetricDefinition, "name" | "windowSeconds">,
  now: number,
): boolean {
  if (name !== definition.name || at > now) return false;
  const seconds =
    source.kind === "pushed"
      ? definition.windowSeconds
      : recentSecondsOf(source.monitor, definition.windowSeconds);
  return at > now - seconds;
}

/** Reads all values of some metrics that may count as present. */
export async function readRecentValues(
  db: D1Database,
  plan: Plan,
  wanted: readonly Pick<MetricDefinition, "name" | "windowSeconds">[],
  now: number,
): Promise<MetricValue[]> {
  const windows = new Map<number, number>();
  for (const { name, windowSeconds } of wanted) {
    for (const monitor of monitorsWith(plan, name)) {
      const seconds = recentSecondsOf(monitor, windowSeconds);
      windows.set(monitor.number, Math.max(seconds, windows.get(monitor.number) ?? 0));
    }
  }
  const checks = plan.monitors.flatMap((monitor) => {
    const seconds = windows.get(monitor.number);
    return seconds === undefined ? [] : checksIn(monitor, { from: now - seconds + 1, to: now + 1 });
  });
  const [probed, pushedOnes] = await Promise.all([
    readProbedValues(db, plan, checks),
    readPushedValues(db, plan, wanted, now),
  ]);
  return [...probed, ...pushedOnes];
}

async function readPushedValues(
  db: D1Database,
  plan: Plan,
  wanted: readonly Pick<MetricDefinition, "name" | "windowSeconds">[],
  now: number,
): Promise<MetricValue[]> {
  const names = new Set(wanted.map(({ name }) => name));
  const series = (await readMetricSeries(db, [pushed])).filter(({ name }) => names.has(name));
  if (series.length === 0) return [];
  const from = now - Math.max(...wanted.map(({ windowSeconds }) => windowSeconds)) + 1;
  const points = await readMetricPoints(
    db,
    series.map(({ number }) => number),
    { from, to: now + 1 },
  );
  const byNumber = new Map(series.map((one) => [one.number, one]));
  return points.flatMap((point): MetricValue[] => {
    const one = byNumber.get(point.series);
    const source = one === undefined ? null : sourceOf(plan, one);
    if (one === undefined || source === null) return [];
    return [{ name: one.name, value: point.value, at: point.at, source }];
  });
}
