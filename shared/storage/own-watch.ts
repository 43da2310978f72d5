/** What the monitoring notes of itself: faults by the minute, silent objects, what it uses. */
import { z } from "zod";
import { type OwnFault, ownFaultKinds } from "../domain/own-faults.ts";
import { type PlanName, planNames } from "../domain/platform-limits.ts";
import type { Usage } from "../domain/quota.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";

const secondsPerDay = 86_400;

/** The first second of a time's day (UTC). */
export function dayOf(time: number): number {
  return time - (time % secondsPerDay);
}

/** A region's object that does not answer. Epoch seconds. */
export interface SilentObject {
  /** The region's number. */
  readonly region: number;
  readonly shard: number;
  readonly since: number;
  readonly detail: string;
}

/** What a tick has to note of itself. */
export interface OwnNotes {
  /** Epoch seconds. */
  readonly now: number;
  readonly faults: readonly OwnFault[];
  readonly silent: readonly SilentObject[];
  /** Objects that answered, which may have been silent before. */
  readonly answered: readonly Pick<SilentObject, "region" | "shard">[];
  /** What is to be added to the day's usage; null: nobody asks. */
  readonly usage: UsageOfPlan | null;
}

/** What was used, and whose limits there are. */
export interface UsageOfPlan extends Usage {
  readonly plan: PlanName;
}

/** The statements that note it; none where there is nothing. */
export function noteStatements(db: D1Database, notes: OwnNotes): D1PreparedStatement[] {
  const { now, faults, silent, answered, usage } = notes;
  const rows = (sql: string, all: readonly unknown[]) =>
    all.length === 0 ? [] : [db.prepare(sql).bind(JSON.stringify(all))];
  return [
    ...rows(
      `INSERT INTO own_faults (minute, kind, region, count, detail)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
       FROM json_each(?1) WHERE true
       ON CONFLICT (minute, kind, region) DO UPDATE SET count = count + excluded.count,
         detail = excluded.detail`,
      faults.map(({ minute, kind, region, count, detail }) => {
        return [minute, kind, region ?? 0, count, detail];
      }),
    ),
    ...rows(
      `INSERT INTO silent_objects (region, shard, since, detail)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
       ON CONFLICT (region, shard) DO NOTHING`,
      silent.map(({ region, shard, since, detail }) => [region, shard, since, detail]),
    ),
    ...rows(
      `DELETE FROM silent_objects WHERE (region, shard) IN
         (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`,
      answered.map(({ region, shard }) => [region, shard]),
    ),
    ...(usage === null ? [] : [addUsage(db, dayOf(now), usage)]),
  ];
}

function addUsage(db: D1Database, day: number, usage: UsageOfPlan): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO platform_usage (day, d1_rows_read, d1_rows_written, worker_requests,
         object_requests, most_subrequests, most_d1_queries, database_bytes, plan)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
       ON CONFLICT (day) DO UPDATE SET plan = excluded.plan,
         d1_rows_read = d1_rows_read + excluded.d1_rows_read,
         d1_rows_written = d1_rows_written + excluded.d1_rows_written,
         worker_requests = worker_requests + excluded.worker_requests,
         object_requests = object_requests + excluded.object_requests,
         most_subrequests = max(most_subrequests, excluded.most_subrequests),
         most_d1_queries = max(most_d1_queries, excluded.most_d1_queries),
         database_bytes = excluded.database_bytes`,
    )
    .bind(
      day,
      usage.d1RowsRead,
      usage.d1RowsWritten,
      usage.workerRequests,
      usage.objectRequests,
      usage.mostSubrequests,
      usage.mostD1Queries,
      usage.databaseBytes,
      usage.plan,
    );
}

/** What was noted. Epoch seconds. */
export interface OwnState {
  /** Of the time that was asked for. */
  readonly faults: readonly OwnFault[];
  readonly silent: readonly SilentObject[];
  /** Of the present day; null: nothing was noted. */
  readonly usage: UsageOfPlan | null;
}

const faultRow = z.object({
  minute: z.int(),
  kind: z.string(),
  region: z.int(),
  count: z.int(),
  detail: z.string(),
});

/** A kind that only another version of this product knows is left out. */
function faultOf(row: z.infer<typeof faultRow>): OwnFault[] {
  const kind = ownFaultKinds.find((one) => one === row.kind);
  return kind === undefined ? [] : [{ ...row, kind, region: row.region === 0 ? null : row.region }];
}

const silentRow = z.object({
  region: z.int(),
  shard: z.int(),
  since: z.int(),
  detail: z.string(),
});

const usageRow = z
  .object({
    plan: z.enum(planNames),
    d1_rows_read: z.int(),
    d1_rows_written: z.int(),
    worker_requests: z.int(),
    object_requests: z.int(),
    most_subrequests: z.int(),
    most_d1_queries: z.int(),
    database_bytes: z.int(),
  })
  .transform(
    (row): UsageOfPlan => ({
      plan: row.plan,
      d1RowsRead: row.d1_rows_read,
      d1RowsWritten: row.d1_rows_written,
      workerRequests: row.worker_requests,
      objectRequests: row.object_requests,
      mostSubrequests: row.most_subrequests,
      mostD1Queries: row.most_d1_queries,
      databaseBytes: row.database_bytes,
    }),
  );

/**
 * Reads what was noted: as many rows as there were minutes with faults, silent objects, and a day's.
 *
 * @param since faults are read from then on, epoch seconds
 */
export async function readOwnState(db: D1Database, since: number, now: number): Promise<OwnState> {
  const [faults, silent, usage] = await db.batch([
    selectFaults(db, since),
    db.prepare("SELECT region, shard, since, detail FROM silent_objects ORDER BY region, shard"),
    db
      .prepare(
        `SELECT d1_rows_read, d1_rows_written, worker_requests, object_requests, most_subrequests,
           most_d1_queries, database_bytes, plan
         FROM platform_usage WHERE day = ?1`,
      )
      .bind(dayOf(now)),
  ]);
  return {
    faults: z.array(faultRow).parse(faults?.results).flatMap(faultOf),
    silent: z.array(silentRow).parse(silent?.results),
    usage: z.array(usageRow).parse(usage?.results)[0] ?? null,
  };
}

/** Reads the faults that were noted from a time on, epoch seconds, in order of time. */
export async function readOwnFaults(db: D1Database, since: number): Promise<OwnFault[]> {
  const { results } = await selectFaults(db, since).all();
  return z.array(faultRow).parse(results).flatMap(faultOf);
}

function selectFaults(db: D1Database, since: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT minute, kind, region, count, detail FROM own_faults
       WHERE minute >= ?1 ORDER BY minute`,
    )
    .bind(since);
}

