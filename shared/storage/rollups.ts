/** Rollups: what results came to in an hour or a day. Read by key, a row for each. */
import { z } from "zod";
import { type Rollup, type RollupStep, rollupSteps } from "../domain/rollup.ts";
import { decodeSketch, encodeSketch } from "../domain/sketch-text.ts";
import type { Span } from "../domain/span.ts";
import { countRows, type RowCounts } from "./rows.ts";

/** Which rollup of a step it is. */
export interface RollupKey {
  /** The monitor's number. */
  readonly monitor: number;
  /** The region's number. */
  readonly region: number;
  /** Epoch seconds, a multiple of the step. */
  readonly start: number;
}

export interface StoredRollup extends RollupKey {
  readonly rollup: Rollup;
}

const rollupRowSchema = z
  .object({
    monitor: z.int(),
    region: z.int(),
    start: z.int(),
    up: z.int(),
    degraded: z.int(),
    down: z.int(),
    unknown: z.int(),
    attempts: z.int(),
    latency_count: z.int(),
    latency_sum: z.int(),
    latency_min: z.int().nullable(),
    latency_max: z.int().nullable(),
    sketch: z.string(),
  })
  .transform(
    (row): StoredRollup => ({
      monitor: row.monitor,
      region: row.region,
      start: row.start,
      rollup: {
        outcomes: { up: row.up, degraded: row.degraded, down: row.down, unknown: row.unknown },
        attempts: row.attempts,
        latency: {
          count: row.latency_count,
          sum: row.latency_sum,
          min: row.latency_min,
          max: row.latency_max,
          sketch: decodeSketch(row.sketch),
        },
      },
    }),
  );

const columns = [
  ...["up", "degraded", "down", "unknown", "attempts"],
  ...["latency_count", "latency_sum", "latency_min", "latency_max", "sketch"],
];

/** The columns of `rollupRowSchema`, for a query on `rollups`. */
const rollupColumns = ["monitor", "region", "start", ...columns]
  .map((column) => `rollups.${column}`)
  .join(", ");

/**
 * Reads the rollups of monitors in regions that start inside a window: one row each, and one for
 * each monitor and region. By monitor, region and start, each in the order asked for.
 *
 * @param window epoch seconds; a rollup that starts before it and reaches into it is not in it
 */
export async function readRollups(
  db: D1Database,
  step: RollupStep,
  wanted: { readonly monitors: readonly number[]; readonly regions: readonly number[] },
  window: Span,
): Promise<StoredRollup[]> {
  const pairs = wanted.monitors.flatMap((monitor) =>
    wanted.regions.map((region) => [monitor, region]),
  );
  // In this order by the join alone: to be sorted, every row would be read twice.
  const { results } = await db
    .prepare(
      `SELECT ${rollupColumns}
       FROM json_each(?1) AS wanted
       CROSS JOIN rollups ON rollups.step = ?2
         AND rollups.monitor = wanted.value ->> 0 AND rollups.region = wanted.value ->> 1
         AND rollups.start >= ?3 AND rollups.start < ?4`,
    )
    .bind(JSON.stringify(pairs), step, window.from, window.to)
    .all();
  return z.array(rollupRowSchema).parse(results);
}

/** Monitors by number, both ends included. */
export interface MonitorRange {
  readonly from: number;
  readonly to: number;
}

/** Rows of a range of monitors, and what reading them came to. */
export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly counts: RowCounts;
}

/**
 * Reads the rollups of a range of monitors, in all regions, that start inside a window: one row
 * each, and one for each monitor and region.
 */
export async function readRollupSlice(
  db: D1Database,
  step: RollupStep,
  window: Span,
  { from, to }: MonitorRange,
): Promise<Slice<StoredRollup>> {
  const result = await db
    .prepare(
      `SELECT ${rollupColumns}
       FROM monitors CROSS JOIN regions
       CROSS JOIN rollups ON rollups.step = ?1 AND rollups.monitor = monitors.number
         AND rollups.region = regions.number AND rollups.start >= ?2 AND rollups.start < ?3
       WHERE monitors.number BETWEEN ?4 AND ?5
       ORDER BY monitors.number, regions.number, rollups.start`,
    )
    .bind(step, window.from, window.to, from, to)
    .all();
  return { rows: z.array(rollupRowSchema).parse(result.results), counts: countRows([result]) };
}

/**
 * Reads the numbers of monitors, ascending, those removed long ago left out.
 *
 * @param from the least number
 * @param since those removed before it are left out, epoch seconds
 * @returns at most `limit`
 */
export async function readMonitorNumbers(
  db: D1Database,
  from: number,
  since: number,
  limit: number,
): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT number FROM monitors
       WHERE number >= ?1 AND (removed_at IS NULL OR removed_at >= ?2)
       ORDER BY number LIMIT ?3`,
    )
    .bind(from, since, limit)
    .all();
  return z
    .array(z.object({ number: z.int() }))
    .parse(results)
    .map(({ number }) => number);
}

const upsertSql = `
  INSERT INTO rollups (step, monitor, region, start, ${columns.join(", ")})
  SELECT ?2, value ->> 0, value ->> 1, ?3,
    ${columns.map((_, index) => `value ->> ${index + 2}`).join(", ")}
  FROM json_each(?1) WHERE true
  ON CONFLICT (step, monitor, region, start) DO UPDATE SET
    ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}
  WHERE (${columns.map((column) => `rollups.${column}`).join(", ")})
    IS NOT (${columns.map((column) => `excluded.${column}`).join(", ")})`;

/** The statement that writes the rollups of one hour or day; one as it was is not written. */
export function writeRollups(
  db: D1Database,
  step: RollupStep,
  start: number,
  rollups: readonly Omit<StoredRollup, "start">[],
): D1PreparedStatement {
  const rows = rollups.map(({ monitor, region, rollup: { outcomes, attempts, latency } }) => [
    monitor,
    region,
    outcomes.up,
    outcomes.degraded,
    outcomes.down,
    outcomes.unknown,
    attempts,
    latency.count,
    latency.sum,
    latency.min,
    latency.max,
    encodeSketch(latency.sketch),
  ]);
  return db.prepare(upsertSql).bind(JSON.stringify(rows), step, start);
}

/** The statement that deletes rollups of one hour or day. */
export function deleteRollups(
  db: D1Database,
  step: RollupStep,
  start: number,
  keys: readonly Pick<RollupKey, "monitor" | "region">[],
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM rollups WHERE (step, monitor, region, start) IN (
         SELECT ?2, value ->> 0, value ->> 1, ?3 FROM json_each(?1)
       )`,
    )
    .bind(JSON.stringify(keys.map(({ monitor, region }) => [monitor, region])), step, start);
}

/** A column that holds a step. */
export const stepColumn = z.literal(rollupSteps);
