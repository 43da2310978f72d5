/**
 * Tests of channels. Each has a row, under the time when it was due: whoever writes that row sends
 * it, and nobody else. A scheduled one is taken up again where whoever had it died, and its failure
 * stays to be told until it was.
 */
import { z } from "zod";
import { deliveredSchema } from "../../contract/alerting/delivery.ts";
import { mostTestTries, retestAfterSeconds } from "../../domain/alerting/channel-test.ts";
import type { Delivered } from "../../domain/alerting/delivery-failure.ts";
import { jsonTextOrNull } from "../json-column.ts";

/** A test of a channel. Epoch seconds. */
export interface ChannelTest {
  readonly channel: string;
  /** When it was due; where a person asked for it, when that was. */
  readonly dueAt: number;
  /** When it was tried last. */
  readonly at: number;
  /** Null: the schedule. */
  readonly author: string | null;
  readonly tries: number;
  /** Null: nobody knows yet. */
  readonly delivered: Delivered | null;
  /** The channel through which people heard that it failed; null: they did not. */
  readonly toldThrough: string | null;
}

const testRow = z
  .object({
    channel: z.string(),
    due_at: z.int(),
    at: z.int(),
    author: z.string().nullable(),
    tries: z.int(),
    delivered: jsonTextOrNull(deliveredSchema),
    told_through: z.string().nullable(),
  })
  .transform(({ due_at, told_through, ...row }): ChannelTest => {
    return { ...row, dueAt: due_at, toldThrough: told_through };
  });

const columns = "channel, due_at, at, author, tries, delivered, told_through";

/** The channels that were ever tested: found by one step through the key for each. */
export const testedChannels = `WITH RECURSIVE tested (channel) AS (
    SELECT min(channel) FROM channel_tests
    UNION ALL
    SELECT (SELECT min(channel) FROM channel_tests WHERE channel > tested.channel)
    FROM tested WHERE tested.channel IS NOT NULL)`;

/** Reads the last test of every channel. */
export async function readChannelTests(db: D1Database): Promise<ChannelTest[]> {
  const { results } = await db
    .prepare(
      `${testedChannels}
       SELECT test.channel, due_at, at, author, tries, delivered, told_through FROM tested
       CROSS JOIN channel_tests AS test ON test.channel = tested.channel
       WHERE test.due_at = (SELECT max(due_at) FROM channel_tests WHERE channel = tested.channel)
       ORDER BY test.channel`,
    )
    .all();
  return z.array(testRow).parse(results);
}

/** A test that somebody asked for, and what became of it. */
export interface AskedTest {
  readonly channel: string;
  readonly at: number;
  readonly author: string;
  readonly delivered: Delivered;
}

/** Keeps a test that somebody asked for. */
export async function keepChannelTest(
  db: D1Database,
  { channel, at, author, delivered }: AskedTest,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO channel_tests (channel, due_at, author, at, tries, delivered)
       VALUES (?1, ?2, ?3, ?2, 1, ?4)
       ON CONFLICT (channel, due_at) DO UPDATE SET author = excluded.author,
         delivered = excluded.delivered`,
    )
    .bind(channel, at, author, JSON.stringify(delivered))
    .run();
}

/**
 * Takes the tests that the caller, and nobody else, is to send now: those that are due for the first
 * time, and those to be tried again.
 *
 * @param dueAt when tests of the channels were due; null: none is
 * @param now epoch seconds
 */
export async function claimChannelTests(
  db: D1Database,
  channels: readonly string[],
  dueAt: number | null,
  now: number,
): Promise<ChannelTest[]> {
  const results = await db.batch([
    db
      .prepare(
        `UPDATE channel_tests SET at = ?1, next_at = ?1 + ${retestAfterSeconds}, tries = tries + 1
         WHERE next_at <= ?1 AND tries < ${mostTestTries}
           AND (delivered IS NULL OR delivered ->> 'lasting' = 'retryable')
         RETURNING ${columns}`,
      )
      .bind(now),
    ...(dueAt === null
      ? []
      : [
          db
            .prepare(
              `INSERT INTO channel_tests (channel, due_at, author, at, tries, next_at)
               SELECT value, ?2, NULL, ?3, 1, ?3 + ${retestAfterSeconds} FROM json_each(?1)
               WHERE true
               ON CONFLICT (channel, due_at) DO NOTHING RETURNING ${columns}`,
            )
            .bind(JSON.stringify(channels), dueAt, now),
        ]),
  ]);
  return z.array(testRow).parse(results.flatMap((each) => each.results));
}

/**
 * Keeps what became of a test that was taken.
 *
 * @param nextAt when something is left to do: to try again, or to tell; null: nothing is
 */
export async function keepTestOutcome(
  db: D1Database,
  { channel, dueAt, tries }: ChannelTest,
  delivered: Delivered,
  nextAt: number | null,
): Promise<void> {
  await db
    .prepare(
      `UPDATE channel_tests SET delivered = ?4, next_at = ?5
       WHERE channel = ?1 AND due_at = ?2 AND tries = ?3`,
    )
    .bind(channel, dueAt, tries, JSON.stringify(delivered), nextAt)
    .run();
}

/** Takes the failed tests that the caller, and nobody else, is to tell of now. */
export async function claimFailedTests(db: D1Database, now: number): Promise<ChannelTest[]> {
  const { results } = await db
    .prepare(
      `UPDATE channel_tests SET next_at = ?1 + ${retestAfterSeconds}
       WHERE next_at <= ?1
         AND (tries >= ${mostTestTries} OR delivered ->> 'lasting' = 'permanent')
       RETURNING ${columns}`,
    )
    .bind(now)
    .all();
  return z.array(testRow).parse(results);
}

/** Nothing is left to do about a failed test. @param through the channel that was told; null: none */
export async function closeFailedTest(
  db: D1Database,
  { channel, dueAt }: ChannelTest,
  through: string | null,
): Promise<void> {
  await db
    .prepare(
      `UPDATE channel_tests SET next_at = NULL, told_through = ?3
       WHERE channel = ?1 AND due_at = ?2`,
    )
    .bind(channel, dueAt, through)
    .run();
}
