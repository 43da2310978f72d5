/** What is deleted of metrics: a few series at a time, in steps of bounded size. */
import { z } from "zod";
import type { KeptFrom } from "../domain/retention.ts";
import { day, hour, rollupStart } from "../domain/rollup.ts";
import { pushed } from "./metrics.ts";
import { countRows, type RowCounts } from "./rows.ts";

/** Series by number, both ends included. */
export interface SeriesRange {
  readonly from: number;
  readonly to: number;
}

const extentRow = z.object({ last: z.int().nullable(), waiting: z.int().nullable() });

/** Reads the greatest number of a series, and the oldest hour whose points are not rolled up yet. */
export async function readMetricExtent(
  db: D1Database,
): Promise<{ readonly last: number; readonly waiting: number | null }> {
  const row = await db
    .prepare(
      `SELECT (SELECT max(number) FROM metric_series) AS last,
         (SELECT min(start) FROM metric_work WHERE step = ${hour}) AS waiting`,
    )
    .first();
  const { last, waiting } = extentRow.parse(row);
  return { last: last ?? 0, waiting };
}

/**
 * Deletes what is no longer kept of some series, at most `limit` rows of each layer, and takes
 * pushed series without a point from the active ones.
 *
 * @param kept from when on each layer is kept; points are kept like results
 * @param now epoch seconds: keys of pushes are kept for a day and the rest of the one before
 */
export async function deleteOldMetrics(
  db: D1Database,
  kept: KeptFrom,
  { from, to }: SeriesRange,
  limit: number,
  now: number,
): Promise<{ readonly deleted: number; readonly rows: RowCounts }> {
  const rollups = (step: number, before: number) =>
    db
      .prepare(
        `DELETE FROM metric_rollups WHERE (step, series, start) IN (
           SELECT metric_rollups.step, metric_rollups.series, metric_rollups.start
           FROM metric_series
           CROSS JOIN metric_rollups ON metric_rollups.step = ?1
             AND metric_rollups.series = metric_series.number AND metric_rollups.start < ?2
           WHERE metric_series.number BETWEEN ?3 AND ?4 LIMIT ?5
         )`,
      )
      .bind(step, before, from, to, limit);
  const results = await db.batch([
    db
      .prepare(
        `DELETE FROM metric_points WHERE (series, time) IN (
           SELECT metric_points.series, metric_points.time FROM metric_series
           CROSS JOIN metric_points ON metric_points.series = metric_series.number
             AND metric_points.time < ?1
           WHERE metric_series.number BETWEEN ?2 AND ?3 AND metric_series.active = 1 LIMIT ?4
         )`,
      )
      .bind(kept.results, from, to, limit),
    rollups(hour, kept.hours),
    rollups(day, kept.days),
    db
      .prepare(
        `DELETE FROM metric_pushes WHERE (day, key) IN (
           SELECT day, key FROM metric_pushes WHERE day < ?1 LIMIT ?2
         )`,
      )
      .bind(rollupStart(day, now) - day, limit),
    db
      .prepare(
        `UPDATE metric_series SET active = 0
         WHERE number BETWEEN ?1 AND ?2 AND active = 1 AND monitor = ${pushed} AND NOT EXISTS (
           SELECT 1 FROM metric_points WHERE metric_points.series = metric_series.number
         )`,
      )
      .bind(from, to),
  ]);
  const deleted = results.slice(0, 4).reduce((sum, { meta }) => sum + meta.changes, 0);
  return { deleted, rows: countRows(results) };
}
