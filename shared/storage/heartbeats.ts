/** What jobs said of themselves: a row for each, with the newest of its pings. */
import { z } from "zod";
import type { Pings } from "../domain/heartbeat.ts";
import { inbound } from "../domain/inbound.ts";
import { minuteStep } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";

export const signals = ["start", "success", "failure"] as const;

/** What a ping says. */
export type Signal = (typeof signals)[number];

export interface Ping {
  readonly signal: Signal;
  /** Epoch seconds, by our clock. */
  readonly at: number;
  /** What the run calls itself, so that its finish is told from another's; null: nothing. */
  readonly run: string | null;
  /** Of a failure; null where it gave none. */
  readonly exitStatus: number | null;
}

/** A job's newest pings, oldest first. */
export type PingHistory = readonly Ping[];

/** So many pings are kept of each job. */
export const longestHistory = 100;

// A finish ends the run that is going on, unless both say which run they are and differ. A start
// that comes twice, which its name tells, is one start.
const takePingSql = `
  INSERT INTO heartbeats (monitor, started_at, succeeded_at, failed_at, exit_status, failing,
    running_since, run_id, history)
  SELECT number,
    CASE ?3 WHEN 'start' THEN ?2 END,
    CASE ?3 WHEN 'success' THEN ?2 END,
    CASE ?3 WHEN 'failure' THEN ?2 END,
    ?5,
    ?3 = 'failure',
    CASE ?3 WHEN 'start' THEN ?2 END,
    CASE ?3 WHEN 'start' THEN ?4 END,
    json_array(json_array(?2, ?3, ?4, ?5))
  FROM monitors WHERE number = ?1 AND removed_at IS NULL
  ON CONFLICT (monitor) DO UPDATE SET
    started_at = coalesce(excluded.started_at, started_at),
    succeeded_at = coalesce(excluded.succeeded_at, succeeded_at),
    failed_at = coalesce(excluded.failed_at, failed_at),
    exit_status = CASE ?3 WHEN 'failure' THEN ?5 ELSE exit_status END,
    failing = CASE ?3 WHEN 'start' THEN failing ELSE excluded.failing END,
    running_since = CASE
      WHEN ?3 = 'start' THEN CASE WHEN run_id = ?4 THEN running_since ELSE ?2 END
      WHEN run_id IS NULL OR ?4 IS NULL OR run_id = ?4 THEN NULL
      ELSE running_since END,
    run_id = CASE
      WHEN ?3 = 'start' THEN ?4
      WHEN run_id IS NULL OR ?4 IS NULL OR run_id = ?4 THEN NULL
      ELSE run_id END,
    history = CASE
      WHEN history ->> '$[#-1]' = json_array(?2, ?3, ?4, ?5) THEN history
      WHEN json_array_length(history) < ${longestHistory}
        THEN json_insert(history, '$[#]', json_array(?2, ?3, ?4, ?5))
      ELSE json_insert(json_remove(history, '$[0]'), '$[#]', json_array(?2, ?3, ?4, ?5)) END`;

/**
 * Takes a ping, in one written row. The same ping twice is taken once.
 *
 * @param monitor the monitor's number
 * @returns false, with nothing written, where there is no such monitor
 */
export async function takePing(db: D1Database, monitor: number, ping: Ping): Promise<boolean> {
  const { signal, at, run, exitStatus } = ping;
  const { meta } = await db.prepare(takePingSql).bind(monitor, at, signal, run, exitStatus).run();
  return meta.changes > 0;
}

const pingColumns =
  "monitor, started_at, succeeded_at, failed_at, exit_status, failing, running_since";

const pingsRowSchema = z
  .object({
    monitor: z.int(),
    started_at: z.int().nullable(),
    succeeded_at: z.int().nullable(),
    failed_at: z.int().nullable(),
    exit_status: z.int().nullable(),
    failing: z.int(),
    running_since: z.int().nullable(),
  })
  .transform((row) => {
    const pings: Pings = {
      startedAt: row.started_at,
      succeededAt: row.succeeded_at,
      failedAt: row.failed_at,
      exitStatus: row.exit_status,
      failing: row.failing === 1,
      runningSince: row.running_since,
    };
    return [row.monitor, pings] as const;
  });

/** Reads the newest pings of monitors, by number; a job that never called in has none. */
export async function readPings(
  db: D1Database,
  monitors: readonly number[],
): Promise<ReadonlyMap<number, Pings>> {
  const { results } = await db
    .prepare(
      `SELECT ${pingColumns} FROM json_each(?1) AS wanted
       CROSS JOIN heartbeats ON heartbeats.monitor = wanted.value`,
    )
    .bind(JSON.stringify(monitors))
    .all();
  return new Map(z.array(pingsRowSchema).parse(results));
}

const historySchema = z.array(
  z
    .tuple([z.int(), z.enum(signals), z.string().nullable(), z.int().nullable()])
    .transform(([at, signal, run, exitStatus]): Ping => ({ at, signal, run, exitStatus })),
);

/** Reads a job's history; empty where it never called in. */
export async function readPingHistory(db: D1Database, monitor: number): Promise<PingHistory> {
  const history = await db
    .prepare("SELECT history FROM heartbeats WHERE monitor = ?1")
    .bind(monitor)
    .first("history");
  return history === null ? [] : historySchema.parse(JSON.parse(z.string().parse(history)));
}

/** Whether pings can be taken: the table answers. Throws where it does not. */
export async function touchHeartbeats(db: D1Database): Promise<void> {
  await db.prepare("SELECT monitor FROM heartbeats LIMIT 1").all();
}

/** So far back, in gaps, it is known when no pings could be taken. */
const mostSpans = 200;

const spanRows = z.array(z.object({ from: z.int(), to: z.int() }));

/** Reads when pings could be taken, from the span that holds `since` on, in order of time. */
export async function readDoorSpans(db: D1Database, since: number): Promise<Span[]> {
  const { results } = await db
    .prepare(
      `SELECT from_time AS "from", to_time AS "to" FROM coverage
       WHERE region = ?1 AND step = ?2 AND from_time >= coalesce((
         SELECT max(last.from_time) FROM coverage AS last
         WHERE last.region = ?1 AND last.step = ?2 AND last.from_time <= ?3
       ), ?3)
       ORDER BY from_time DESC LIMIT ${mostSpans}`,
    )
    .bind(inbound.number, minuteStep, since)
    .all();
  return spanRows.parse(results).toReversed();
}
