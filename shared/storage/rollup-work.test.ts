import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { day, hour, rollUp } from "../domain/rollup.ts";
import { nextRange, rollUpResults, rollUpSlice } from "./roll-up-slice.ts";
import {
  claim,
  lastMonitor,
  type RollupWork,
  readHourSlice,
  readWork,
  writeSlice,
} from "./rollup-work.ts";
import { readRollups } from "./rollups.ts";
import {
  allRollups,
  emptyPlan,
  emptyTables,
  farFuture,
  recordResults,
  resultOf,
  rollUpAll,
} from "./testing/rollup-world.ts";

const midnight = Date.UTC(2026, 10, 23) / 1000;
const window = { from: midnight, to: midnight + day };
const all = { from: 1, to: lastMonitor };

/** The work that waits first; there must be some. */
async function nextWork(): Promise<RollupWork> {
  const [work] = await readWork(env.DB, farFuture);
  if (work === undefined) throw new Error("nothing to roll up");
  return work;
}

/** Begins with the only hour and reads all of it, as a tick that then takes its time. */
async function beginHour() {
  const work = await claim(env.DB, await nextWork());
  if (work === null) throw new Error("nobody else is here");
  const { rows } = await readHourSlice(env.DB, work.start, all);
  return { write: () => writeSlice(env.DB, work, lastMonitor, rollUpResults(rows)) };
}

const hours = async (): Promise<unknown> =>
  (await readRollups(env.DB, hour, { monitors: [1], regions: [1] }, window)).map(
    ({ rollup }) => rollup.outcomes.up,
  );

beforeEach(async () => {
  await emptyTables(env.DB, { monitors: 3, regions: 2 });
});

describe("the list of what is to be rolled up", () => {
  it("takes one written row an hour, whatever comes in while nobody has begun", async () => {
    const changes: number[] = [];
    for (const minute of [0, 1, 2, 60]) {
      changes.push(await recordResults(env.DB, [resultOf(midnight + minute * 60, 1, 1)]));
    }
    expect(changes).toEqual([1, 0, 0, 1]);
  });

  it("has an hour when it is over, and its day after it", async () => {
    await recordResults(env.DB, [resultOf(midnight + 60, 1, 1)]);
    expect(await readWork(env.DB, midnight - 1)).toEqual([]);
    expect(await readWork(env.DB, midnight)).toMatchObject([{ step: hour, start: midnight }]);
    await rollUpSlice(env.DB, emptyPlan, await nextWork(), 10_000);
    expect(await readWork(env.DB, 0)).toMatchObject([{ step: day, start: midnight }]);
    await rollUpSlice(env.DB, emptyPlan, await nextWork(), 10_000);
    expect(await readWork(env.DB, farFuture)).toEqual([]);
  });

  it("has an hour again when a result of it comes late", async () => {
    await recordResults(env.DB, [resultOf(midnight, 1, 1)]);
    await rollUpAll(env.DB);
    expect(await hours()).toEqual([1]);
    await recordResults(env.DB, [resultOf(midnight + 60, 1, 1)]);
    await rollUpAll(env.DB);
    expect(await hours()).toEqual([2]);
    const [ofDay] = await allRollups(env.DB, day);
    expect(ofDay?.rollup.outcomes.up).toBe(2);
  });

  it("gives up what was read before a late result, also when another has begun since", async () => {
    await recordResults(env.DB, [resultOf(midnight, 1, 1)]);
    const slow = await beginHour();
    await recordResults(env.DB, [resultOf(midnight + 60, 1, 1)]);
    const fast = await beginHour();
    expect(await slow.write()).toEqual({ kind: "overtaken" });
    expect(await hours()).toEqual([]);
    expect(await fast.write()).toMatchObject({ kind: "written" });
    expect(await hours()).toEqual([2]);
  });

  it("gives up what was read before the work was done, came back and was begun anew", async () => {
    await recordResults(env.DB, [resultOf(midnight, 1, 1)]);
    const slow = await beginHour();
    await (await beginHour()).write();
    await recordResults(env.DB, [resultOf(midnight + 60, 1, 1)]);
    const fast = await beginHour();
    expect(await slow.write()).toEqual({ kind: "overtaken" });
    expect(await fast.write()).toMatchObject({ kind: "written" });
    expect(await slow.write()).toEqual({ kind: "overtaken" });
    expect(await hours()).toEqual([2]);
  });

  it("lets one of two that began together write", async () => {
    await recordResults(env.DB, [resultOf(midnight, 1, 1)]);
    const one = await beginHour();
    const other = await beginHour();
    expect(await one.write()).toMatchObject({ kind: "written" });
    expect(await other.write()).toEqual({ kind: "overtaken" });
  });

  it("goes on where a slice ended", async () => {
    await recordResults(
      env.DB,
      [1, 2, 3].map((monitor) => resultOf(midnight, monitor, 1)),
    );
    await rollUpSlice(env.DB, emptyPlan, await nextWork(), 1);
    expect(await nextWork()).toMatchObject({ step: hour, nextMonitor: 2 });
    expect(await allRollups(env.DB, hour)).toHaveLength(1);
    await rollUpAll(env.DB, emptyPlan, 1);
    expect(await allRollups(env.DB, hour)).toHaveLength(3);
  });
});

