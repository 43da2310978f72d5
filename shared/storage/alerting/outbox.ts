/**
 * The outbox: what was decided to be told, until it was. Who sends leases first, and says so
 * afterwards; a lease that ends without a word is taken up by the next, with the same key.
 *
 * Per incident and channel one message is under way at a time, in their order. Where older ones
 * could not be sent the newest takes their place: it tells what is true when it is sent.
 */
import { z } from "zod";
import { deadlineSeconds, fallbackAfterSeconds } from "../../domain/alerting/delivery.ts";
import type { NotificationKind } from "../../domain/alerting/memory.ts";

/** A notification that the caller, and nobody else, is to send now. Epoch seconds. */
export interface LeasedNotification {
  /** Also the key by which receivers know a repetition. */
  readonly id: string;
  /** Key of the incident. */
  readonly incident: string;
  readonly channel: string;
  readonly kind: NotificationKind;
  readonly sequence: number;
  /** Id of the rotation whose person is named. */
  readonly onCall: string | null;
  readonly because: string;
  /** The notification in whose place this one is sent. */
  readonly fallbackOf: string | null;
  readonly waitingSince: number;
  /** This one included. */
  readonly attempts: number;
  readonly fellBack: boolean;
  /** Its incident is critical: it goes first. */
  readonly critical: boolean;
}

const leasedRow = z
  .object({
    id: z.string(),
    incident: z.string(),
    channel: z.string(),
    kind: z.enum(["trigger", "escalate", "update", "deadline", "acknowledge", "resolve"]),
    sequence: z.int(),
    on_call: z.string().nullable(),
    because: z.string(),
    fallback_of: z.string().nullable(),
    waiting_since: z.int(),
    attempts: z.int(),
    fell_back: z.int(),
    critical: z.int(),
  })
  .transform(
    ({ on_call, fallback_of, waiting_since, fell_back, critical, ...row }): LeasedNotification => ({
      ...row,
      onCall: on_call,
      fallbackOf: fallback_of,
      waitingSince: waiting_since,
      fellBack: fell_back === 1,
      critical: critical === 1,
    }),
  );

/** What a claim asks for. */
export interface Claim {
  /** Unlike any other claim's. */
  readonly lease: string;
  /** Epoch seconds. */
  readonly now: number;
  readonly leaseSeconds: number;
  readonly most: number;
  /** Of a channel: as many as it takes in the time that there is. */
  readonly mostOf: ReadonlyMap<string, number>;
  /** Of a channel that is not in there. */
  readonly mostOfOthers: number;
}

const isOlder =
  "(older.sequence, older.created_at, older.id) < (newer.sequence, newer.created_at, newer.id)";

/** Only rows that wait: nothing is read of what is sent. */
const pairs = `notifications AS older INDEXED BY notifications_of_incident
  WHERE older.incident = newer.incident AND older.channel = newer.channel
    AND older.state = 'pending' AND ${isOlder}`;

const newerPending = `SELECT 1 FROM notifications AS newer INDEXED BY notifications_of_incident
  WHERE newer.incident = older.incident AND newer.channel = older.channel
    AND newer.state = 'pending' AND ${isOlder}`;

/**
 * What is told through another channel now, though its own is held back, or given up: it waits for
 * too long, or came when nothing had got through for long.
 */
const overdue = `(fell_back = 0
    AND (waiting_since <= ?2 - ${fallbackAfterSeconds} OR away_since <= ?2 - ${fallbackAfterSeconds})
  OR waiting_since <= ?2 - ${deadlineSeconds})`;

/** Whether anything is due: reads the head of an index. @param now epoch seconds */
export async function isAnythingDue(db: D1Database, now: number): Promise<boolean> {
  const due = await db
    .prepare(
      `SELECT 1 FROM notifications INDEXED BY due_notifications
       WHERE state IN ('pending', 'leased') AND next_at <= ?1 LIMIT 1`,
    )
    .bind(now)
    .first();
  return due !== null;
}

/**
 * Leases what is due, critical first, then oldest, and folds what waits behind something newer. Of a
 * channel that is held back it leases only what is overdue.
 */
export async function claimNotifications(
  db: D1Database,
  { lease, now, leaseSeconds, most, mostOf, mostOfOthers }: Claim,
): Promise<LeasedNotification[]> {
  const results = await db.batch([
    // The newest inherits since when people wait, and whether another channel was told for it.
    db
      .prepare(
        `UPDATE notifications AS newer SET
           waiting_since = min(waiting_since, coalesce((SELECT min(older.waiting_since) FROM ${pairs}),
             waiting_since)),
           fell_back = max(fell_back, coalesce((SELECT max(older.fell_back) FROM ${pairs}), 0))
         WHERE rowid IN (SELECT rowid FROM notifications INDEXED BY due_notifications
             WHERE state IN ('pending', 'leased') AND next_at <= ?1)
           AND newer.state = 'pending' AND EXISTS (SELECT 1 FROM ${pairs})`,
      )
      .bind(now),
    db.prepare(
      `UPDATE notifications AS older SET state = 'superseded'
       WHERE rowid IN (SELECT rowid FROM notifications INDEXED BY due_notifications
           WHERE state IN ('pending', 'leased'))
         AND older.state = 'pending' AND EXISTS (${newerPending})`,
    ),
    db
      .prepare(
        `UPDATE notifications SET state = 'leased', lease = ?1, next_at = ?3, lease_until = ?3,
           attempts = attempts + 1
         WHERE rowid IN (
           SELECT number FROM (
             SELECT due.rowid AS number, due.created_at, due.sequence, due.waiting_since,
               incidents.severity IS 'critical' AS critical,
               coalesce((SELECT value ->> 1 FROM json_each(?5) WHERE value ->> 0 = due.channel), ?6)
                 AS most,
               row_number() OVER (PARTITION BY due.channel
                 ORDER BY incidents.severity IS 'critical' DESC, due.waiting_since, due.created_at,
                   due.sequence) AS place
             FROM notifications AS due INDEXED BY due_notifications
             LEFT JOIN incidents ON incidents.key = due.incident
             LEFT JOIN channel_pace AS pace ON pace.channel = due.channel
             WHERE due.state IN ('pending', 'leased') AND due.next_at <= ?2
               AND (coalesce(pace.held_until, 0) <= ?2 OR ${overdue})
               AND NOT EXISTS (
                 SELECT 1 FROM notifications AS other INDEXED BY notifications_of_incident
                 WHERE other.incident = due.incident AND other.channel = due.channel
                   AND other.state = 'leased' AND other.rowid <> due.rowid))
           WHERE place <= most
           ORDER BY critical DESC, waiting_since, created_at, sequence LIMIT ?4)
         RETURNING id, incident, channel, kind, sequence, on_call, because, fallback_of,
           waiting_since, attempts, fell_back,
           (SELECT severity FROM incidents WHERE key = notifications.incident) IS 'critical'
             AS critical`,
      )
      .bind(lease, now, now + leaseSeconds, most, JSON.stringify([...mostOf]), mostOfOthers),
  ]);
  return z
    .array(leasedRow)
    .parse(results[2]?.results)
    .toSorted(
      (a, b) =>
        Number(b.critical) - Number(a.critical) ||
        a.waitingSince - b.waitingSince ||
        a.sequence - b.sequence,
    );
}
