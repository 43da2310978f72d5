/** What was sent to whom, how fast, and how the channels fare. */
import { z } from "zod";
import { deliveredSchema } from "../../contract/alerting/delivery.ts";
import type { Delivered } from "../../domain/alerting/delivery-failure.ts";
import type { DeliveredPage } from "../../domain/alerting/delivery-times.ts";
import type { TimelineNotification } from "../../domain/alerting/timeline.ts";
import { jsonText } from "../json-column.ts";
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

// The few that wait or are dead by their own indexes.
const access: Readonly<Record<NotificationFilter["state"], { index: string; condition: string }>> =
  {
    all: { index: "", condition: "" },
    sent: { index: "", condition: "AND state = 'sent'" },
    superseded: { index: "", condition: "AND state = 'superseded'" },
    dead: { index: "INDEXED BY dead_notifications", condition: "AND state = 'dead'" },
    waiting: ofWaiting(""),
    pending: ofWaiting("AND state = 'pending'"),
    leased: ofWaiting("AND state = 'leased'"),
  };

function ofWaiting(more: string) {
  return {
    index: "INDEXED BY due_notifications",
    condition: `AND state IN ('pending', 'leased') ${more}`,
  };
}

/** Reads notifications, the newest first, at most `limit`. */
export async function readNotificationPage(
  db: D1Database,
  { state, channel, before }: NotificationFilter,
  limit: number,
): Promise<ListedNotification[]> {
  const { index, condition } = access[state];
  const { results } = await db
    .prepare(
      `SELECT notifications.rowid AS place, ${notificationColumns},
         (SELECT number FROM incidents WHERE key = notifications.incident) AS number
       FROM notifications ${index}
       WHERE notifications.rowid < ?1 AND (?2 IS NULL OR channel = ?2) ${condition}
       ORDER BY notifications.rowid DESC LIMIT ?3`,
    )
    .bind(before ?? Number.MAX_SAFE_INTEGER, channel, limit)
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

/** The last test of a channel. Epoch seconds. */
export interface ChannelTest {
  readonly channel: string;
  readonly at: number;
  readonly author: string;
  readonly delivered: Delivered;
}

const testRow = z.object({
  channel: z.string(),
  at: z.int(),
  author: z.string(),
  delivered: jsonText(deliveredSchema),
});

/** Reads the last test of every channel. */
export async function readChannelTests(db: D1Database): Promise<ChannelTest[]> {
  const { results } = await db
    .prepare("SELECT channel, at, author, delivered FROM channel_tests")
    .all();
  return z.array(testRow).parse(results);
}

/** Keeps the outcome of a test, in place of an earlier one. */
export async function keepChannelTest(
  db: D1Database,
  { channel, at, author, delivered }: ChannelTest,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO channel_tests (channel, at, author, delivered) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (channel) DO UPDATE SET at = excluded.at, author = excluded.author,
         delivered = excluded.delivered`,
    )
    .bind(channel, at, author, JSON.stringify(delivered))
    .run();
}