describe("rolling up an hour", () => {
  const minutes = 60;
  const results = Array.from({ length: minutes }, (_, minute) =>
    [1, 2, 3].flatMap((monitor) =>
      [1, 2].map((region) => resultOf(midnight + minute * 60, monitor, region)),
    ),
  ).flat();

  it("reads each result once and each distinct time, whatever lies before and after", async () => {
    const others = [-1, 1].flatMap((side) =>
      results.map((result) => ({ ...result, time: result.time + side * hour })),
    );
    await recordResults(env.DB, [...others, ...results]);
    const { rows, counts } = await readHourSlice(env.DB, midnight, all);
    expect(rows).toHaveLength(results.length);
    // A seek for each distinct time, and the recursion's own row for it.
    expect(counts.read).toBeLessThanOrEqual(results.length + 3 * minutes + 5);
    const slice = await readHourSlice(env.DB, midnight, { from: 2, to: 2 });
    expect(slice.rows).toHaveLength(minutes * 2);
    expect(slice.counts.read).toBeLessThanOrEqual(minutes * 2 + 3 * minutes + 5);
  });

  it("writes a row for each monitor and region, and little else", async () => {
    await recordResults(env.DB, results);
    const outcome = await rollUpSlice(env.DB, emptyPlan, await nextWork(), 10_000);
    // Begun, moved on, done with, and the day.
    expect(outcome).toMatchObject({ kind: "written", rolled: 360, rows: { written: 6 + 4 } });
  });

  it("writes only what a late result changed", async () => {
    await recordResults(env.DB, results);
    await rollUpAll(env.DB);
    await recordResults(env.DB, [resultOf(midnight + 30, 2, 1, "down", null)]);
    const outcome = await rollUpSlice(env.DB, emptyPlan, await nextWork(), 10_000);
    expect(outcome).toMatchObject({ kind: "written", rows: { written: 1 + 4 } });
  });

  it("keeps what a rollup says of results", async () => {
    await recordResults(env.DB, [
      resultOf(midnight, 1, 1, "up", 120),
      resultOf(midnight + 60, 1, 1, "degraded", 2_400),
      resultOf(midnight + 120, 1, 1, "down", null),
      resultOf(midnight + 180, 1, 1, "unknown", null),
    ]);
    await rollUpAll(env.DB);
    const seen = (outcome: "up" | "degraded" | "down" | "unknown", latencyMs: number | null) => {
      return { outcome, attempts: 1, latencyMs };
    };
    const rollup = rollUp([
      seen("up", 120),
      seen("degraded", 2_400),
      seen("down", null),
      seen("unknown", null),
    ]);
    const key = { monitor: 1, region: 1, start: midnight };
    expect(await allRollups(env.DB, hour)).toEqual([{ ...key, rollup }]);
    expect(await allRollups(env.DB, day)).toEqual([{ ...key, rollup }]);
  });

  it("rolls up beside it what reads the same results, or neither", async () => {
    await env.DB.prepare("CREATE TABLE IF NOT EXISTS beside (n INTEGER)").run();
    const insert = (n: number) => env.DB.prepare("INSERT INTO beside (n) VALUES (?1)").bind(n);
    const count = () => env.DB.prepare("SELECT sum(n) AS n FROM beside").first("n");
    const companion = {
      ofHour: (_db: D1Database, _work: RollupWork, read: readonly unknown[]) => [
        insert(read.length),
      ],
      ofDay: async () => [insert(1000)],
    };
    await recordResults(env.DB, results);
    await rollUpSlice(env.DB, emptyPlan, await nextWork(), 10_000, [companion]);
    expect(await count()).toBe(360);
    const listed = await nextWork();
    await rollUpSlice(env.DB, emptyPlan, listed, 10_000, [companion]);
    expect(await count()).toBe(1360);
    expect(await rollUpSlice(env.DB, emptyPlan, listed, 10_000, [companion])).toEqual({
      kind: "overtaken",
    });
    expect(await count()).toBe(1360);
  });
});

describe("a slice", () => {
  const work = { step: hour, start: midnight, nextMonitor: 1 } as const;

  it("leaves out no number, and is of about as many rows as asked for", async () => {
    await emptyTables(env.DB, { monitors: 100, regions: 2 });
    let from = 1;
    const ranges: [number, number][] = [];
    do {
      const range = await nextRange(env.DB, emptyPlan, { ...work, nextMonitor: from }, 5_000);
      ranges.push([range.from, range.to]);
      from = range.to + 1;
    } while (ranges.at(-1)?.[1] !== lastMonitor);
    // 120 results an hour of each: 41 monitors have fewer than 5,000, 42 have more.
    expect(ranges).toEqual([
      [1, 41],
      [42, 82],
      [83, lastMonitor],
    ]);
  });

  it("does not count monitors removed long ago", async () => {
    await emptyTables(env.DB, { monitors: 100, regions: 2 });
    await env.DB.prepare("UPDATE monitors SET removed_at = ?1 WHERE number < 91")
      .bind(midnight - 2 * day)
      .run();
    const range = await nextRange(env.DB, emptyPlan, work, 600);
    expect(range).toEqual({ from: 1, to: 95 });
  });
});
