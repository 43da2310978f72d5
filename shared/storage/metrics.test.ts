import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { distributionOf } from "../domain/distribution.ts";
import { day, hour } from "../domain/rollup.ts";
import { deleteOldMetrics, readMetricExtent } from "./metric-retention.ts";
import { probedMetrics, readMetricRollups } from "./metric-rollups.ts";
import { readMetricWork, rollUpPushed } from "./metric-work.ts";
import {
  mostActiveSeries,
  type PushedPoint,
  pushed,
  pushPoints,
  readMetricPoints,
  readMetricSeries,
  readNewestPoints,
} from "./metrics.ts";
import type { RawResult } from "./rollup-work.ts";

/** 2026-09-21T00:00:00Z */
const start = 1_789_948_800;
const db = env.DB;

beforeEach(async () => {
  const tables = ["series", "points", "rollups", "work", "pushes"];
  await db.batch(tables.map((table) => db.prepare(`DELETE FROM metric_${table}`)));
});

const point = (seconds: number, value: number, name = "queueDepth", labels = {}): PushedPoint => {
  return { name, labels, time: start + seconds, value };
};

const push = (points: readonly PushedPoint[], key: string | null = null, digest = "d") =>
  pushPoints(db, points, key === null ? null : { key, digest }, start + hour);

const window = { from: start, to: start + day };

async function numbers(): Promise<number[]> {
  return (await readMetricSeries(db, [pushed])).map(({ number }) => number);
}

async function values(): Promise<number[]> {
  return (await readMetricPoints(db, await numbers(), window)).map(({ value }) => value);
}

/** Rolls up all that is due at a time. */
async function rollUpAll(now: number): Promise<void> {
  while ((await rollUpPushed(db, now - hour)).kind === "written");
}

const rollupsOf = async (step: typeof hour | typeof day) =>
  readMetricRollups(db, step, await numbers(), window);

describe("pushed points", () => {
  it("are kept by series: a name with its labels, in whatever order", async () => {
    await push([
      point(0, 1, "queueDepth", { host: "a", queue: "mail" }),
      point(60, 2, "queueDepth", { queue: "mail", host: "a" }),
      point(0, 3, "queueDepth", { host: "b" }),
      point(0, 4, "other"),
    ]);
    const series = await readMetricSeries(db, [pushed], "queueDepth");
    expect(series.map(({ labels }) => labels)).toEqual([
      { host: "a", queue: "mail" },
      { host: "b" },
    ]);
    expect(await readNewestPoints(db, await numbers())).toHaveLength(3);
    expect((await values()).sort()).toEqual([1, 2, 3, 4]);
  });

  it("cost a row each, and nothing more in the ordinary case", async () => {
    await push([point(0, 1)]);
    const outcome = await push([point(60, 2), point(120, 3)]);
    if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    expect(outcome.rows.written).toBe(2);
    // The same once more writes nothing.
    const again = await push([point(60, 2), point(120, 3)]);
    expect(again).toMatchObject({ kind: "accepted", rows: { written: 0 } });
  });

  it("replace the value of their second", async () => {
    await push([point(0, 1)]);
    await push([point(0, 5)]);
    expect(await values()).toEqual([5]);
  });

  it("are taken once under a key, and the key for nothing else", async () => {
    expect(await push([point(0, 1)], "k")).toMatchObject({ kind: "accepted", accepted: 1 });
    expect(await push([point(0, 9)], "k")).toEqual({ kind: "repeated", accepted: 1 });
    expect(await values()).toEqual([1]);
    expect(await push([point(0, 9)], "k", "other")).toEqual({ kind: "key-reused" });
    const next = { key: "k", digest: "d" };
    expect(await pushPoints(db, [point(0, 9)], next, start + day)).toMatchObject({
      kind: "repeated",
    });
    expect(await pushPoints(db, [point(0, 9)], next, start + 2 * day)).toMatchObject({
      kind: "accepted",
    });
  });

  it("are taken once when the same push comes many times at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => push([point(0, 1)], "k")));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
      "accepted",
      ...Array.from({ length: 4 }, () => "repeated"),
    ]);
  });

  it("have at most so many series, and those without points count no more", async () => {
    const many = Array.from({ length: mostActiveSeries }, (_, n) => point(0, n, `m${n}`));
    for (let from = 0; from < many.length; from += 500) await push(many.slice(from, from + 500));
    expect(await push([point(0, 1), point(0, 1, "m0")])).toEqual({ kind: "too-many-series" });
    expect(await numbers()).toHaveLength(mostActiveSeries);
    expect(await push([point(60, 1, "m0")])).toMatchObject({ kind: "accepted" });

    await rollUpAll(start + 2 * hour);
    const { last } = await readMetricExtent(db);
    const kept = { results: start + 30, hours: 0, days: 0 };
    await deleteOldMetrics(db, kept, { from: 1, to: last }, 5_000, start);
    // One has a point left.
    expect(await values()).toEqual([1]);
    expect(await push([point(0, 1)])).toMatchObject({ kind: "accepted" });
  });
});

