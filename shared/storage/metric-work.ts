/**
 * Rolls pushed points up, a slice of series at a time, as results are (`rollup-work.ts`): claimed
 * before it is read, written together with how far it came, and never over what was made of more.
 */
import { z } from "zod";
import { distributionOf } from "../domain/distribution.ts";
import { day, hour, rollupStart } from "../domain/rollup.ts";
import { mergeBySeries, readMetricRollups, writeMetricRollups } from "./metric-rollups.ts";
import { enqueueMetricWork, pushed } from "./metrics.ts";
import { stepColumn } from "./rollups.ts";
import { countRows, type RowCounts } from "./rows.ts";

const workRow = z.object({
  step: stepColumn,
  start: z.int(),
  next_series: z.int(),
  generation: z.int(),
});

type MetricWork = z.infer<typeof workRow>;

/** What became of a slice. */
export type PushedRolled =
  | { readonly kind: "nothing-to-do" }
  /** Somebody else did it, or points came in: nothing was changed. */
  | { readonly kind: "overtaken" }
  | { readonly kind: "written"; readonly rolled: number; readonly rows: RowCounts };

/** No series has a greater number. */
const lastSeries = Number.MAX_SAFE_INTEGER;

/** A series has at most a point a second, so a slice of an hour is never less than one whole. */
const pointsAtOnce = 20_000;

/** So many series are in a slice of a day at most. */
const seriesAtOnce = 500;

/** The oldest hour or day that is to be rolled up; hours that start after `hoursUntil` are not over. */
export async function readMetricWork(
  db: D1Database,
  hoursUntil: number,
): Promise<MetricWork | null> {
  const row = await db
    .prepare(
      `SELECT step, start, next_series, generation FROM metric_work
       WHERE step = ${day} OR start <= ?1 ORDER BY step, start LIMIT 1`,
    )
    .bind(hoursUntil)
    .first();
  return row === null ? null : workRow.parse(row);
}

/**
 * Rolls up the next slice of the oldest hour or day that is due.
 *
 * @param hoursUntil hours that start at or before it are over, epoch seconds
 * @throws where the database fails
 */
export async function rollUpPushed(db: D1Database, hoursUntil: number): Promise<PushedRolled> {
  const listed = await readMetricWork(db, hoursUntil);
  if (listed === null) return { kind: "nothing-to-do" };
  const work = await claim(db, listed);
  if (work === null) return { kind: "overtaken" };
  const { step, start, next_series, generation } = work;
  const { made, rolled, upTo } = await (step === hour ? readHour(db, work) : readDay(db, work));
  const done = upTo === lastSeries;
  try {
    const results = await db.batch([
      // Of work that is not as it was the subquery is NULL, which the table refuses.
      db
        .prepare(
          `INSERT INTO metric_work (step, start, generation, next_series)
           VALUES (?1, ?2, ?3, (
             SELECT ?5 FROM metric_work
             WHERE step = ?1 AND start = ?2 AND generation = ?3 AND next_series = ?4
           ))
           ON CONFLICT (step, start) DO UPDATE SET next_series = excluded.next_series`,
        )
        .bind(step, start, generation, next_series, done ? lastSeries : upTo + 1),
      ...writeMetricRollups(db, step, start, made),
      ...(done
        ? [db.prepare("DELETE FROM metric_work WHERE step = ?1 AND start = ?2").bind(step, start)]
        : []),
      ...(done && step === hour ? [enqueueMetricWork(db, day, [rollupStart(day, start)])] : []),
    ]);
    return { kind: "written", rolled, rows: countRows(results) };
  } catch (error) {
    if (error instanceof Error && /constraint failed: metric_work\.next_series/.test(error.message))
      return { kind: "overtaken" };
    throw error;
  }
}

/** Points that come in from now begin the work anew. */
async function claim(db: D1Database, work: MetricWork): Promise<MetricWork | null> {
  if (work.next_series > 0) return work;
  const row = await db
    .prepare(
      `UPDATE metric_work SET next_series = 1
       WHERE step = ?1 AND start = ?2 AND generation = ?3 AND next_series = 0
       RETURNING step, start, next_series, generation`,
    )
    .bind(work.step, work.start, work.generation)
    .first();
  return row === null ? null : workRow.parse(row);
}

const pointRows = z.array(z.object({ series: z.int(), value: z.number() }));

async function readHour(db: D1Database, { start, next_series }: MetricWork) {
  const { results } = await db
    .prepare(
      `SELECT metric_points.series, metric_points.value FROM metric_series
       CROSS JOIN metric_points ON metric_points.series = metric_series.number
         AND metric_points.time >= ?1 AND metric_points.time < ?2
       WHERE metric_series.monitor = ${pushed} AND metric_series.region = ${pushed}
         AND metric_series.active = 1 AND metric_series.number >= ?3
       ORDER BY metric_series.number LIMIT ${pointsAtOnce}`,
    )
    .bind(start, start + hour, next_series)
    .all();
  const points = pointRows.parse(results);
  const last = points.at(-1)?.series;
  // The last series may go on behind the limit: it is the next slice's.
  const whole =
    points.length < pointsAtOnce ? points : points.filter(({ series }) => series !== last);
  const upTo = points.length < pointsAtOnce || last === undefined ? lastSeries : last - 1;
  const made = [...Map.groupBy(whole, ({ series }) => series)].map(([owner, group]) => ({
    owner,
    values: distributionOf(group.map(({ value }) => value)),
  }));
  return { made, rolled: whole.length, upTo };
}

async function readDay(db: D1Database, { start, next_series }: MetricWork) {
  const numbers = await readPushedNumbers(db, next_series, seriesAtOnce);
  const hours = await readMetricRollups(db, hour, numbers, { from: start, to: start + day });
  const last = numbers.at(-1);
  const upTo = numbers.length < seriesAtOnce || last === undefined ? lastSeries : last;
  return { made: mergeBySeries(hours), rolled: hours.length, upTo };
}

/** The numbers of pushed series, from one on, at most `limit`. */
export async function readPushedNumbers(
  db: D1Database,
  from: number,
  limit: number,
): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT number FROM metric_series WHERE number >= ?1 AND monitor = ${pushed}
       ORDER BY number LIMIT ?2`,
    )
    .bind(from, limit)
    .all();
  return z
    .array(z.object({ number: z.int() }))
    .parse(results)
    .map(({ number }) => number);
}
