/** What the API reads. Every query on a growing table goes by its key. */
import { z } from "zod";
import type { StatusPoint } from "../domain/availability.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";
import type { Status } from "../domain/status.ts";
import { decodeOutcome, decodeReason } from "./codes.ts";
import { coverageRowSchema, metricsColumn, statusSchema } from "./rows.ts";

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

const resultRowSchema = z
  .object({
    time: z.int(),
    monitor: z.int(),
    region: z.int(),
    outcome: z.int(),
    attempts: z.int(),
    latency_ms: z.int().nullable(),
    reason: z.int().nullable(),
    detail: z.string().nullable(),
    metrics: metricsColumn,
  })
  .transform(
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
  /** In order of time; the first may lie before the window and gives its first status. */
  readonly points: readonly StatusPoint[];
}

const pointRowSchema = z.object({
  monitor: z.int(),
  scope: z.int(),
  at: z.int(),
  to_status: statusSchema,
});

/**
 * Reads the status changes of several monitors and scopes inside a window, and the last before it:
 * one row per change and one per monitor and scope.
 */
export async function readStatusPoints(
  db: D1Database,
  wanted: readonly { readonly monitor: number; readonly scope: number }[],
  window: Span,
): Promise<ScopedPoints[]> {
  const { results } = await db
    .prepare(
      `SELECT transitions.monitor, transitions.scope, transitions.at, transitions.to_status
       FROM json_each(?1) AS wanted
       CROSS JOIN transitions ON transitions.monitor = wanted.value ->> 0
         AND transitions.scope = wanted.value ->> 1
         AND transitions.at < ?3
         AND transitions.at >= coalesce((
           SELECT max(last.at) FROM transitions AS last
           WHERE last.monitor = wanted.value ->> 0 AND last.scope = wanted.value ->> 1
             AND last.at <= ?2
         ), ?2)
       ORDER BY wanted.key, transitions.at`,
    )
    .bind(
      JSON.stringify(wanted.map(({ monitor, scope }) => [monitor, scope])),
      window.from,
      window.to,
    )
    .all();
  const rows = Map.groupBy(
    z.array(pointRowSchema).parse(results),
    (row) => `${row.monitor}/${row.scope}`,
  );
  return wanted.map(({ monitor, scope }) => ({
    monitor,
    scope,
    points: (rows.get(`${monitor}/${scope}`) ?? []).map((row) => ({
      at: row.at,
      status: row.to_status,
    })),
  }));
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
