/** What results and metrics came to in the newest time, which is not rolled up yet. */
import { distributionOf } from "../domain/distribution.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { hour, type Rollup, rollUp, rollupStart } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { pushed, readMetricPoints, readMetricSeries } from "../storage/metrics.ts";
import { readTimedResults } from "../storage/raw-latencies.ts";
import { checksIn, monitorsWith, readProbedValues, sourceKey } from "./metric-values.ts";
import { expectedResults, mostResults } from "./performance-resolution.ts";
import { type MetricOfWindow, rollupKey } from "./rollups-of-window.ts";

/** An hour has been rolled up so long after its end, seconds. */
const rolledAfterSeconds = 300;

/**
 * The newest part of a window, which is read as single results: the present hour, and for a few
 * minutes the one before. Null where the window ends before, or there are too many to read.
 *
 * @param now epoch seconds
 */
export function liveSpan(window: Span, monitors: readonly Monitor[], now: number): Span | null {
  const from = Math.max(window.from, rollupStart(hour, now - rolledAfterSeconds));
  const to = Math.min(window.to, now + 1);
  if (to <= from || expectedResults(monitors, to - from) > mostResults) return null;
  return { from, to };
}

/** Results by monitor and region, under `rollupKey`: a row read for each. */
export async function readLiveResults(
  db: D1Database,
  monitors: readonly Monitor[],
  regions: readonly number[],
  live: Span,
): Promise<ReadonlyMap<string, Rollup>> {
  const numbers = monitors.map(({ number }) => number);
  if (numbers.length === 0) return new Map();
  const range = { from: Math.min(...numbers), to: Math.max(...numbers) };
  const addedAt = new Map(monitors.map((monitor) => [monitor.number, monitor.addedAt]));
  const results = await readTimedResults(db, live, range);
  const own = results.filter(
    ({ monitor, region, time }) =>
      regions.includes(region) && time >= (addedAt.get(monitor) ?? Number.POSITIVE_INFINITY),
  );
  const groups = Map.groupBy(own, ({ monitor, region }) => rollupKey(monitor, region));
  return new Map([...groups].map(([key, group]) => [key, rollUp(group)]));
}

/** The values of a metric, probed and pushed: a row read for each. */
export async function readLiveMetric(
  db: D1Database,
  plan: Plan,
  name: string,
  live: Span,
): Promise<MetricOfWindow> {
  const series = await readMetricSeries(db, [pushed], name);
  const [probed, points] = await Promise.all([
    readProbedValues(
      db,
      plan,
      monitorsWith(plan, name).flatMap((monitor) => checksIn(monitor, live)),
    ),
    readMetricPoints(
      db,
      series.map(({ number }) => number),
      live,
    ),
  ]);
  const found = probed.filter((value) => value.name === name);
  const sources = new Set(found.map(({ source }) => sourceKey(source)));
  return {
    series: sources.size + new Set(points.map((point) => point.series)).size,
    values: distributionOf([...found, ...points].map(({ value }) => value)),
  };
}
