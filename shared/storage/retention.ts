/**
 * What is deleted, and from when on everything is still there. First the database says from when on
 * it keeps a layer, then what is older goes, in steps of bounded size: a reader that asks first is
 * never shown half of an hour.
 */
import { z } from "zod";
import type { KeptFrom } from "../domain/retention.ts";
import { day, hour, type RollupStep } from "../domain/rollup.ts";
import { readMonitorNumbers } from "./rollups.ts";
import { countRows, type RowCounts } from "./rows.ts";

/** Results are the layer below hours. */
const raw = 0;

const retentionRows = z.array(z.object({ step: z.int(), kept_from: z.int() }));

/** Reads from when on results, hours and days are complete, epoch seconds: three rows. */
export async function readKeptFrom(db: D1Database): Promise<KeptFrom> {
  const { results } = await db.prepare("SELECT step, kept_from FROM retention").all();
  const rows = retentionRows.parse(results);
  const of = (step: number) => rows.find((row) => row.step === step)?.kept_from ?? 0;
  return { results: of(raw), hours: of(hour), days: of(day) };
}

/**
 * Moves forward from when on each layer is kept, never past what is still to be rolled up, and
 * writes nothing where that is so already.
 */
export async function keepFrom(db: D1Database, kept: KeptFrom): Promise<RowCounts> {
  const keep = (step: number, to: number, above: RollupStep | null) =>
    db
      .prepare(
        `UPDATE retention SET kept_from = wanted.kept_from, next_monitor = 0
         FROM (
           SELECT min(?2, coalesce((SELECT min(start) FROM rollup_work WHERE step = ?3), ?2))
             AS kept_from
         ) AS wanted
         WHERE retention.step = ?1 AND retention.kept_from < wanted.kept_from`,
      )
      .bind(step, to, above);
  return countRows(
    await db.batch([
      keep(raw, kept.results, hour),
      keep(hour, kept.hours, day),
      keep(day, kept.days, null),
    ]),
  );
}

/** What a deletion came to. */
export interface Deleted {
  /** Rows that are gone. */
  readonly deleted: number;
  readonly rows: RowCounts;
}

/**
 * Deletes the oldest of the results that are no longer kept: `limit` of them and what else is of
 * the same time, which is at most a round.
 */
export async function deleteOldResults(db: D1Database, limit: number): Promise<Deleted> {
  const result = await db
    .prepare(
      // One bound, for SQLite seeks with one; the oldest are found by walking the key.
      `WITH kept (until) AS (SELECT kept_from - 1 FROM retention WHERE step = ${raw})
       DELETE FROM results WHERE time <= (
         SELECT min(until, coalesce(
           (SELECT time FROM results WHERE time <= until ORDER BY time LIMIT 1 OFFSET ?1), until
         )) FROM kept
       )`,
    )
    .bind(limit - 1)
    .run();
  return { deleted: result.meta.changes, rows: countRows([result]) };
}

const progressRow = z.object({ kept_from: z.int(), next_monitor: z.int().nullable() });

/** So many monitors are gone through at a time. */
const monitorsAtOnce = 100;

/**
 * Deletes rollups that are no longer kept, of some monitors at a time, at most `limit`.
 *
 * @returns null where all monitors have been gone through
 */
export async function deleteOldRollups(
  db: D1Database,
  step: RollupStep,
  limit: number,
): Promise<Deleted | null> {
  const row = await db
    .prepare("SELECT kept_from, next_monitor FROM retention WHERE step = ?1")
    .bind(step)
    .first();
  const { kept_from: before, next_monitor: from } = progressRow.parse(row);
  if (from === null) return null;
  const numbers = await readMonitorNumbers(db, from, 0, monitorsAtOnce);
  const to = numbers.at(-1);
  if (to === undefined) {
    const ended = await moveOn(db, step, before, from, null).run();
    return { deleted: 0, rows: countRows([ended]) };
  }
  const result = await db
    .prepare(
      `DELETE FROM rollups WHERE (step, monitor, region, start) IN (
         SELECT rollups.step, rollups.monitor, rollups.region, rollups.start
         FROM monitors CROSS JOIN regions
         CROSS JOIN rollups ON rollups.step = ?1 AND rollups.monitor = monitors.number
           AND rollups.region = regions.number AND rollups.start < ?2
         WHERE monitors.number BETWEEN ?3 AND ?4
         LIMIT ?5
       )`,
    )
    .bind(step, before, from, to, limit)
    .run();
  const deleted = result.meta.changes;
  if (deleted >= limit) return { deleted, rows: countRows([result]) };
  const next = numbers.length < monitorsAtOnce ? null : to + 1;
  const moved = await moveOn(db, step, before, from, next).run();
  return { deleted, rows: countRows([result, moved]) };
}

/** Only from where it was: another tick may have gone on, or begun anew with later ones. */
function moveOn(
  db: D1Database,
  step: RollupStep,
  before: number,
  from: number,
  next: number | null,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE retention SET next_monitor = ?4
       WHERE step = ?1 AND kept_from = ?2 AND next_monitor = ?3`,
    )
    .bind(step, before, from, next);
}
