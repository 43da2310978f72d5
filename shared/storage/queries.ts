/** What the API reads. Every query on a growing table goes by its key. */
import { z } from "zod";
import type { StatusPoint } from "../domain/availability.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";
import type { Status } from "../domain/status.ts";
import { decodeOutcome, decodeReason } from "./codes.ts";
import { coverageRowSchema, resultColumns, statusSchema } from "./rows.ts";

/** A result as the API shows it. Times in epoch seconds. */
export interface StoredResult {
  readonly time: number;
  readonly monitor: number;
  readonly region: number;
  readonly outcome: Status;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly latencyMs: number | null;
  readonly attempts: number;
  /** By name; empty where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
}

const resultRowSchema = resultColumns.transform(
  ({ outcome, reason, latency_ms, ...row }): StoredResult => ({
    ...row,
    outcome: decodeOutcome(outcome),
    reason: reason === null ? null : decodeReason(reason),
    latencyMs: latency_ms,
  }),
);

/** One check: a monitor's number and a scheduled time, epoch seconds. */
export interface CheckKey {
  readonly monitor: number;
  readonly time: number;
}

/**
 * Reads the results of checks by their keys, which the schedule gives: at most one row per check
 * and region, whatever the history.
 */
export async function readResults(
  db: D1Database,
  checks: readonly CheckKey[],
): Promise<StoredResult[]> {
  const { results } = await db
    .prepare(
      `SELECT results.time, results.monitor, results.region, results.outcome, results.attempts,
         results.latency_ms, results.reason, results.detail, results.metrics
       FROM json_each(?1) AS wanted
       CROSS JOIN results ON results.time = wanted.value ->> 0
         AND results.monitor = wanted.value ->> 1`,
    )
    .bind(JSON.stringify(checks.map(({ time, monitor }) => [time, monitor])))
    .all();
  return z.array(resultRowSchema).parse(results);
}

/** The status changes of one monitor in one scope. */
export interface ScopedPoints {
  readonly monitor: number;
  readonly scope: number;
  /** In order of time; the first gives the status at the window's beginning. */
  readonly points: readonly StatusPoint[];
}

/** What an ordinary monitor and its regions come to; a statement may have 100 kB. */
const scopesPerStatement = 2_000;

const latestRowSchema = z.object({
  monitor: z.int(),
  scope: z.int(),
  latest: z
    .string()
    .nullable()
    .transform((text) => {
      if (text === null) return null;
      const [at, from, to] = text.split(" ");
      return {
        at: z.coerce.number().pipe(z.int()).parse(at),
        from: statusSchema.parse(from),
        to: statusSchema.parse(to),
      };
    }),
});

const pointRowSchema = z.object({
  monitor: z.int(),
  scope: z.int(),
  at: z.int(),
  from_status: statusSchema,
  to_status: statusSchema,
});

/**
 * Reads the status changes of several monitors and scopes inside a window, and what was the status
 * at its beginning: no more rows than there were changes in it, and one per monitor and scope.
 *
 * The last change before the window's end is one row, and all there is to read if it lies before
 * the window. Otherwise those between it and the beginning are read, and the oldest tells what the
 * status was before. The scopes are written into the statement: rows of a parameter would count.
 *
 * @returns for each that was wanted, points of which the first lies at the window's beginning or
 *   before, unless nothing was known then
 */
export async function readStatusPoints(
  db: D1Database,
  wanted: readonly { readonly monitor: number; readonly scope: number }[],
  window: Span,
): Promise<ScopedPoints[]> {
  const latest = await readByScope(
    db,
    wanted.map(({ monitor, scope }) => [monitor, scope]),
    `WITH wanted (monitor, scope) AS (VALUES $VALUES)
     SELECT wanted.monitor, wanted.scope, (
       SELECT last.at || ' ' || last.from_status || ' ' || last.to_status FROM transitions AS last
       WHERE last.monitor = wanted.monitor AND last.scope = wanted.scope AND last.at < ?1
       ORDER BY last.at DESC LIMIT 1
     ) AS latest FROM wanted`,
    [window.to],
    latestRowSchema,
  );
  const inside = latest.filter((row) => (row.latest?.at ?? window.from) > window.from);
  const earlier = Map.groupBy(
    await readByScope(
      db,
      inside.map(({ monitor, scope, latest: last }) => [monitor, scope, last?.at ?? 0]),
      `WITH wanted (monitor, scope, latest) AS (VALUES $VALUES)
       SELECT transitions.monitor, transitions.scope, transitions.at, transitions.from_status,
         transitions.to_status
       FROM wanted CROSS JOIN transitions ON transitions.monitor = wanted.monitor
         AND transitions.scope = wanted.scope
         AND transitions.at > ?1 AND transitions.at < wanted.latest`,
      [window.from],
      pointRowSchema,
    ),
    (row) => `${row.monitor}/${row.scope}`,
  );
  return latest.map(({ monitor, scope, latest: last }) => {
    if (!last) return { monitor, scope, points: [] };
    // Sorted here: where the database sorts, it reads every row once more.
    const rows = (earlier.get(`${monitor}/${scope}`) ?? []).sort((a, b) => a.at - b.at);
    const points = [
      ...rows.map((row) => ({ at: row.at, status: row.to_status })),
      { at: last.at, status: last.to },
    ];
    if (last.at <= window.from) return { monitor, scope, points };
    const before = { at: window.from, status: rows[0]?.from_status ?? last.from };
    return { monitor, scope, points: [before, ...points] };
  });
}

/** Reads for a list of keys, all numbers, that stands in the statement at `$VALUES`. */
async function readByScope<T>(
  db: D1Database,
  keys: readonly (readonly number[])[],
  sql: string,
  parameters: readonly number[],
  rowSchema: z.ZodType<T>,
): Promise<T[]> {
  const statements: D1PreparedStatement[] = [];
  for (let index = 0; index < keys.length; index += scopesPerStatement) {
    const values = keys
      .slice(index, index + scopesPerStatement)
      .map((key) => `(${key.map((part) => z.int().parse(part)).join()})`)
      .join();
    statements.push(db.prepare(sql.replace("$VALUES", values)).bind(...parameters));
  }
  if (statements.length === 0) return [];
  const answers = await db.batch(statements);
  return answers.flatMap(({ results }) => z.array(rowSchema).parse(results));
}

/** Reads the coverage spans that touch a window: one row per gap, and one per region and step. */
export async function readCoverage(db: D1Database, window: Span): Promise<CoverageSpan[]> {
  const { results } = await db
    .prepare(
      `SELECT coverage.region, coverage.step, coverage.from_time, coverage.to_time
       FROM regions CROSS JOIN (SELECT ${minuteStep} AS step UNION ALL SELECT ${fastStep}) AS steps
       CROSS JOIN coverage ON coverage.region = regions.number AND coverage.step = steps.step
         AND coverage.from_time < ?2
         AND coverage.from_time >= coalesce((
           SELECT max(last.from_time) FROM coverage AS last
           WHERE last.region = regions.number AND last.step = steps.step AND last.from_time <= ?1
         ), ?1)
       ORDER BY coverage.from_time`,
    )
    .bind(window.from, window.to)
    .all();
  return z
    .array(coverageRowSchema)
    .parse(results)
    .filter((span) => span.to > window.from);
}
