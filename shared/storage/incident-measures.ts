/** Incidents of a stretch of time, and what people say of them. */
import { z } from "zod";
import type { MeasuredIncident } from "../domain/incident-measures.ts";
import type { Cause } from "../domain/recording.ts";
import type { Span } from "../domain/span.ts";
import { causeColumn } from "./rows.ts";

/** An incident with all that is said of it. Times in epoch seconds. */
export interface IncidentOfSpan extends MeasuredIncident {
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
    (row): IncidentOfSpan => ({
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
 * Reads the incidents that were open at some time of a window, also of monitors no longer watched,
 * in order of their beginning: one row for each and one per monitor ever watched.
 */
export async function readIncidentsOf(db: D1Database, window: Span): Promise<IncidentOfSpan[]> {
  const { results } = await db
    .prepare(
      `SELECT incidents.number, incidents.monitor, monitors.id AS monitor_id, incidents.started_at,
         incidents.detected_at, incidents.ended_at, incidents.cause, incidents.reopenings,
         incidents.acknowledged_at, incidents.false_alarm_at, incidents.false_alarm_by
       FROM monitors CROSS JOIN incidents ON incidents.monitor = monitors.number
         AND incidents.started_at < ?2
         AND incidents.started_at >= coalesce((
           SELECT max(last.started_at) FROM incidents AS last
           WHERE last.monitor = monitors.number AND last.started_at <= ?1
         ), ?1)
       ORDER BY incidents.started_at, incidents.number`,
    )
    .bind(window.from, window.to)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .filter(({ endedAt }) => endedAt === null || endedAt > window.from);
}

/** That an incident was none, who said so, and when (epoch seconds). */
export interface FalseAlarm {
  readonly at: number;
  readonly by: string;
}

const markSchema = z.object({
  false_alarm_at: z.int().nullable(),
  false_alarm_by: z.string().nullable(),
});

/** What became of a mark: what is said of the incident now. */
export type Marked =
  | { readonly kind: "marked"; readonly falseAlarm: FalseAlarm | null }
  | { readonly kind: "no-such-incident" };

/**
 * Marks an incident as a false alarm, or takes the mark back. Who marks it again changes nothing:
 * the first to say so stands.
 *
 * @param mark null to take it back
 */
export async function markFalseAlarm(
  db: D1Database,
  incident: number,
  mark: FalseAlarm | null,
): Promise<Marked> {
  const statement =
    mark === null
      ? db
          .prepare(
            `UPDATE incidents SET false_alarm_at = NULL, false_alarm_by = NULL WHERE number = ?1
             RETURNING false_alarm_at, false_alarm_by`,
          )
          .bind(incident)
      : db
          .prepare(
            `UPDATE incidents SET false_alarm_by = iif(false_alarm_at IS NULL, ?3, false_alarm_by),
               false_alarm_at = coalesce(false_alarm_at, ?2) WHERE number = ?1
             RETURNING false_alarm_at, false_alarm_by`,
          )
          .bind(incident, mark.at, mark.by);
  const row = await statement.first();
  if (row === null) return { kind: "no-such-incident" };
  const { false_alarm_at: at, false_alarm_by: by } = markSchema.parse(row);
  return { kind: "marked", falseAlarm: at === null ? null : { at, by: by ?? "" } };
}
