/**
 * The ledger: reads the memory that recording goes on from, and writes a recording in one batch.
 * The batch names the version it was decided on; if another recorder was faster it changes nothing
 * (a compare-and-swap over all that is remembered, so no two ticks can double or miss a change).
 */
import { z } from "zod";
import { type Memory, type Recording, type ScopedStatus, statusKey } from "../domain/recording.ts";
import { insertResults } from "./insert-results.ts";
import { lastSpansSql } from "./last-spans.ts";
import { keepRegionObjects, type RegionObjectState } from "./region-objects.ts";
import { enqueueHoursOf } from "./rollup-work.ts";
import {
  causeColumn,
  countRows,
  coverageRowSchema,
  knownStatusSchema,
  outageColumn,
  type RowCounts,
  statusSchema,
  streaksColumn,
} from "./rows.ts";

/** Where the ledger stands. */
export interface LedgerHead {
  readonly version: number;
  readonly planRevision: number;
}

/** The memory as of a version of the ledger. */
export interface VersionedMemory {
  readonly version: number;
  readonly memory: Memory;
}

/** What became of a recording. */
export type CommitOutcome =
  | {
      readonly kind: "committed";
      readonly next: VersionedMemory;
      /** Results that were not in the database before. */
      readonly newResults: number;
      readonly rows: RowCounts;
    }
  | { readonly kind: "conflict" };

const headSchema = z
  .object({ version: z.int(), plan_revision: z.int() })
  .transform((row): LedgerHead => ({ version: row.version, planRevision: row.plan_revision }));

const statusRowSchema = z
  .object({
    monitor: z.int(),
    scope: z.int(),
    status: statusSchema,
    since: z.int(),
    last_known: knownStatusSchema.nullable(),
    streak: streaksColumn,
    cause: causeColumn,
    outage: outageColumn,
  })
  .transform(
    ({ last_known, streak, ...row }): ScopedStatus => ({
      ...row,
      lastKnown: last_known,
      streaks: streak,
    }),
  );

const selectHead = "SELECT version, plan_revision FROM ledger WHERE id = 1";

/** Reads where the ledger stands: one row. */
export async function readHead(db: D1Database): Promise<LedgerHead> {
  return headSchema.parse(await db.prepare(selectHead).first());
}

/** Reads the whole memory, consistently. Its size is that of the plan, not of the history. */
export async function readMemory(db: D1Database): Promise<VersionedMemory> {
  const [heads, statuses, spans] = await db.batch([
    db.prepare(selectHead),
    db.prepare(
      "SELECT monitor, scope, status, since, last_known, streak, cause, outage FROM statuses",
    ),
    db.prepare(lastSpansSql),
  ]);
  const { version } = headSchema.parse(heads?.results[0]);
  const rows = z.array(statusRowSchema).parse(statuses?.results);
  return {
    version,
    memory: {
      statuses: new Map(rows.map((row) => [statusKey(row.monitor, row.scope), row])),
      coverage: z.array(coverageRowSchema).parse(spans?.results),
    },
  };
}

/**
 * Writes a recording that was decided on `version` of the memory.
 *
 * @param now epoch seconds, kept as the time of the decision
 * @param objects how the regions' objects fare, where that is news
 * @returns `conflict`, with nothing changed, where the ledger has moved on
 * @throws where the database fails
 */
export async function commit(
  db: D1Database,
  version: number,
  recording: Recording,
  now: number,
  objects: readonly RegionObjectState[] = [],
): Promise<CommitOutcome> {
  const inserts = insertResults(db, recording.results);
  const statements = [
    // A version that is not the one named becomes NULL, which the table refuses: the batch fails.
    db
      .prepare("UPDATE ledger SET version = CASE version WHEN ?1 THEN ?1 + 1 END WHERE id = 1")
      .bind(version),
    ...inserts,
    ...enqueueHoursOf(db, recording.results),
    ...writesOf(db, recording, now, version + 1),
    ...(objects.length > 0 ? [keepRegionObjects(db, objects, now)] : []),
  ];
  let results: D1Result[];
  try {
    results = await db.batch(statements);
  } catch (error) {
    if (isConflict(error)) return { kind: "conflict" };
    throw error;
  }
  return {
    kind: "committed",
    next: { version: version + 1, memory: recording.memory },
    newResults: results
      .slice(1, 1 + inserts.length)
      .reduce((sum, { meta }) => sum + meta.changes, 0),
    rows: countRows(results),
  };
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof Error && /NOT NULL constraint failed: ledger\.version/.test(error.message)
  );
}

/** The statements for what changed; none for what did not. */
function writesOf(
  db: D1Database,
  recording: Recording,
  now: number,
  version: number,
): D1PreparedStatement[] {
  const writeAll = (sql: string, rows: readonly unknown[][]) =>
    rows.length === 0 ? [] : [db.prepare(sql).bind(JSON.stringify(rows))];
  return [
    ...writeAll(
      `INSERT INTO coverage (region, step, from_time, to_time)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
       ON CONFLICT (region, step, from_time) DO UPDATE SET to_time = excluded.to_time`,
      recording.coverage.flatMap((change) => {
        if (change.kind === "none") return [];
        const { region, step, from, to } = change.span;
        return [[region, step, from, to]];
      }),
    ),
    ...writeAll(
      `INSERT INTO statuses (monitor, scope, status, since, last_known, streak, cause,
         outage)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, value ->> 7
       FROM json_each(?1) WHERE true
       ON CONFLICT (monitor, scope) DO UPDATE SET status = excluded.status,
         since = excluded.since, last_known = excluded.last_known, streak = excluded.streak,
         cause = excluded.cause, outage = excluded.outage`,
      recording.statuses.map((status) => [
        status.monitor,
        status.scope,
        status.status,
        status.since,
        status.lastKnown,
        json(status.streaks.length > 0 ? status.streaks : null),
        json(status.cause),
        json(status.outage),
      ]),
    ),
    ...writeAll(
      `INSERT INTO transitions (monitor, scope, at, from_status, to_status, cause, decided_at)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6
       FROM json_each(?1)`,
      recording.transitions.map((change) => [
        change.monitor,
        change.scope,
        change.at,
        change.from,
        change.to,
        json(change.cause),
        now,
      ]),
    ),
    // Each change is the whole of its outage's present state, so the last of one stands.
    ...writeAll(
      `INSERT INTO outages (monitor, started_at, detected_at, cause, ended_at, end_detected_at,
         reopenings, changed_in)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, value ->> 7
       FROM json_each(?1) WHERE true
       ON CONFLICT (monitor, started_at) DO UPDATE SET ended_at = excluded.ended_at,
         end_detected_at = excluded.end_detected_at, reopenings = excluded.reopenings,
         changed_in = excluded.changed_in`,
      recording.outages.map(({ monitor, outage, cause }) => [
        monitor,
        outage.startedAt,
        now,
        json(cause),
        outage.endedAt,
        outage.endedAt === null ? null : now,
        outage.reopenings,
        version,
      ]),
    ),
  ];
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
