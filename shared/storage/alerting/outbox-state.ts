/** How delivery fares as a whole, for whoever looks after the monitoring. */
import { z } from "zod";
import { testedChannels } from "./channel-tests.ts";

/** What waits in the outbox. */
export interface Waiting {
  readonly waiting: number;
  /** Since when the oldest of them waits, epoch seconds; null: none does. */
  readonly oldestSince: number | null;
}

export interface OutboxState extends Waiting {
  /** Dead letters of the time that was asked for. */
  readonly dead: number;
  /** Channels through which nothing gets. */
  readonly away: readonly string[];
  /** Channels whose last test, by schedule or by a person, failed. */
  readonly failedTests: readonly string[];
}

const waitingRow = z
  .object({ waiting: z.int(), oldest: z.int().nullable() })
  .transform(({ waiting, oldest }): Waiting => ({ waiting, oldestSince: oldest }));
const countRow = z.object({ dead: z.int() });
const channelRows = z.array(z.object({ channel: z.string() }));

const selectWaiting = `
  SELECT count(*) AS waiting, min(waiting_since) AS oldest
  FROM notifications INDEXED BY due_notifications WHERE state IN ('pending', 'leased')`;

/** Reads how many notifications wait, and since when: only those are read. */
export async function readWaiting(db: D1Database): Promise<Waiting> {
  return waitingRow.parse(await db.prepare(selectWaiting).first());
}

/**
 * Reads how the outbox stands: what waits, what lately died, and the few rows about channels.
 *
 * @param since dead letters decided from then on are counted, epoch seconds
 */
export async function readOutboxState(db: D1Database, since: number): Promise<OutboxState> {
  const [waits, dead, away, failed] = await db.batch([
    db.prepare(selectWaiting),
    db
      .prepare(
        `SELECT count(*) AS dead FROM notifications INDEXED BY dead_notifications
         WHERE state = 'dead' AND created_at >= ?1`,
      )
      .bind(since),
    db.prepare("SELECT channel FROM channel_pace WHERE away_since IS NOT NULL ORDER BY channel"),
    db.prepare(
      `${testedChannels}
       SELECT tested.channel FROM tested CROSS JOIN channel_tests AS test
         ON test.channel = tested.channel
       WHERE test.due_at = (SELECT max(due_at) FROM channel_tests WHERE channel = tested.channel)
         AND test.delivered ->> 'ok' = 0
       ORDER BY tested.channel`,
    ),
  ]);
  return {
    ...waitingRow.parse(waits?.results[0]),
    dead: countRow.parse(dead?.results[0]).dead,
    away: channelRows.parse(away?.results).map(({ channel }) => channel),
    failedTests: channelRows.parse(failed?.results).map(({ channel }) => channel),
  };
}
