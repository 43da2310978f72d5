/** How telling services outside fares, and the results of a minute, which is what they are told. */
import { z } from "zod";
import type { Status } from "../domain/status.ts";
import { decodeOutcome } from "./codes.ts";

/** How telling one service fares. Epoch seconds. */
export interface ExportState {
  readonly name: string;
  /** Minutes that begin before it were exported or given up; null: it is told no minutes. */
  readonly until: number | null;
  readonly leaseUntil: number;
  readonly heldUntil: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  /** Of the last failure. */
  readonly reason: string | null;
  readonly detail: string | null;
  /** Points that arrived, or messages. */
  readonly sent: number;
  readonly droppedPoints: number;
  readonly droppedMinutes: number;
}

const stateRow = z
  .object({
    name: z.string(),
    until: z.int().nullable(),
    lease_until: z.int(),
    held_until: z.int(),
    failures: z.int(),
    last_success_at: z.int().nullable(),
    last_failure_at: z.int().nullable(),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    sent: z.int(),
    dropped_points: z.int(),
    dropped_minutes: z.int(),
  })
  .transform(
    (row): ExportState => ({
      name: row.name,
      until: row.until,
      leaseUntil: row.lease_until,
      heldUntil: row.held_until,
      failures: row.failures,
      lastSuccessAt: row.last_success_at,
      lastFailureAt: row.last_failure_at,
      reason: row.reason,
      detail: row.detail,
      sent: row.sent,
      droppedPoints: row.dropped_points,
      droppedMinutes: row.dropped_minutes,
    }),
  );

const columns = `name, until, lease_until, held_until, failures, last_success_at, last_failure_at,
  reason, detail, sent, dropped_points, dropped_minutes`;

/** Reads how telling every service fares: a row for each that was ever told. */
export async function readExports(db: D1Database): Promise<ExportState[]> {
  const { results } = await db.prepare(`SELECT ${columns} FROM exports ORDER BY name`).all();
  return z.array(stateRow).parse(results);
}

/**
 * Takes those of some services that nobody else is telling and that are not held back.
 *
 * @param now epoch seconds
 * @param leaseSeconds longer than telling takes: a process that dies leaves it so long
 */
export async function claimExports(
  db: D1Database,
  names: readonly string[],
  now: number,
  leaseSeconds: number,
): Promise<ExportState[]> {
  const { results } = await db
    .prepare(
      `INSERT INTO exports (name, lease_until) SELECT value, ?2 + ?3 FROM json_each(?1) WHERE true
       ON CONFLICT (name) DO UPDATE SET lease_until = excluded.lease_until
         WHERE lease_until <= ?2 AND held_until <= ?2
       RETURNING ${columns}`,
    )
    .bind(JSON.stringify(names), now, leaseSeconds)
    .all();
  return z.array(stateRow).parse(results);
}

/** What became of telling a service. */
export interface ExportOutcome {
  readonly name: string;
  readonly until: number | null;
  readonly sent: number;
  readonly droppedPoints: number;
  readonly droppedMinutes: number;
  /** Null where nothing failed. */
  readonly failure: { readonly reason: string; readonly detail: string } | null;
  /** Nothing is sent before, epoch seconds; 0: as soon as there is something. */
  readonly heldUntil: number;
}

/** Keeps what became of it and gives the services back. */
export async function settleExports(
  db: D1Database,
  outcomes: readonly ExportOutcome[],
  now: number,
): Promise<void> {
  if (outcomes.length === 0) return;
  const statement = db.prepare(
    `UPDATE exports SET
       until = ?2, lease_until = 0, held_until = ?3, sent = sent + ?4,
       dropped_points = dropped_points + ?5, dropped_minutes = dropped_minutes + ?6,
       failures = CASE WHEN ?7 IS NULL THEN 0 ELSE failures + 1 END,
       last_success_at = CASE WHEN ?7 IS NULL OR ?4 > 0 THEN ?9 ELSE last_success_at END,
       last_failure_at = CASE WHEN ?7 IS NULL THEN last_failure_at ELSE ?9 END,
       reason = coalesce(?7, reason), detail = CASE WHEN ?7 IS NULL THEN detail ELSE ?8 END
     WHERE name = ?1`,
  );
  await db.batch(
    outcomes.map((one) =>
      statement.bind(
        one.name,
        one.until,
        one.heldUntil,
        one.sent,
        one.droppedPoints,
        one.droppedMinutes,
        one.failure?.reason ?? null,
        one.failure?.detail ?? null,
        now,
      ),
    ),
  );
}

/** What one region saw of one check, as it is exported. */
export interface MinuteResult {
  /** Epoch seconds, as scheduled. */
  readonly time: number;
  /** Numbers. */
  readonly monitor: number;
  readonly region: number;
  readonly outcome: Status;
  readonly latencyMs: number | null;
}

const resultRow = z
  .object({
    time: z.int(),
    monitor: z.int(),
    region: z.int(),
    outcome: z.int(),
    latency_ms: z.number().nullable(),
  })
  .transform(
    ({ outcome, latency_ms, ...row }): MinuteResult => ({
      ...row,
      outcome: decodeOutcome(outcome),
      latencyMs: latency_ms,
    }),
  );

/**
 * Reads the results of checks of a stretch of time, in order of time: as many rows as there are.
 *
 * @param from epoch seconds
 * @param to epoch seconds, not included
 */
export async function readMinuteResults(
  db: D1Database,
  from: number,
  to: number,
): Promise<MinuteResult[]> {
  const { results } = await db
    .prepare(
      `SELECT time, monitor, region, outcome, latency_ms FROM results
       WHERE time >= ?1 AND time < ?2 ORDER BY time, monitor, region`,
    )
    .bind(from, to)
    .all();
  return z.array(resultRow).parse(results);
}
