/** What tests of rollups share: results put in as a recording does, and all rollups read back. */
import type { Plan } from "../../domain/plan.ts";
import type { RecordedResult } from "../../domain/recording.ts";
import { day, hour, type RollupStep, rollUp, rollupStart } from "../../domain/rollup.ts";
import type { Status } from "../../domain/status.ts";
import { insertResults } from "../insert-results.ts";
import { mergeHours, rollUpSlice } from "../roll-up-slice.ts";
import { enqueueHoursOf, readWork } from "../rollup-work.ts";
import { readRollupSlice, type StoredRollup } from "../rollups.ts";
import { countRows } from "../rows.ts";

/** Later than any hour of these tests. */
export const farFuture = 4_000_000_000;

/** Two regions; its monitors have all been removed, which is no reason to lose their results. */
export const emptyPlan: Plan = {
  revision: 0,
  regions: [1, 2].map((number) => {
    return { id: `region-${number}`, number, locationHint: "enam", generation: 1 };
  }),
  monitors: [],
  shards: 1,
  controls: [],
};

/** A result with an outcome. */
export function resultOf(
  time: number,
  monitor: number,
  region: number,
  outcome: Status = "up",
  latencyMs: number | null = 100,
): RecordedResult {
  return {
    time,
    monitor,
    region,
    attempts: 1,
    latencyMs,
    outcome:
      outcome === "up"
        ? { outcome }
        : outcome === "unknown"
          ? { outcome, reason: "not-run", detail: "" }
          : { outcome, reason: "status", detail: "" },
  };
}

/** Empties what these tests fill, and gives numbers 1 to `monitors` and 1 to `regions`. */
export async function emptyTables(
  db: D1Database,
  numbers: { readonly monitors: number; readonly regions: number },
): Promise<void> {
  const tables = ["results", "rollups", "rollup_work", "monitors", "regions"];
  const insert = (table: string, columns: string, count: number) =>
    db
      .prepare(
        `INSERT INTO ${table} (${columns})
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
         SELECT n, '${table}-' || n${columns.includes("added_at") ? ", 0" : ""} FROM n`,
      )
      .bind(count);
  await db.batch([
    ...tables.map((table) => db.prepare(`DELETE FROM ${table}`)),
    db.prepare("UPDATE retention SET kept_from = 0, next_monitor = NULL"),
    insert("monitors", "number, id, added_at", numbers.monitors),
    insert("regions", "number, id", numbers.regions),
  ]);
}

/** Records results in one batch, as the ledger does; returns the rows written beside them. */
export async function recordResults(
  db: D1Database,
  results: readonly RecordedResult[],
): Promise<number> {
  const inserts = insertResults(db, results);
  const written = await db.batch([...inserts, ...enqueueHoursOf(db, results)]);
  return countRows(written.slice(inserts.length)).written;
}

/** Rolls up until nothing is left to do. */
export async function rollUpAll(db: D1Database, plan = emptyPlan, most = 10_000): Promise<void> {
  for (;;) {
    const [work] = await readWork(db, farFuture);
    if (work === undefined) return;
    await rollUpSlice(db, plan, work, most);
  }
}

/** All rollups of a step that there are. */
export async function allRollups(db: D1Database, step: RollupStep): Promise<StoredRollup[]> {
  const everything = { from: 0, to: farFuture };
  return [...(await readRollupSlice(db, step, everything, everything)).rows];
}

/** What the rollups of results should be, hours and days. */
export function expectedRollups(results: readonly RecordedResult[]) {
  const unique = new Map(
    // Of two with one key the first stands.
    results.toReversed().map((result) => [keyOf(result, result.time), result]),
  );
  const groups = Map.groupBy(unique.values(), (result) =>
    keyOf(result, rollupStart(hour, result.time)),
  );
  const hours = [...groups.values()].flatMap((group): StoredRollup[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { monitor, region, time } = first;
    const rolled = group.map((result) => ({ ...result, outcome: result.outcome.outcome }));
    return [{ monitor, region, start: rollupStart(hour, time), rollup: rollUp(rolled) }];
  });
  const byDay = Map.groupBy(hours, ({ start }) => rollupStart(day, start));
  const days = [...byDay].flatMap(([start, ofDay]) =>
    mergeHours(ofDay).map((rollup) => ({ ...rollup, start })),
  );
  return { hours: hours.toSorted(inOrder), days: days.toSorted(inOrder) };
}

function keyOf({ monitor, region }: { monitor: number; region: number }, time: number): string {
  return `${monitor}/${region}/${time}`;
}

function inOrder(a: StoredRollup, b: StoredRollup): number {
  return a.monitor - b.monitor || a.region - b.region || a.start - b.start;
}
