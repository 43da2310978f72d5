/**
 * What results, metrics and health scores came to in a window of any length: whole days (UTC) from
 * the rollups of days, the rest at both ends from those of hours. A window is widened to whole
 * hours.
 */
import { type Distribution, mergeDistributions } from "../domain/distribution.ts";
import { type HealthSummary, mergeSummaries, summarise } from "../domain/health-history.ts";
import type { Monitor } from "../domain/monitor.ts";
import { day, hour, mergeRollups, type Rollup, type RollupStep } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { readHealthDays, readHealthScores } from "../storage/health-history.ts";
import { readMetricRollups } from "../storage/metric-rollups.ts";
import { pushed, readMetricSeries } from "../storage/metrics.ts";
import { readRollups, type StoredRollup } from "../storage/rollups.ts";

/** A stretch of time and the rollups that it is read from. */
export interface Piece extends Span {
  readonly step: RollupStep;
}

/** A window widened to whole hours. */
export function toWholeHours({ from, to }: Span): Span {
  return { from: Math.floor(from / hour) * hour, to: Math.ceil(to / hour) * hour };
}

/** The pieces of a window, in order of time; none overlap and none is empty. */
export function piecesOf(window: Span): Piece[] {
  const { from, to } = toWholeHours(window);
  const firstDay = Math.ceil(from / day) * day;
  const lastDay = Math.floor(to / day) * day;
  const pieces: Piece[] =
    firstDay > lastDay
      ? [{ step: hour, from, to }]
      : [
          { step: hour, from, to: firstDay },
          { step: day, from: firstDay, to: lastDay },
          { step: hour, from: lastDay, to },
        ];
  return pieces.filter((piece) => piece.to > piece.from);
}

/** Monitors and regions read at once: 5,000 rows are as many as fit the memory with ease. */
const pairsAtOnce = 60;

/** The key of `readRollupsOf`. */
export function rollupKey(monitor: number, region: number): string {
  return `${monitor}/${region}`;
}

/**
 * What results came to, by monitor and region; those without any are left out. At most 46 rows of
 * hours and one for each day are read of each. A monitor that was removed and came back starts anew.
 */
export async function readRollupsOf(
  db: D1Database,
  monitors: readonly Pick<Monitor, "number" | "addedAt">[],
  regions: readonly number[],
  window: Span,
): Promise<ReadonlyMap<string, Rollup>> {
  const rollups = new Map<string, Rollup>();
  const atOnce = Math.max(1, Math.floor(pairsAtOnce / Math.max(1, regions.length)));
  for (let index = 0; index < monitors.length; index += atOnce) {
    const some = monitors.slice(index, index + atOnce);
    const wanted = { monitors: some.map(({ number }) => number), regions };
    const addedAt = new Map(some.map((monitor) => [monitor.number, monitor.addedAt]));
    const parts = await Promise.all(
      piecesOf(window).map(async (piece) => {
        const rows = await readRollups(db, piece.step, wanted, piece);
        return rows.filter(
          ({ monitor, start }) => start + piece.step > (addedAt.get(monitor) ?? 0),
        );
      }),
    );
    const byKey = Map.groupBy(parts.flat(), ({ monitor, region }: StoredRollup) =>
      rollupKey(monitor, region),
    );
    for (const [key, rows] of byKey) rollups.set(key, mergeRollups(rows.map((row) => row.rollup)));
  }
  return rollups;
}

/** The values of a metric, of whatever series. */
export interface MetricOfWindow {
  readonly series: number;
  readonly values: Distribution;
}

/** The values of a metric in two stretches of time; mostly of the same series. */
export function mergeMetrics(one: MetricOfWindow, other: MetricOfWindow): MetricOfWindow {
  return {
    series: Math.max(one.series, other.series),
    values: mergeDistributions([one.values, other.values]),
  };
}

/** What a metric's values came to, over all monitors given, their regions, and what was pushed. */
export async function readMetricOf(
  db: D1Database,
  name: string,
  monitors: readonly number[],
  window: Span,
): Promise<MetricOfWindow> {
  const series = await readMetricSeries(db, [pushed, ...monitors], name);
  const numbers = series.map(({ number }) => number);
  const parts = await Promise.all(
    piecesOf(window).map((piece) => readMetricRollups(db, piece.step, numbers, piece)),
  );
  const rows = parts.flat();
  return {
    series: new Set(rows.map((row) => row.series)).size,
    values: mergeDistributions(rows.map(({ values }) => values)),
  };
}

/** What the health scores of a window came to. */
export async function readHealthOf(db: D1Database, window: Span): Promise<HealthSummary> {
  const whole = piecesOf(window).find(({ step }) => step === day);
  if (!whole) return summarise(await readHealthScores(db, window));
  const days = await readHealthDays(db, whole);
  // The newest days may not have been summed up yet: from there on, score by score.
  const summed = days.reduce((end, { start }) => Math.max(end, start + day), whole.from);
  const [before, after] = await Promise.all([
    readHealthScores(db, { from: window.from, to: whole.from }),
    readHealthScores(db, { from: summed, to: window.to }),
  ]);
  return mergeSummaries([
    ...days.map(({ summary }) => summary),
    summarise(before),
    summarise(after),
  ]);
}
