/** The health score over time: a row every five minutes, and a row a day. */
import { z } from "zod";
import type { HealthSample, HealthSummary } from "../domain/health-history.ts";
import { categories } from "../domain/labels.ts";
import { day, rollupStart } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { jsonText } from "./json-column.ts";
import { countRows, type RowCounts } from "./rows.ts";

/** What the scores of a day came to. */
export interface HealthDay {
  /** Epoch seconds. */
  readonly start: number;
  readonly summary: HealthSummary;
}

/** Scores and averages of categories, with as many digits as anybody can use. */
const digits = 1_000;

/** Keeps a score; one that is there already stays. */
export async function keepHealthScore(
  db: D1Database,
  { at, score, parts }: HealthSample,
): Promise<RowCounts> {
  const short = (value: number) => Math.round(value * digits) / digits;
  const known = Object.entries(parts).map(([category, part]) => [category, short(part)] as const);
  const result = await db
    .prepare(
      "INSERT INTO health_scores (at, score, parts) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )
    .bind(at, score === null ? null : short(score), JSON.stringify(Object.fromEntries(known)))
    .run();
  return countRows([result]);
}

const sampleRows = z.array(
  z.object({
    at: z.int(),
    score: z.number().nullable(),
    parts: jsonText(z.partialRecord(z.enum(categories), z.number())),
  }),
);

/** Reads the scores of a window, in order of time: a row each. */
export async function readHealthScores(db: D1Database, window: Span): Promise<HealthSample[]> {
  const { results } = await db
    .prepare("SELECT at, score, parts FROM health_scores WHERE at >= ?1 AND at < ?2 ORDER BY at")
    .bind(window.from, window.to)
    .all();
  return sampleRows.parse(results);
}

const dayRows = z.array(
  z
    .object({
      start: z.int(),
      known: z.int(),
      unknown: z.int(),
      sum: z.number(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      parts: jsonText(z.partialRecord(z.enum(categories), z.tuple([z.int(), z.number()]))),
    })
    .transform(({ start, known, unknown, sum, min, max, parts }): HealthDay => {
      const sums = Object.entries(parts).map(
        ([category, [count, total]]) => [category, { count, sum: total }] as const,
      );
      return {
        start,
        summary: {
          known: { count: known, sum },
          unknown,
          min,
          max,
          parts: Object.fromEntries(sums),
        },
      };
    }),
);

/** Reads the days that start inside a window: a row each. The present one is not among them. */
export async function readHealthDays(db: D1Database, window: Span): Promise<HealthDay[]> {
  const { results } = await db
    .prepare(
      `SELECT start, known, unknown, sum, min, max, parts FROM health_days
       WHERE start >= ?1 AND start < ?2 ORDER BY start`,
    )
    .bind(window.from, window.to)
    .all();
  return dayRows.parse(results);
}

/** Writes what the scores of a day came to. */
export async function keepHealthDay(
  db: D1Database,
  { start, summary }: HealthDay,
): Promise<RowCounts> {
  const { known, unknown, min, max, parts } = summary;
  const sums = Object.entries(parts).map(
    ([category, { count, sum }]) => [category, [count, sum]] as const,
  );
  const result = await db
    .prepare(
      `INSERT INTO health_days (start, known, unknown, sum, min, max, parts)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (start) DO UPDATE SET known = excluded.known, unknown = excluded.unknown,
         sum = excluded.sum, min = excluded.min, max = excluded.max, parts = excluded.parts`,
    )
    .bind(
      start,
      known.count,
      unknown,
      known.sum,
      min,
      max,
      JSON.stringify(Object.fromEntries(sums)),
    )
    .run();
  return countRows([result]);
}

const timeRow = z.object({ time: z.int().nullable() });

/**
 * Reads the first day that has scores and no row of its own, and is over.
 *
 * @param now epoch seconds
 * @returns its start; null where there is none
 */
export async function readUnsummedHealthDay(db: D1Database, now: number): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT min(at) AS time FROM health_scores
       WHERE at >= coalesce((SELECT max(start) FROM health_days) + ${day}, 0)`,
    )
    .first();
  const { time } = timeRow.parse(row);
  if (time === null) return null;
  const start = rollupStart(day, time);
  return start + day <= now ? start : null;
}

/** Deletes the oldest scores before a time, at most `limit`. Their days stay. */
export async function deleteOldHealthScores(
  db: D1Database,
  before: number,
  limit: number,
): Promise<RowCounts> {
  const result = await db
    .prepare(
      `DELETE FROM health_scores WHERE at IN (
         SELECT at FROM health_scores WHERE at < ?1 ORDER BY at LIMIT ?2
       )`,
    )
    .bind(before, limit)
    .run();
  return countRows([result]);
}
