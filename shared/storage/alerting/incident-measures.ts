/** Incidents of a stretch of time, as far as they are measured. */
import { z } from "zod";
import type { MeasuredIncident } from "../../domain/alerting/incident-measures.ts";
import { priorities } from "../../domain/alerting/priority.ts";
import type { Span } from "../../domain/span.ts";

const rowSchema = z
  .object({
    key: z.string(),
    origin: z.enum(["outage", "alert", "manual"]),
    monitor: z.string().nullable(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
    priority: z.enum(priorities),
    acknowledged_at: z.int().nullable(),
    merged: z.int(),
    told: z.int(),
    false_alarm_at: z.int().nullable(),
  })
  .transform(
    (row): MeasuredIncident => ({
      key: row.key,
      origin: row.origin,
      monitor: row.monitor,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
      priority: row.priority,
      acknowledgedAt: row.acknowledged_at,
      merged: row.merged === 1,
      told: row.told === 1,
      falseAlarmAt: row.false_alarm_at,
    }),
  );

/**
 * Reads the incidents that were open at some time of a window, in order of their numbers. What
 * people say of one is said of all that is merged into it. It reads those that ended since the window
 * began, and those that go on.
 */
export async function readIncidentsOf(
  db: D1Database,
  { from, to }: Span,
): Promise<MeasuredIncident[]> {
  const { results } = await db
    .prepare(
      `SELECT own.key, own.origin, own.monitor, own.started_at, own.detected_at, own.ended_at,
         own.priority, own.acknowledged_at, own.merged_into IS NOT NULL AS merged,
         own.page IS NOT NULL AS told,
         iif(root.key IS NULL, own.false_alarm_at, root.false_alarm_at) AS false_alarm_at
       FROM (
         SELECT number FROM incidents INDEXED BY open_incidents WHERE ended_at IS NULL
         UNION ALL
         SELECT number FROM incidents INDEXED BY ended_incidents WHERE ended_at > ?1
       ) AS some
       CROSS JOIN incidents AS own ON own.number = some.number AND own.started_at < ?2
       LEFT JOIN incidents AS root ON root.key = own.merged_into
       ORDER BY own.number`,
    )
    .bind(from, to)
    .all();
  return z.array(rowSchema).parse(results);
}
