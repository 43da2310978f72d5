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
 * in order of their beginning: one row for each and one per monitor ever watched.
 */
export async function readOutagesOf(db: D1Database, window: Span): Promise<OutageOfSpan[]> {
  const { results } = await db
    .prepare(
      `SELECT outages.number, outages.monitor, monitors.id AS monitor_id, outages.started_at,
         outages.detected_at, outages.ended_at, outages.cause, outages.reopenings,
         outages.acknowledged_at, outages.false_alarm_at, outages.false_alarm_by
       FROM monitors CROSS JOIN outages ON outages.monitor = monitors.number
         AND outages.started_at < ?2
         AND outages.started_at >= coalesce((
           SELECT max(last.started_at) FROM outages AS last
           WHERE last.monitor = monitors.number AND last.started_at <= ?1
         ), ?1)
       ORDER BY outages.started_at, outages.number`,
    )
    .bind(window.from, window.to)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .filter(({ endedAt }) => endedAt === null || endedAt > window.from);
}

/** That an outage was none, who said so, and when (epoch seconds). */
export interface FalseAlarm {
  readonly at: number;
  readonly by: string;
}

const markSchema = z.object({
  false_alarm_at: z.int().nullable(),
  false_alarm_by: z.string().nullable(),
});

/** What became of a mark: what is said of the outage now. */
export type Marked =
  | { readonly kind: "marked"; readonly falseAlarm: FalseAlarm | null }
  | { readonly kind: "no-such-outage" };

/**
 * Marks an outage as a false alarm, or takes the mark back. Who marks it again changes nothing:
 * the first to say so stands.
 *
 * @param mark null to take it back
 */
export async function markFalseAlarm(
  db: D1Database,
  outage: number,
  mark: FalseAlarm | null,
): Promise<Marked> {
  const statement =
    mark === null
      ? db
          .prepare(
            `UPDATE outages SET false_alarm_at = NULL, false_alarm_by = NULL WHERE number = ?1
             RETURNING false_alarm_at, false_alarm_by`,
          )
          .bind(outage)
      : db
          .prepare(
            `UPDATE outages SET false_alarm_by = iif(false_alarm_at IS NULL, ?3, false_alarm_by),
               false_alarm_at = coalesce(false_alarm_at, ?2) WHERE number = ?1
             RETURNING false_alarm_at, false_alarm_by`,
          )
          .bind(outage, mark.at, mark.by);
  const row = await statement.first();
  if (row === null) return { kind: "no-such-outage" };
  const { false_alarm_at: at, false_alarm_by: by } = markSchema.parse(row);
  return { kind: "marked", falseAlarm: at === null ? null : { at, by: by ?? "" } };
}