/** How people are told. Epoch seconds. */
export interface OwnDelivery {
  /** Since when the oldest notification waits; null: none does. */
  readonly oldestSince: number | null;
  /** When notifications were decided that were given up, of the time that was asked for. */
  readonly dead: readonly number[];
  /** Channels through which nothing gets, since when. */
  readonly away: readonly { readonly channel: string; readonly since: number }[];
}

/** Dead letters are counted up to here. */
const mostDead = 1_000;

const oldestRow = z.object({ oldest: z.int().nullable() });
const deadRow = z.object({ created_at: z.int() });
const awayRow = z.object({ channel: z.string(), since: z.int() });

/**
 * Reads how people are told.
 *
 * @param since dead letters decided from then on, epoch seconds
 */
export async function readOwnDelivery(db: D1Database, since: number): Promise<OwnDelivery> {
  const [waiting, dead, away] = await db.batch([
    db.prepare(
      `SELECT min(waiting_since) AS oldest
       FROM notifications INDEXED BY due_notifications WHERE state IN ('pending', 'leased')`,
    ),
    db
      .prepare(
        `SELECT created_at FROM notifications INDEXED BY dead_notifications
         WHERE state = 'dead' AND created_at >= ?1 ORDER BY created_at LIMIT ?2`,
      )
      .bind(since, mostDead),
    db.prepare(
      `SELECT channel, away_since AS since FROM channel_pace WHERE away_since IS NOT NULL
       ORDER BY away_since`,
    ),
  ]);
  return {
    oldestSince: oldestRow.parse(waiting?.results[0]).oldest,
    dead: z
      .array(deadRow)
      .parse(dead?.results)
      .map((row) => row.created_at),
    away: z.array(awayRow).parse(away?.results),
  };
}

/** Deletes what was noted before a time, at most `most` faults. */
export async function deleteOldNotes(db: D1Database, before: number, most: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        `DELETE FROM own_faults WHERE (minute, kind, region) IN (
           SELECT minute, kind, region FROM own_faults WHERE minute < ?1 ORDER BY minute LIMIT ?2)`,
      )
      .bind(before, most),
    db.prepare("DELETE FROM platform_usage WHERE day < ?1").bind(dayOf(before)),
  ]);
}

/** When the first coverage of all began, epoch seconds; null: there is none. By key. */
export async function readFirstCoverage(db: D1Database): Promise<number | null> {
  const row = await db
    .prepare(
      `SELECT min((SELECT min(from_time) FROM coverage
          WHERE coverage.region = regions.number AND coverage.step = steps.step)) AS first
       FROM regions CROSS JOIN (SELECT ${minuteStep} AS step UNION ALL SELECT ${fastStep}) AS steps`,
    )
    .first();
  return z.object({ first: z.int().nullable() }).parse(row).first;
}

/** What the database's clock says, epoch milliseconds. */
export async function readDatabaseClock(db: D1Database): Promise<number> {
  const row = await db.prepare("SELECT unixepoch('subsec') AS now").first();
  return z.object({ now: z.number() }).parse(row).now * 1000;
}
