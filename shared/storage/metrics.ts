/**
 * Metrics: lines of values with a number each, and the points that were pushed. Every query goes
 * by key: a series is found by whose it is, its points by their times.
 */
import { z } from "zod";
import type { TimedValue } from "../domain/metric.ts";
import { day, hour, rollupStart } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { countRows, type RowCounts } from "./rows.ts";

/** Monitor and region of what was pushed. */
export const pushed = 0;

/** So many pushed series may have points at a time; each costs a rollup an hour. */
export const mostActiveSeries = 1_000;

/** Names in order, so that the same labels are the same text. */
export type Labels = Readonly<Record<string, string>>;

/** A line of values. */
export interface MetricSeries {
  readonly number: number;
  /** The monitor's number; `pushed` where it comes from none. */
  readonly monitor: number;
  /** The region's number; `pushed` where it comes from none. */
  readonly region: number;
  readonly name: string;
  readonly labels: Labels;
}

/** A value as it is pushed. */
export interface PushedPoint {
  readonly name: string;
  readonly labels: Labels;
  /** Epoch seconds. */
  readonly time: number;
  readonly value: number;
}

/** A push's own key, and what was pushed under it. */
export interface PushKey {
  readonly key: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** What became of a push. */
export type PushOutcome =
  | { readonly kind: "accepted"; readonly accepted: number; readonly rows: RowCounts }
  /** The same was pushed under this key before: nothing was changed. */
  | { readonly kind: "repeated"; readonly accepted: number }
  /** Something else was pushed under this key before. */
  | { readonly kind: "key-reused" }
  /** There would be more active series than `mostActiveSeries`. */
  | { readonly kind: "too-many-series" };

/** Labels as the database keeps them. */
export function labelsText(labels: Labels): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => order(a, b))));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const seriesOfPoint = `(
  SELECT metric_series.number FROM metric_series
  WHERE metric_series.monitor = ${pushed} AND metric_series.region = ${pushed}
    AND metric_series.name = value ->> 0 AND metric_series.labels = value ->> 1
)`;

/**
 * Takes points, all or none. A second of a series has one value: the last one pushed.
 *
 * @param key null: a repetition is another push
 * @param now epoch seconds
 * @throws where the database fails
 */
export async function pushPoints(
  db: D1Database,
  points: readonly PushedPoint[],
  key: PushKey | null,
  now: number,
): Promise<PushOutcome> {
  const before = key === null ? null : await readPush(db, key, now);
  if (before !== null) return before;
  const keys = JSON.stringify(
    [...new Set(points.map(({ name, labels }) => JSON.stringify([name, labelsText(labels)])))].map(
      (text): unknown => JSON.parse(text),
    ),
  );
  const isNew = await hasNewSeries(db, keys);
  const hours = [...new Set(points.map(({ time }) => rollupStart(hour, time)))];
  try {
    const results = await db.batch([
      ...(key === null
        ? []
        : [
            db
              .prepare(
                "INSERT INTO metric_pushes (day, key, digest, accepted) VALUES (?1, ?2, ?3, ?4)",
              )
              .bind(rollupStart(day, now), key.key, key.digest, points.length),
          ]),
      ...(isNew ? addSeries(db, keys) : []),
      db
        .prepare(
          `INSERT INTO metric_points (series, time, value)
           SELECT ${seriesOfPoint}, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
           ON CONFLICT (series, time) DO UPDATE SET value = excluded.value
           WHERE metric_points.value <> excluded.value`,
        )
        .bind(
          JSON.stringify(
            points.map(({ name, labels, time, value }) => [name, labelsText(labels), time, value]),
          ),
        ),
      enqueueMetricWork(db, hour, hours),
    ]);
    return { kind: "accepted", accepted: points.length, rows: countRows(results) };
  } catch (error) {
    if (failed(error, "NOT NULL constraint failed: metric_series\\.active")) {
      return { kind: "too-many-series" };
    }
    // The same push, at the same time: the other one was faster.
    const other =
      key !== null && failed(error, "UNIQUE constraint failed: metric_pushes")
        ? await readPush(db, key, now)
        : null;
    if (other !== null) return other;
    throw error;
  }
}

function failed(error: unknown, pattern: string): boolean {
  return error instanceof Error && new RegExp(pattern).test(error.message);
}

const pushRow = z.object({ digest: z.string(), accepted: z.int() });

/** A key is remembered until the end of the day after that on which it came. */
async function readPush(
  db: D1Database,
  { key, digest }: PushKey,
  now: number,
): Promise<PushOutcome | null> {
  const today = rollupStart(day, now);
  const row = await db
    .prepare("SELECT digest, accepted FROM metric_pushes WHERE day IN (?1, ?2) AND key = ?3")
    .bind(today, today - day, key)
    .first();
  if (row === null) return null;
  const { accepted, ...before } = pushRow.parse(row);
  return before.digest === digest ? { kind: "repeated", accepted } : { kind: "key-reused" };
}

