/** What was sent to whom, how fast, and how the channels fare. */
import { z } from "zod";
import type { DeliveredPage } from "../../domain/alerting/delivery-times.ts";
import type { TimelineNotification } from "../../domain/alerting/timeline.ts";
import { notificationColumns, notificationFields, notificationOf } from "./timeline.ts";

/** A notification, with the number of its incident and its own, by which pages are read. */
export interface ListedNotification extends TimelineNotification {
  readonly place: number;
  readonly number: number | null;
}

const listedRow = z
  .object({ ...notificationFields, place: z.int(), number: z.int().nullable() })
  .transform(
    (row): ListedNotification => ({
      ...notificationOf(row),
      place: row.place,
      number: row.number,
    }),
  );

/** Which notifications, and from where on. */
export interface NotificationFilter {
  readonly state: TimelineNotification["state"] | "waiting" | "all";
  readonly channel: string | null;
  /** Only those before this place; null for the newest. */
  readonly before: number | null;
}

// Every filter has an index that ends with the rowid, in whose order pages are read; of those that
// wait there are few.
function accessOf({ state, channel }: NotificationFilter): { index: string; condition: string } {
  const ofChannel = channel === null ? "" : "AND channel = ?2";
  if (state === "all") {
    const index = channel === null ? "" : "INDEXED BY notifications_by_channel";
    return { index, condition: ofChannel };
  }
  if (state === "waiting") {
    const condition = `AND state IN ('pending', 'leased') ${ofChannel}`;
    return { index: "INDEXED BY due_notifications", condition };
  }
  const index = channel === null ? "notifications_by_state" : "notifications_by_channel_and_state";
  return { index: `INDEXED BY ${index}`, condition: `AND state = '${state}' ${ofChannel}` };
}

/** Reads notifications, the newest first, at most `limit`. */
export async function readNotificationPage(
  db: D1Database,
  filter: NotificationFilter,
  limit: number,
): Promise<ListedNotification[]> {
  const { index, condition } = accessOf(filter);
  const { results } = await db
    .prepare(
      `SELECT notifications.rowid AS place, ${notificationColumns},
         (SELECT number FROM incidents WHERE key = notifications.incident) AS number
       FROM notifications ${index}
       WHERE notifications.rowid < ?1 ${condition}
       ORDER BY notifications.rowid DESC LIMIT ?3`,
    )
    .bind(filter.before ?? Number.MAX_SAFE_INTEGER, filter.channel, limit)
    .all();
  return z.array(listedRow).parse(results);
}

/** Reads one; null where there is none. */
export async function readNotification(
  db: D1Database,
  id: string,
): Promise<ListedNotification | null> {
  const row = await db
    .prepare(
      `SELECT notifications.rowid AS place, ${notificationColumns},
         (SELECT number FROM incidents WHERE key = notifications.incident) AS number
       FROM notifications WHERE id = ?1`,
    )
    .bind(id)
    .first();
  return row === null ? null : listedRow.parse(row);
}

/** What has a dead letter sent again, as if it had been decided now. */
export function reviveNotification(db: D1Database, id: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE notifications SET state = 'pending', attempts = 0, waiting_since = ?2, next_at = ?2,
         lease = NULL, lease_until = NULL
       WHERE id = ?1 AND state = 'dead'`,
    )
    .bind(id, now);
}

const pageRow = z
  .object({
    incident: z.string(),
    channel: z.string(),
    created_at: z.int(),
    sent_at: z.int(),
    started_at: z.int(),
    detected_at: z.int(),
  })
  .transform(
    (row): DeliveredPage => ({
      incident: row.incident,
      channel: row.channel,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      decidedAt: row.created_at,
      deliveredAt: row.sent_at,
    }),
  );

/** Reads first messages of incidents that were decided in a window and delivered, oldest first. */
export async function readDeliveredPages(
  db: D1Database,
  window: { readonly from: number; readonly to: number },
  limit: number,
): Promise<DeliveredPage[]> {
  const { results } = await db
    .prepare(
      `SELECT notifications.incident, notifications.channel, notifications.created_at,
         notifications.sent_at, incidents.started_at, incidents.detected_at
       FROM notifications INDEXED BY notifications_by_time
       CROSS JOIN incidents ON incidents.key = notifications.incident
       WHERE notifications.created_at >= ?1 AND notifications.created_at < ?2
         AND notifications.kind = 'trigger' AND notifications.state = 'sent'
       ORDER BY notifications.created_at LIMIT ?3`,
    )
    .bind(window.from, window.to, limit)
    .all();
  return z.array(pageRow).parse(results);
}

/** How a channel fared. Epoch seconds. */
export interface ChannelRecord {
  readonly lastDeliveredAt: number | null;
  readonly lastGivenUpAt: number | null;
  readonly waiting: number;
  readonly failing: number;
  readonly dead: number;
}

const recordRow = z.object({
  channel: z.string(),
  sent_at: z.int().nullable(),
  dead_at: z.int().nullable(),
  waiting: z.int(),
  failing: z.int(),
  dead: z.int(),
});

/** Reads how the channels fared since a time, epoch seconds. */
export async function readChannelRecords(
  db: D1Database,
  since: number,
): Promise<ReadonlyMap<string, ChannelRecord>> {
  const { results } = await db
    .prepare(
      `SELECT channel, max(sent_at) AS sent_at, max(iif(state = 'dead', next_at, NULL)) AS dead_at,
         sum(state IN ('pending', 'leased')) AS waiting,
         sum(state IN ('pending', 'leased') AND failure IS NOT NULL) AS failing,
         sum(state = 'dead') AS dead
       FROM notifications INDEXED BY notifications_by_time WHERE created_at >= ?1
       GROUP BY channel`,
    )
    .bind(since)
    .all();
  return new Map(
    z
      .array(recordRow)
      .parse(results)
      .map((row) => [
        row.channel,
        {
          lastDeliveredAt: row.sent_at,
          lastGivenUpAt: row.dead_at,
          waiting: row.waiting,
          failing: row.failing,
          dead: row.dead,
        },
      ]),
  );
}
