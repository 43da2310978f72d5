/**
 * The rollups still to be made. Recording puts an hour on the list in its own batch; whoever rolls
 * up takes a slice of monitors, and writes its rollups together with how far it came. That names
 * the generation of the work, which changes when results come in after somebody began: what was
 * rolled up of fewer results is never written over what was rolled up of more.
 */
import { z } from "zod";
import { day, hour, type RolledResult, type RollupStep, rollupStart } from "../domain/rollup.ts";
import { decodeOutcome } from "./codes.ts";
import {
  type MonitorRange,
  type Slice,
  type StoredRollup,
  stepColumn,
  writeRollups,
} from "./rollups.ts";
import { countRows, metricsColumn, type RowCounts } from "./rows.ts";

/** An hour or a day to be rolled up, and how far that is. */
export interface RollupWork {
  readonly step: RollupStep;
  /** Epoch seconds. */
  readonly start: number;
  /** Monitors with smaller numbers are done. */
  readonly nextMonitor: number;
  readonly generation: number;
}

/** No monitor has a greater number. */
export const lastMonitor = Number.MAX_SAFE_INTEGER;

/** A result as it is rolled up. */
export interface RawResult extends RolledResult {
  /** Epoch seconds. */
  readonly time: number;
  readonly monitor: number;
  readonly region: number;
  /** By name; empty where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** 53 bits: what JavaScript holds exactly. */
const newGeneration = "random() & 9007199254740991";

// Nobody has begun: whoever does will read these results too, and there is nothing to write.
const enqueueSql = `
  INSERT INTO rollup_work (step, start, next_monitor, generation)
  SELECT ?1, value, 0, ${newGeneration} FROM json_each(?2) WHERE true
  ON CONFLICT (step, start) DO UPDATE SET next_monitor = 0, generation = excluded.generation
  WHERE next_monitor > 0`;

/**
 * The statement that puts hours or days on the list: one written row for each that is not on it or
 * that somebody has begun with, none for others.
 */
export function enqueue(
  db: D1Database,
  step: RollupStep,
  starts: readonly number[],
): D1PreparedStatement {
  return db.prepare(enqueueSql).bind(step, JSON.stringify(starts));
}

/** The statement that puts the hours of results on the list; to be part of the batch that writes them. */
export function enqueueHoursOf(
  db: D1Database,
  results: readonly { readonly time: number }[],
): D1PreparedStatement[] {
  const starts = [...new Set(results.map(({ time }) => rollupStart(hour, time)))];
  return starts.length === 0 ? [] : [enqueue(db, hour, starts)];
}

const workRowSchema = z
  .object({
    step: stepColumn,
    start: z.int(),
    next_monitor: z.int(),
    generation: z.int(),
  })
  .transform(({ next_monitor, ...row }): RollupWork => ({ ...row, nextMonitor: next_monitor }));

/**
 * Reads what is to be rolled up: hours first, the oldest first.
 *
 * @param hoursUntil hours that start at or before it are over, epoch seconds
 */
export async function readWork(db: D1Database, hoursUntil: number): Promise<RollupWork[]> {
  const { results } = await db
    .prepare(
      `SELECT step, start, next_monitor, generation FROM rollup_work
       WHERE step = ${day} OR start <= ?1 ORDER BY step, start`,
    )
    .bind(hoursUntil)
    .all();
  return z.array(workRowSchema).parse(results);
}

// A seek for each distinct time, whatever the monitors' schedules.
const hourSql = `
  WITH RECURSIVE times (time) AS (
    SELECT (SELECT min(time) FROM results WHERE time >= ?1)
    UNION ALL
    SELECT (SELECT min(results.time) FROM results WHERE results.time > times.time)
    FROM times WHERE times.time < ?2
  )
  SELECT results.time, results.monitor, results.region, results.outcome, results.attempts,
    results.latency_ms, results.metrics
  FROM times CROSS JOIN results ON results.time = times.time
    AND results.monitor BETWEEN ?3 AND ?4
  WHERE times.time < ?2`;

const rawRowSchema = z
  .object({
    time: z.int(),
    monitor: z.int(),
    region: z.int(),
    outcome: z.int(),
    attempts: z.int(),
    latency_ms: z.int().nullable(),
    metrics: metricsColumn,
  })
  .transform(
    ({ outcome, latency_ms, ...row }): RawResult => ({
      ...row,
      outcome: decodeOutcome(outcome),
      latencyMs: latency_ms,
    }),
  );

/** Reads the results of some monitors in an hour: a row each, and one for each distinct time. */
export async function readHourSlice(
  db: D1Database,
  start: number,
  { from, to }: MonitorRange,
): Promise<Slice<RawResult>> {
  const result = await db
    .prepare(hourSql)
    .bind(start, start + hour, from, to)
    .all();
  return { rows: z.array(rawRowSchema).parse(result.results), counts: countRows([result]) };
}

/**
 * Notes that somebody is about to read, in one written row: results that come in from now begin
 * the work anew. Must precede the read of what is written with the work that this returns.
 *
 * @returns the work as it is now; null where it is done or was begun anew
 */
export async function claim(db: D1Database, work: RollupWork): Promise<RollupWork | null> {
  if (work.nextMonitor > 0) return work;
  const row = await db
    .prepare(
      `UPDATE rollup_work SET next_monitor = 1
       WHERE step = ?1 AND start = ?2 AND generation = ?3 AND next_monitor = 0
       RETURNING step, start, next_monitor, generation`,
    )
    .bind(work.step, work.start, work.generation)
    .first();
  return row === null ? null : workRowSchema.parse(row);
}

/** What became of writing a slice. */
export type SliceOutcome =
  | { readonly kind: "written"; readonly rows: RowCounts }
  /** Somebody else did it, or results came in: nothing was changed. */
  | { readonly kind: "overtaken" };

/**
 * Writes the rollups of a slice and how far the work is, in one batch. After the last slice of an
 * hour, the work is its day's.
 *
 * @param work as `claim` returned it before the slice was read
 * @param upTo the last monitor of the slice; `lastMonitor` where it was the last slice
 * @param beside what is to be written with it, or not at all
 * @throws where the database fails
 */
export async function writeSlice(
  db: D1Database,
  work: RollupWork,
  upTo: number,
  rollups: readonly Omit<StoredRollup, "start">[],
  beside: readonly D1PreparedStatement[] = [],
): Promise<SliceOutcome> {
  const { step, start, nextMonitor, generation } = work;
  const done = upTo === lastMonitor;
  try {
    const results = await db.batch([
      // Of work that is not as it was the subquery is NULL, which the table refuses.
      db
        .prepare(
          `INSERT INTO rollup_work (step, start, generation, next_monitor)
           VALUES (?1, ?2, ?3, (
             SELECT ?5 FROM rollup_work
             WHERE step = ?1 AND start = ?2 AND generation = ?3 AND next_monitor = ?4
           ))
           ON CONFLICT (step, start) DO UPDATE SET next_monitor = excluded.next_monitor`,
        )
        .bind(step, start, generation, nextMonitor, done ? lastMonitor : upTo + 1),
      ...(rollups.length > 0 ? [writeRollups(db, step, start, rollups)] : []),
      ...beside,
      ...(done
        ? [db.prepare("DELETE FROM rollup_work WHERE step = ?1 AND start = ?2").bind(step, start)]
        : []),
      ...(done && step === hour ? [enqueue(db, day, [rollupStart(day, start)])] : []),
    ]);
    return { kind: "written", rows: countRows(results) };
  } catch (error) {
    if (isOvertaken(error)) return { kind: "overtaken" };
    throw error;
  }
}

/** Takes work off the list as it is, unless it was begun anew. */
export async function dropWork(db: D1Database, work: RollupWork): Promise<void> {
  await db
    .prepare("DELETE FROM rollup_work WHERE step = ?1 AND start = ?2 AND generation = ?3")
    .bind(work.step, work.start, work.generation)
    .run();
}

function isOvertaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    /NOT NULL constraint failed: rollup_work\.next_monitor/.test(error.message)
  );
}