async function hasNewSeries(db: D1Database, keys: string): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT count(*) AS inactive FROM json_each(?1) AS wanted
       LEFT JOIN metric_series ON metric_series.monitor = ${pushed}
         AND metric_series.region = ${pushed} AND metric_series.name = wanted.value ->> 0
         AND metric_series.labels = wanted.value ->> 1
       WHERE coalesce(metric_series.active, 0) = 0`,
    )
    .bind(keys)
    .first();
  return z.object({ inactive: z.int() }).parse(row).inactive > 0;
}

/** The second fails, and with it the batch, where there are too many then. */
function addSeries(db: D1Database, keys: string): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO metric_series (monitor, region, name, labels, active)
         SELECT ${pushed}, ${pushed}, value ->> 0, value ->> 1, 1 FROM json_each(?1) WHERE true
         ON CONFLICT (monitor, region, name, labels) DO UPDATE SET active = 1 WHERE active = 0`,
      )
      .bind(keys),
    db
      .prepare(
        `UPDATE metric_series SET active = NULL
         WHERE monitor = ${pushed} AND region = ${pushed} AND (
           SELECT count(*) FROM metric_series AS every
           WHERE every.monitor = ${pushed} AND every.region = ${pushed} AND every.active = 1
         ) > ?1`,
      )
      .bind(mostActiveSeries),
  ];
}

/** 53 bits: what JavaScript holds exactly. */
const newGeneration = "random() & 9007199254740991";

/** The statement that puts hours or days on the list of what is to be rolled up, as `enqueue` does. */
export function enqueueMetricWork(
  db: D1Database,
  step: number,
  starts: readonly number[],
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO metric_work (step, start, next_series, generation)
       SELECT ?1, value, 0, ${newGeneration} FROM json_each(?2) WHERE true
       ON CONFLICT (step, start) DO UPDATE SET next_series = 0, generation = excluded.generation
       WHERE next_series > 0`,
    )
    .bind(step, JSON.stringify(starts));
}

const seriesRows = z.array(
  z
    .object({
      number: z.int(),
      monitor: z.int(),
      region: z.int(),
      name: z.string(),
      labels: z.string(),
    })
    .transform(
      ({ labels, ...row }): MetricSeries => ({
        ...row,
        labels: z.record(z.string(), z.string()).parse(JSON.parse(labels)),
      }),
    ),
);

/**
 * Reads the series of monitors, and what was pushed, in no order: as many rows as there are.
 *
 * @param monitors numbers; `pushed` for what was pushed
 * @param name only series of this name
 */
export async function readMetricSeries(
  db: D1Database,
  monitors: readonly number[],
  name: string | null = null,
): Promise<MetricSeries[]> {
  const { results } = await db
    .prepare(
      `SELECT metric_series.number, metric_series.monitor, metric_series.region,
         metric_series.name, metric_series.labels
       FROM json_each(?1) AS wanted
       CROSS JOIN metric_series ON metric_series.monitor = wanted.value
       WHERE ?2 IS NULL OR metric_series.name = ?2`,
    )
    .bind(JSON.stringify(monitors), name)
    .all();
  return seriesRows.parse(results);
}

/** A pushed value, read back. */
export interface StoredPoint extends TimedValue {
  readonly series: number;
}

const pointRows = z.array(z.object({ series: z.int(), at: z.int(), value: z.number() }));

/** Reads the points of series inside a window, in no order: a row each, and two for each series. */
export async function readMetricPoints(
  db: D1Database,
  series: readonly number[],
  window: Span,
): Promise<StoredPoint[]> {
  const { results } = await db
    .prepare(
      `SELECT metric_points.series, metric_points.time AS at, metric_points.value
       FROM json_each(?1) AS wanted
       CROSS JOIN metric_points ON metric_points.series = wanted.value
         AND metric_points.time >= ?2 AND metric_points.time < ?3`,
    )
    .bind(JSON.stringify(series), window.from, window.to)
    .all();
  return pointRows.parse(results);
}

/** Reads the newest point of each series, of those that have one: two rows each. */
export async function readNewestPoints(
  db: D1Database,
  series: readonly number[],
): Promise<StoredPoint[]> {
  const { results } = await db
    .prepare(
      `SELECT metric_points.series, metric_points.time AS at, metric_points.value
       FROM json_each(?1) AS wanted
       CROSS JOIN metric_points ON metric_points.series = wanted.value
         AND metric_points.time = (
           SELECT max(newest.time) FROM metric_points AS newest
           WHERE newest.series = wanted.value
         )`,
    )
    .bind(JSON.stringify(series))
    .all();
  return pointRows.parse(results);
}
