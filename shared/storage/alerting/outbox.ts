/**
 * The outbox: what was decided to be told, until it was. Who sends leases first, and says so
 * afterwards; a lease that ends without a word is taken up by the next, with the same key.
 *
 * Per incident and channel one message is under way at a time, in their order. Where older ones
 * could not be sent the newest takes their place: it tells what is true when it is sent.
 */
import { z } from "zod";
import { deliveryFailureSchema } from "../../contract/alerting/delivery.ts";
import type { DeliveryFailure } from "../../domain/alerting/delivery-failure.ts";
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
  })
  .transform(
    ({ on_call, fallback_of, waiting_since, fell_back, ...row }): LeasedNotification => ({
      ...row,
      onCall: on_call,
      fallbackOf: fallback_of,
      waitingSince: waiting_since,
      fellBack: fell_back === 1,
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
  /** Of one channel: receivers take no more at once. */
  readonly mostOfChannel: number;
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
 * Leases what is due, oldest first, and folds what waits behind something newer. Where nothing is
 * due it reads and writes nothing but the head of an index.
 */
export async function claimNotifications(
  db: D1Database,
  { lease, now, leaseSeconds, most, mostOfChannel }: Claim,
): Promise<LeasedNotification[]> {
  const due = await db
    .prepare(
      `SELECT 1 FROM notifications INDEXED BY due_notifications
       WHERE state IN ('pending', 'leased') AND next_at <= ?1 LIMIT 1`,
    )
    .bind(now)
    .first();
  if (due === null) return [];
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
             SELECT due.rowid AS number, due.created_at, due.sequence,
               row_number() OVER (PARTITION BY channel ORDER BY created_at, sequence) AS place
             FROM notifications AS due INDEXED BY due_notifications
             WHERE state IN ('pending', 'leased') AND next_at <= ?2
               AND NOT EXISTS (
                 SELECT 1 FROM notifications AS other INDEXED BY notifications_of_incident
                 WHERE other.incident = due.incident AND other.channel = due.channel
                   AND other.state = 'leased' AND other.rowid <> due.rowid))
           WHERE place <= ?5 ORDER BY created_at, sequence LIMIT ?4)
         RETURNING id, incident, channel, kind, sequence, on_call, because, fallback_of,
           waiting_since, attempts, fell_back`,
      )
      .bind(lease, now, now + leaseSeconds, most, mostOfChannel),
  ]);
  return z
    .array(leasedRow)
    .parse(results[2]?.results)
    .toSorted((a, b) => a.waitingSince - b.waitingSince || a.sequence - b.sequence);
}

/** A notification that did not arrive. */
export interface FailedSettlement {
  readonly kind: "retry" | "dead";
  readonly id: string;
  /** When it is tried again; ignored where it is dead. Epoch seconds. */
  readonly nextAt: number;
  readonly failure: DeliveryFailure;
  readonly detail: string;
  /** The channel that is told in its place from now on. */
  readonly fallback: string | null;
  /** Whether another channel was to be told, even where there is none. */
  readonly fellBack: boolean;
}

/** What became of a leased notification. */
export type Settlement =
  | {
      readonly kind: "sent";
      readonly id: string;
      readonly sentAt: number;
      readonly receipt: string | null;
      /** The message, as JSON. */
      readonly message: string | null;
      /** What did not go as it should have; null: nothing. */
      readonly note: string | null;
    }
  | FailedSettlement
  /** There was no time to send it: as if it had not been leased. */
  | { readonly kind: "released"; readonly id: string };

/**
 * Writes what became of notifications that were leased. What somebody else has leased by now is left
 * as it is.
 *
 * @param now epoch seconds
 */
export async function settleNotifications(
  db: D1Database,
  lease: string,
  settlements: readonly Settlement[],
  now: number,
): Promise<void> {
  const sent = settlements.filter((one) => one.kind === "sent");
  const released = settlements.filter((one) => one.kind === "released");
  const failed = settlements.filter(
    (one): one is FailedSettlement => one.kind === "retry" || one.kind === "dead",
  );
  const fallbacks = failed.flatMap(({ id, fallback, failure }) =>
    fallback === null ? [] : [[id, fallback, `${id}/for/${fallback}`, failure]],
  );
  const write = (sql: string, rows: readonly unknown[], ...more: readonly unknown[]) =>
    rows.length === 0 ? [] : [db.prepare(sql).bind(JSON.stringify(rows), lease, ...more)];
  const statements = [
    // First, while the lease that allows it still stands.
    ...write(
      `INSERT INTO notifications (id, incident, channel, kind, sequence, on_call, because,
         fallback_of, created_at, waiting_since, state, next_at)
       SELECT value ->> 2, one.incident, value ->> 1, one.kind, one.sequence, one.on_call,
         one.channel || ' could not be reached: ' || (value ->> 3), one.id, ?3, one.waiting_since,
         'pending', ?3
       FROM json_each(?1) CROSS JOIN notifications AS one ON one.id = value ->> 0
       WHERE one.lease = ?2 AND one.state = 'leased'
       ON CONFLICT (id) DO NOTHING`,
      fallbacks,
      now,
    ),
    ...write(
      `UPDATE notifications SET state = 'sent', sent_at = value ->> 1, receipt = value ->> 2,
         message = value ->> 3, failure = NULL, failure_detail = value ->> 4, lease = NULL,
         lease_until = NULL
       FROM json_each(?1)
       WHERE notifications.id = value ->> 0 AND lease = ?2 AND state = 'leased'`,
      sent.map((one) => [one.id, one.sentAt, one.receipt, one.message, one.note]),
    ),
    ...write(
      `UPDATE notifications SET state = CASE value ->> 1 WHEN 'dead' THEN 'dead' ELSE 'pending' END,
         next_at = value ->> 2, failure = value ->> 3, failure_detail = value ->> 4,
         fell_back = max(fell_back, value ->> 5), lease = NULL, lease_until = NULL
       FROM json_each(?1)
       WHERE notifications.id = value ->> 0 AND lease = ?2 AND state = 'leased'`,
      failed.map((one) => [
        one.id,
        one.kind,
        one.nextAt,
        one.failure,
        one.detail,
        one.fellBack ? 1 : 0,
      ]),
    ),
    ...write(
      `UPDATE notifications SET state = 'pending', next_at = ?3, attempts = attempts - 1,
         lease = NULL, lease_until = NULL
       FROM json_each(?1)
       WHERE notifications.id = value AND lease = ?2 AND state = 'leased'`,
      released.map(({ id }) => id),
      now,
    ),
  ];
  if (statements.length > 0) await db.batch(statements);
}

/** What was sent of an incident through a channel. */
export interface SentBefore {
  readonly incident: string;
  readonly channel: string;
  /** Of the first that has one: later messages join it. */
  readonly receipt: string | null;
}

const sentRow = z.object({
  incident: z.string(),
  channel: z.string(),
  receipt: z.string().nullable(),
});

/** Reads which channels were told of incidents, and which hold something of theirs. */
export async function readToldChannels(
  db: D1Database,
  incidents: readonly string[],
): Promise<{ readonly sent: readonly SentBefore[]; readonly given: readonly SentBefore[] }> {
  const keys = JSON.stringify(incidents);
  const [sent, given] = await db.batch([
    db
      .prepare(
        `SELECT incident, channel, receipt FROM (
           SELECT incident, channel, receipt, row_number() OVER (
             PARTITION BY incident, channel ORDER BY receipt IS NULL, sent_at, sequence) AS place
           FROM json_each(?1) CROSS JOIN notifications INDEXED BY notifications_of_incident
             ON incident = value
           WHERE state = 'sent')
         WHERE place = 1`,
      )
      .bind(keys),
    db
      .prepare(
        `SELECT DISTINCT incident, channel, NULL AS receipt
         FROM json_each(?1) CROSS JOIN notifications INDEXED BY notifications_of_incident
           ON incident = value`,
      )
      .bind(keys),
  ]);
  return {
    sent: z.array(sentRow).parse(sent?.results),
    given: z.array(sentRow).parse(given?.results),
  };
}

/** How the outbox stands: what the status and the logs tell of it. Epoch seconds. */
export interface OutboxState {
  readonly waiting: number;
  /** Since when the oldest of them waits; null: none does. */
  readonly oldestSince: number | null;
}

const stateRow = z.object({ waiting: z.int(), oldest: z.int().nullable() });

/** Reads how many notifications wait, and since when: only those are read. */
export async function readOutboxState(db: D1Database): Promise<OutboxState> {
  const row = await db
    .prepare(
      `SELECT count(*) AS waiting, min(waiting_since) AS oldest
       FROM notifications INDEXED BY due_notifications WHERE state IN ('pending', 'leased')`,
    )
    .first();
  const { waiting, oldest } = stateRow.parse(row);
  return { waiting, oldestSince: oldest };
}

/** A notification that could not be delivered. */
export interface DeadLetter {
  readonly id: string;
  readonly incident: string;
  readonly channel: string;
  readonly kind: string;
  readonly createdAt: number;
  readonly attempts: number;
  readonly failure: DeliveryFailure | null;
  readonly detail: string | null;
}

const deadRow = z
  .object({
    id: z.string(),
    incident: z.string(),
    channel: z.string(),
    kind: z.string(),
    created_at: z.int(),
    attempts: z.int(),
    failure: deliveryFailureSchema.nullable(),
    failure_detail: z.string().nullable(),
  })
  .transform(({ created_at, failure_detail, ...row }): DeadLetter => {
    return { ...row, createdAt: created_at, detail: failure_detail };
  });

/** Reads the newest dead letters. */
export async function readDeadLetters(db: D1Database, most: number): Promise<DeadLetter[]> {
  const { results } = await db
    .prepare(
      `SELECT id, incident, channel, kind, created_at, attempts, failure, failure_detail
       FROM notifications INDEXED BY dead_notifications WHERE state = 'dead'
       ORDER BY created_at DESC LIMIT ?1`,
    )
    .bind(most)
    .all();
  return z.array(deadRow).parse(results);
}