describe("rollups of pushed points", () => {
  it("hold what the points of an hour and a day come to", async () => {
    const first = [3, 1, 2].map((value, index) => point(index * 60, value));
    const second = [7, 7].map((value, index) => point(hour + index, value));
    await push([...first, ...second]);
    await rollUpAll(start + 2 * hour);
    expect((await rollupsOf(hour)).map(({ start: at, values: own }) => [at, own])).toEqual([
      [start, distributionOf([3, 1, 2])],
      [start + hour, distributionOf([7, 7])],
    ]);
    expect((await rollupsOf(day)).map(({ values: own }) => own)).toEqual([
      distributionOf([3, 1, 2, 7, 7]),
    ]);
    expect(await readMetricWork(db, start + day)).toBeNull();
  });

  it("wait until the hour is over", async () => {
    await push([point(0, 1)]);
    expect(await rollUpPushed(db, start - 1)).toEqual({ kind: "nothing-to-do" });
  });

  it("are made again of what comes late, and written only where it differs", async () => {
    await push([point(0, 1), point(0, 5, "other")]);
    await rollUpAll(start + 2 * hour);
    await push([point(60, 3)]);
    const outcome = await rollUpPushed(db, start + hour);
    expect(outcome).toMatchObject({ kind: "written", rolled: 3 });
    await rollUpAll(start + 2 * hour);
    expect((await rollupsOf(day)).map(({ values: own }) => own.sum).sort()).toEqual([4, 5]);
  });

  it("are right whatever comes in while they are made", async () => {
    const arbitraryStep = fc.oneof(
      fc.record({
        kind: fc.constant("push" as const),
        points: fc.array(
          fc.record({
            seconds: fc.integer({ min: 0, max: 3 * hour - 1 }),
            value: fc.integer({ min: -50, max: 50 }),
            name: fc.constantFrom("a", "b", "c"),
          }),
          { minLength: 1, maxLength: 5 },
        ),
      }),
      fc.constant({ kind: "roll-up" as const }),
      fc.constant({ kind: "both" as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryStep, { maxLength: 8 }), async (script) => {
        await db.batch(
          ["series", "points", "rollups", "work"].map((table) =>
            db.prepare(`DELETE FROM metric_${table}`),
          ),
        );
        const now = start + 4 * hour;
        for (const step of script) {
          if (step.kind === "push") {
            await push(step.points.map(({ seconds, value, name }) => point(seconds, value, name)));
          } else if (step.kind === "roll-up") {
            await rollUpPushed(db, now);
          } else {
            await Promise.all([rollUpPushed(db, now), push([point(7, 7, "a")])]);
          }
        }
        await rollUpAll(now);
        for (const number of await numbers()) {
          const points = await readMetricPoints(db, [number], window);
          const [whole] = await readMetricRollups(db, day, [number], window);
          expect(whole?.values).toEqual(distributionOf(points.map(({ value }) => value)));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("rollups of metrics that probes found", () => {
  const result = (region: number, metrics: RawResult["metrics"]): RawResult => {
    const common = { outcome: "up", attempts: 1, latencyMs: 5 } as const;
    return { ...common, time: start, monitor: 3, region, metrics };
  };
  const work = { start, nextMonitor: 1, generation: 1 };
  const everyMonitor = { from: 0, to: 9 };

  it("are kept by monitor and region, hours and the day that they make", async () => {
    const results = [
      result(1, { memoryMb: 200, databaseMs: 4 }),
      result(1, { memoryMb: 300 }),
      result(2, { memoryMb: 250 }),
      result(2, {}),
    ];
    await db.batch([...probedMetrics.ofHour(db, { step: hour, ...work }, results)]);
    await db.batch([...(await probedMetrics.ofDay(db, { step: day, ...work }, everyMonitor))]);
    const series = await readMetricSeries(db, [3]);
    const numberOf = new Map(
      series.map(({ region, name, number }) => [`${region} ${name}`, number]),
    );
    expect([...numberOf.keys()].sort()).toEqual(["1 databaseMs", "1 memoryMb", "2 memoryMb"]);
    for (const step of [hour, day] as const) {
      const rolled = await readMetricRollups(db, step, [...numberOf.values()], window);
      const own = new Map(rolled.map(({ series: number, values: all }) => [number, all]));
      expect(own.get(numberOf.get("1 memoryMb") ?? 0)).toEqual(distributionOf([200, 300]));
      expect(own.get(numberOf.get("1 databaseMs") ?? 0)).toEqual(distributionOf([4]));
      expect(own.get(numberOf.get("2 memoryMb") ?? 0)).toEqual(distributionOf([250]));
    }
  });

  it("are written once: the same again is no row", async () => {
    const results = [result(1, { memoryMb: 200 })];
    const once = () => db.batch([...probedMetrics.ofHour(db, { step: hour, ...work }, results)]);
    const written = (done: readonly D1Result[]) =>
      done.reduce((sum, { meta }) => sum + meta.rows_written, 0);
    // The series with its index, and the rollup.
    expect(written(await once())).toBe(3);
    expect(written(await once())).toBe(0);
  });
});

describe("what is no longer kept", () => {
  it("goes a few rows at a time", async () => {
    await push([...Array.from({ length: 10 }, (_, n) => point(n, n)), point(20 * hour, 1)], "k");
    await rollUpAll(start + day + hour);
    const range = { from: 1, to: 9_999_999 };
    const kept = { results: start + hour, hours: start + hour, days: 0 };
    const first = await deleteOldMetrics(db, kept, range, 4, start + day);
    expect(first.deleted).toBe(5);
    expect((await values()).length).toBe(7);
    await deleteOldMetrics(db, kept, range, 10, start + 3 * day);
    expect(await values()).toEqual([1]);
    expect((await rollupsOf(hour)).map(({ start: at }) => at)).toEqual([start + 20 * hour]);
    expect(await rollupsOf(day)).toHaveLength(1);
    const keys = await db.prepare("SELECT count(*) AS n FROM metric_pushes").first("n");
    expect(keys).toBe(0);
  });
});
