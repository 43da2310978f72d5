/** What became of notifications that were leased, written right after they were sent. */
import type { DeliveryFailure } from "../../domain/alerting/delivery-failure.ts";

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
  /** Whether it was tried at all; not where its channel is held back. */
  readonly tried: boolean;
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
         fell_back = max(fell_back, value ->> 5), attempts = attempts - (value ->> 6),
         lease = NULL, lease_until = NULL
       FROM json_each(?1)
       WHERE notifications.id = value ->> 0 AND lease = ?2 AND state = 'leased'`,
      failed.map((one) => [
        one.id,
        one.kind,
        one.nextAt,
        one.failure,
        one.detail,
        one.fellBack ? 1 : 0,
        one.tried ? 0 : 1,
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
