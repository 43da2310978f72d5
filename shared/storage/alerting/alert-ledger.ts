/**
 * The memory of alerting, and its compare-and-swap: a decision or an operator's action names the
 * version that it was made on, and changes nothing where somebody else was faster. The number of
 * statements does not grow with the alerts.
 */
import { z } from "zod";
import { alertStateSchema, subjectSchema } from "../../contract/alerting/alert.ts";
import type { Incident } from "../../domain/alerting/incident.ts";
import {
  type Alert,
  type AlertMemory,
  type Decision,
  idempotencyKey,
  type Notification,
} from "../../domain/alerting/memory.ts";
import { jsonText } from "../json-column.ts";
import { countRows, type RowCounts } from "../rows.ts";
import { incidentColumns, incidentRow } from "./incident-row.ts";

/** The memory as of a version. */
export interface VersionedAlerts {
  readonly version: number;
  /** Changes of outages up to this version of the recording's ledger are decided about. */
  readonly seen: number;
  readonly memory: AlertMemory;
}

/** An entry of an incident's timeline. */
export interface IncidentEvent {
  /** Key of the incident. */
  readonly incident: string;
  readonly kind: string;
  /** Null: the monitoring itself. */
  readonly author: string | null;
  readonly public: boolean;
  readonly text: string;
}

/** What is to be written: only what changed. */
export interface AlertWrites {
  readonly alerts: readonly Alert[];
  readonly forgotten?: readonly string[];
  readonly incidents: readonly Incident[];
  readonly notifications: readonly Notification[];
  readonly decisions?: readonly Decision[];
  readonly events?: readonly IncidentEvent[];
  /** The version of the recording's ledger that was decided about, where that is news. */
  readonly seen?: number;
}

export type AlertCommit =
  | { readonly kind: "committed"; readonly version: number; readonly rows: RowCounts }
  | { readonly kind: "conflict" };

/** Incidents that ended this long ago are still remembered, seconds. */
const rememberedSeconds = 3_600;

const alertRow = z.object({
  key: z.string(),
  rule: z.string(),
  subject: jsonText(subjectSchema),
  state: jsonText(alertStateSchema),
  value: z.number().nullable(),
  detail: z.string(),
  incident: z.string().nullable(),
  verdict: z.string().nullable(),
}) satisfies z.ZodType<Alert>;

const headRow = z.object({ version: z.int(), seen: z.int() });

/**
 * Reads all that alerting remembers, consistently: the alerts, and the incidents that go on, ended
 * lately, or are an alert's. Its size is that of what is wrong, not of the history.
 *
 * @param now epoch seconds
 */
export async function readAlertMemory(db: D1Database, now: number): Promise<VersionedAlerts> {
  const [heads, alerts, incidents] = await db.batch([
    db.prepare("SELECT version, seen FROM alert_ledger WHERE id = 1"),
    db.prepare("SELECT key, rule, subject, state, value, detail, incident, verdict FROM alerts"),
    db
      .prepare(
        `SELECT ${incidentColumns} FROM incidents WHERE number IN (
           SELECT number FROM incidents INDEXED BY open_incidents WHERE ended_at IS NULL
           UNION SELECT number FROM incidents INDEXED BY ended_incidents WHERE ended_at >= ?1
           UNION SELECT incidents.number FROM alerts
             CROSS JOIN incidents ON incidents.key = alerts.incident)
         ORDER BY number`,
      )
      .bind(now - rememberedSeconds),
  ]);
  return {
    ...headRow.parse(heads?.results[0]),
    memory: {
      alerts: new Map(
        z
          .array(alertRow)
          .parse(alerts?.results)
          .map((one) => [one.key, one]),
      ),
      incidents: new Map(
        z
          .array(incidentRow)
          .parse(incidents?.results)
          .map((one) => [one.key, one]),
      ),
    },
  };
}

/** Whether a decision changes anything: a quiet tick writes nothing. */
export function isQuiet(writes: AlertWrites): boolean {
  const { alerts, forgotten = [], incidents, notifications, decisions = [], events = [] } = writes;
  const lists = [alerts, forgotten, incidents, notifications, decisions, events];
  return writes.seen === undefined && lists.every((list) => list.length === 0);
}

/**
 * Writes what was decided on `version` of the memory.
 *
 * @param now epoch seconds
 * @param more what else is to be written with it, or not at all
 * @returns `conflict`, with nothing changed, where somebody else was faster
 * @throws where the database fails
 */
