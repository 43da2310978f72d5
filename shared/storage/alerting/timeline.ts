/** What happened to some incidents: what people did, what was decided, and what was sent. */
import { z } from "zod";
import type {
  TimelineDecision,
  TimelineEvent,
  TimelineNotification,
} from "../../domain/alerting/timeline.ts";

const eventRow = z
  .object({
    incident: z.string(),
    at: z.int(),
    kind: z.string(),
    author: z.string().nullable(),
    public: z.int(),
    text: z.string(),
  })
  .transform((row): TimelineEvent => ({ ...row, public: row.public === 1 }));

const dataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const decisionRow = z
  .object({
    alert: z.string(),
    at: z.int(),
    incident: z.string().nullable(),
    decision: z.enum(["told", "not-told"]),
    because: z.string(),
    data: z.string(),
  })
  .transform((row): TimelineDecision => ({ ...row, data: dataSchema.parse(JSON.parse(row.data)) }));

/** The columns of a notification, to be parsed. */
export const notificationFields = {
  id: z.string(),
  incident: z.string(),
  channel: z.string(),
  kind: z.string(),
  on_call: z.string().nullable(),
  because: z.string(),
  fallback_of: z.string().nullable(),
  created_at: z.int(),
  state: z.enum(["pending", "leased", "sent", "dead", "superseded"]),
  attempts: z.int(),
  next_at: z.int(),
  sent_at: z.int().nullable(),
  receipt: z.string().nullable(),
  failure: z.string().nullable(),
  failure_detail: z.string().nullable(),
};

const notificationSchema = z.object(notificationFields);

/** A notification of its columns. */
export function notificationOf(row: z.infer<typeof notificationSchema>): TimelineNotification {
  return {
    id: row.id,
    incident: row.incident,
    channel: row.channel,
    kind: row.kind,
    onCall: row.on_call,
    because: row.because,
    fallbackOf: row.fallback_of,
    createdAt: row.created_at,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    sentAt: row.sent_at,
    receipt: row.receipt,
    failure: row.failure,
    failureDetail: row.failure_detail,
  };
}

const notificationRow = notificationSchema.transform(notificationOf);

export const notificationColumns = `id, incident, channel, kind, on_call, because, fallback_of, created_at,
  state, attempts, next_at, sent_at, receipt, failure, failure_detail`;

/** All that is kept of some incidents. */
export interface History {
  readonly events: readonly TimelineEvent[];
  readonly decisions: readonly TimelineDecision[];
  readonly notifications: readonly TimelineNotification[];
}

/** Rows of each kind at most: an incident of hundreds of monitors stays readable. */
export const mostOfKind = 1_000;

/** Reads the history of incidents by their keys, each kind in order of time. */
export async function readHistory(db: D1Database, keys: readonly string[]): Promise<History> {
  const list = JSON.stringify(keys);
  const among = "incident IN (SELECT value FROM json_each(?1))";
  const [events, decisions, notifications] = await db.batch([
    db
      .prepare(
        `SELECT incident, at, kind, author, public, text FROM incident_events WHERE ${among}
         ORDER BY at, number LIMIT ${mostOfKind}`,
      )
      .bind(list),
    db
      .prepare(
        `SELECT alert, at, incident, decision, because, data
         FROM alert_decisions INDEXED BY decisions_of_incident WHERE ${among}
         ORDER BY at LIMIT ${mostOfKind}`,
      )
      .bind(list),
    db
      .prepare(
        `SELECT ${notificationColumns}
         FROM notifications INDEXED BY notifications_of_incident WHERE ${among}
         ORDER BY created_at, sequence, channel LIMIT ${mostOfKind}`,
      )
      .bind(list),
  ]);
  return {
    events: z.array(eventRow).parse(events?.results),
    decisions: z.array(decisionRow).parse(decisions?.results),
    notifications: z.array(notificationRow).parse(notifications?.results),
  };
}

/** Reads what was decided about one alert, in order of time: the latest `limit`. */
export async function readDecisions(
  db: D1Database,
  alert: string,
  limit: number,
): Promise<TimelineDecision[]> {
  const { results } = await db
    .prepare(
      `SELECT alert, at, incident, decision, because, data FROM alert_decisions
       WHERE alert = ?1 ORDER BY at DESC LIMIT ?2`,
    )
    .bind(alert, limit)
    .all();
  return z.array(decisionRow).parse(results).toReversed();
}

/** Reads what silences muted: the latest `limit` decisions of one. */
export async function readSilenced(
  db: D1Database,
  silence: number,
  limit: number,
): Promise<TimelineDecision[]> {
  const { results } = await db
    .prepare(
      `SELECT alert, at, incident, decision, because, data
       FROM alert_decisions INDEXED BY silenced_decisions
       WHERE because = 'silence' AND data ->> 'silence' = ?1 ORDER BY at DESC LIMIT ?2`,
    )
    .bind(silence, limit)
    .all();
  return z.array(decisionRow).parse(results);
}

/** What a maintenance window muted: how often, and the latest decisions. */
export interface Maintained {
  readonly count: number;
  readonly latest: readonly TimelineDecision[];
}

/** Reads what a maintenance window muted, and at most `limit` of the decisions. */
export async function readMaintained(
  db: D1Database,
  maintenance: number,
  limit: number,
): Promise<Maintained> {
  const [counted, latest] = await db.batch([
    db
      .prepare(
        `SELECT count(*) AS count FROM alert_decisions INDEXED BY maintained_decisions
         WHERE because = 'maintenance' AND data ->> 'maintenance' = ?1`,
      )
      .bind(maintenance),
    db
      .prepare(
        `SELECT alert, at, incident, decision, because, data
         FROM alert_decisions INDEXED BY maintained_decisions
         WHERE because = 'maintenance' AND data ->> 'maintenance' = ?1 ORDER BY at DESC LIMIT ?2`,
      )
      .bind(maintenance, limit),
  ]);
  const { count } = z.object({ count: z.int() }).parse(counted?.results[0]);
  return { count, latest: z.array(decisionRow).parse(latest?.results ?? []) };
}
