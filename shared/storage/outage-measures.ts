/** Outages of a stretch of time, and what people say of them. */
import { z } from "zod";
import type { MeasuredOutage } from "../domain/outage-measures.ts";
import type { Cause } from "../domain/recording.ts";
import type { Span } from "../domain/span.ts";
import { causeColumn } from "./rows.ts";

/** An outage with all that is said of it. Times in epoch seconds. */
export interface OutageOfSpan extends MeasuredOutage {
  readonly number: number;
  readonly monitorId: string;
  readonly cause: Cause | null;
  readonly reopenings: number;
  readonly acknowledgedAt: number | null;
  readonly falseAlarmBy: string | null;
}

const rowSchema = z
  .object({
    number: z.int(),
    monitor: z.int(),
    monitor_id: z.string(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
    cause: causeColumn,
    reopenings: z.int(),
    acknowledged_at: z.int().nullable(),
    false_alarm_at: z.int().nullable(),
    false_alarm_by: z.string().nullable(),
  })
  .transform(
    (row): OutageOfSpan => ({
      number: row.number,
      monitor: row.monitor,
      monitorId: row.monitor_id,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
      cause: row.cause,
      reopenings: row.reopenings,
      acknowledgedAt: row.acknowledged_at,
      falseAlarmAt: row.false_alarm_at,
      falseAlarmBy: row.false_alarm_by,
    }),
  );

/**
 * Reads the outages that were open at some time of a window, also of monitors no longer watched,
 * in order of their beginning: one row for each and one per monitor ever watched. What people say is
 * said of the incident that they handle: all outages of one share it.
 */
export async function readOutagesOf(db: D1Database, window: Span): Promise<OutageOfSpan[]> {
  const { results } = await db
    .prepare(
      `SELECT outages.number, outages.monitor, monitors.id AS monitor_id, outages.started_at,
         outages.detected_at, outages.ended_at, outages.cause, outages.reopenings,
         iif(root.key IS NULL, own.acknowledged_at, root.acknowledged_at) AS acknowledged_at,
         iif(root.key IS NULL, own.false_alarm_at, root.false_alarm_at) AS false_alarm_at,
         iif(root.key IS NULL, own.false_alarm_by, root.false_alarm_by) AS false_alarm_by
       FROM monitors CROSS JOIN outages ON outages.monitor = monitors.number
         AND outages.started_at < ?2
         AND outages.started_at >= coalesce((
           SELECT max(last.started_at) FROM outages AS last
           WHERE last.monitor = monitors.number AND last.started_at <= ?1
         ), ?1)
       LEFT JOIN incidents AS own
         ON own.key = 'outage/' || monitors.id || '/' || outages.started_at
       LEFT JOIN incidents AS root ON root.key = own.merged_into
       ORDER BY outages.started_at, outages.number`,
    )
    .bind(window.from, window.to)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .filter(({ endedAt }) => endedAt === null || endedAt > window.from);
}