export async function commitAlerts(
  db: D1Database,
  version: number,
  writes: AlertWrites,
  now: number,
  more: readonly D1PreparedStatement[] = [],
): Promise<AlertCommit> {
  const guard = db
    // A version that is not the one named becomes NULL, which the table refuses: the batch fails.
    .prepare(
      `UPDATE alert_ledger SET version = CASE version WHEN ?1 THEN ?1 + 1 END,
         seen = max(seen, ?2) WHERE id = 1`,
    )
    .bind(version, writes.seen ?? 0);
  try {
    const results = await db.batch([guard, ...statementsOf(db, writes, now), ...more]);
    return { kind: "committed", version: version + 1, rows: countRows(results) };
  } catch (error) {
    const overtaken =
      error instanceof Error &&
      /NOT NULL constraint failed: alert_ledger\.version/.test(error.message);
    if (overtaken) return { kind: "conflict" };
    throw error;
  }
}

function statementsOf(db: D1Database, writes: AlertWrites, now: number): D1PreparedStatement[] {
  const { alerts, forgotten = [], incidents, notifications, decisions = [], events = [] } = writes;
  const writeAll = (sql: string, rows: readonly unknown[], ...more: readonly unknown[]) =>
    rows.length === 0 ? [] : [db.prepare(sql).bind(JSON.stringify(rows), ...more)];
  return [
    ...writeAll("DELETE FROM alerts WHERE key IN (SELECT value FROM json_each(?1))", forgotten),
    ...writeAll(
      `INSERT INTO alerts (key, rule, subject, state, value, detail, incident, verdict)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, value ->> 7
       FROM json_each(?1) WHERE true
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, value = excluded.value,
         detail = excluded.detail, incident = excluded.incident, verdict = excluded.verdict`,
      alerts.map((alert) => [
        alert.key,
        alert.rule,
        JSON.stringify(alert.subject),
        JSON.stringify(alert.state),
        alert.value,
        alert.detail,
        alert.incident,
        alert.verdict,
      ]),
    ),
    ...writeAll(
      `INSERT INTO incidents (${incidentColumns})
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
         value ->> 12, value ->> 13, value ->> 14
       FROM json_each(?1) WHERE true
       ON CONFLICT (key) DO UPDATE SET ended_at = excluded.ended_at,
         merged_into = excluded.merged_into, severity = excluded.severity,
         priority = excluded.priority, priority_fixed = excluded.priority_fixed,
         acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
         snoozed_until = excluded.snoozed_until, page = excluded.page`,
      incidents.map((one) => [
        one.key,
        one.origin,
        one.monitor,
        one.title,
        one.startedAt,
        one.detectedAt,
        one.endedAt,
        one.mergedInto,
        one.severity,
        one.priority,
        one.priorityFixed ? 1 : 0,
        one.acknowledgedAt,
        one.acknowledgedBy,
        one.snoozedUntil,
        one.page === null ? null : JSON.stringify(one.page),
      ]),
    ),
    ...writeAll(
      `INSERT INTO notifications (id, incident, channel, kind, sequence, on_call, because,
         created_at, waiting_since, state, next_at)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, ?2, ?2, 'pending', ?2
       FROM json_each(?1) WHERE true
       ON CONFLICT (id) DO NOTHING`,
      notifications.map((one) => [
        idempotencyKey(one),
        one.incident,
        one.channel,
        one.kind,
        one.sequence,
        one.onCall,
        one.because,
      ]),
      now,
    ),
    ...writeAll(
      `INSERT INTO alert_decisions (alert, at, incident, decision, because, data)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
       FROM json_each(?1) WHERE true
       ON CONFLICT (alert, at) DO UPDATE SET decision = excluded.decision,
         because = excluded.because, data = excluded.data`,
      decisions.map((one) => [
        one.alert,
        one.at,
        one.incident,
        one.decision,
        one.because,
        JSON.stringify(one.data),
      ]),
    ),
    ...writeAll(
      `INSERT INTO incident_events (incident, at, number, kind, author, public, text)
       SELECT value ->> 0, ?2, value ->> 1 + coalesce((
           SELECT max(number) FROM incident_events
           WHERE incident = value ->> 0 AND at = ?2), 0),
         value ->> 2, value ->> 3, value ->> 4, value ->> 5
       FROM json_each(?1)`,
      events.map((one, index) => [
        one.incident,
        index + 1,
        one.kind,
        one.author,
        one.public ? 1 : 0,
        one.text,
      ]),
      now,
    ),
  ];
}
