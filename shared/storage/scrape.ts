/** What only a scrape of the metrics asks: what is not rolled up yet, and what became of messages. */
import { z } from "zod";
import { hour } from "../domain/rollup.ts";

const startRows = z.array(z.object({ start: z.int() }));

/** Reads which hours from a time on are still to be rolled up, or again: a row each, ascending. */
export async function readPendingHours(db: D1Database, from: number): Promise<number[]> {
  const { results } = await db
    .prepare(`SELECT start FROM rollup_work WHERE step = ${hour} AND start >= ?1 ORDER BY start`)
    .bind(from)
    .all();
  return startRows.parse(results).map(({ start }) => start);
}

/** How many notifications of a channel stand how. */
export interface NotificationCount {
  readonly channel: string;
  readonly state: "pending" | "leased" | "sent" | "dead" | "superseded";
  readonly count: number;
}

const countRows = z.array(
  z.object({
    channel: z.string(),
    state: z.enum(["pending", "leased", "sent", "dead", "superseded"]),
    count: z.int(),
  }),
);

/** Counts the notifications decided since a time, epoch seconds: a row read for each. */
export async function countNotifications(
  db: D1Database,
  since: number,
): Promise<NotificationCount[]> {
  const { results } = await db
    .prepare(
      `SELECT channel, state, count(*) AS count
       FROM notifications INDEXED BY notifications_by_time WHERE created_at >= ?1
       GROUP BY channel, state`,
    )
    .bind(since)
    .all();
  return countRows.parse(results);
}
