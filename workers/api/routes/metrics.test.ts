import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type MetricDocument,
  metricsDocumentSchema,
  mostPoints,
  pushedSchema,
} from "../../../shared/contract/api/metrics.ts";
import { day, hour, rollupStart } from "../../../shared/domain/rollup.ts";
import { probedMetrics } from "../../../shared/storage/metric-rollups.ts";
import { rollUpPushed } from "../../../shared/storage/metric-work.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { readWork } from "../../../shared/storage/rollup-work.ts";
import { countingRows } from "../testing/counting-rows.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
  start,
} from "../testing/world.ts";

const path = "/api/monitoring/metrics";
const now = minute(10);

beforeEach(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      {
        id: "numbers",
        name: "Numbers",
        url: "/api/metrics",
        metrics: { memoryMb: "$.memoryMb", errorRatePercent: "$.errors" },
      },
      ...plainMonitors("home"),
    ]),
  );
});

const get = async (query = "", at = now) =>
  readAnswer(await ask(`${path}${query}`, { at }), metricsDocumentSchema);

const post = (body: unknown, at = now, headers: Record<string, string> = {}) =>
  ask(path, {
    at,
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const push = async (body: unknown, at = now, headers: Record<string, string> = {}) =>
  readAnswer(await post(body, at, headers), pushedSchema);

const named = (metrics: readonly MetricDocument[], name: string): MetricDocument => {
  const found = metrics.find((metric) => metric.name === name);
  if (found === undefined) throw new Error(`no metric ${name}`);
  return found;
};

/** The monitor's probes find these in minute n. */
const recordNumbers = (from: number, to: number, memoryMb: (n: number) => number) =>
  record({ from: minute(from), to: minute(to) }, allUp, 1, (monitor, time) =>
    monitor === "numbers" ? { memoryMb: memoryMb((time - start) / 60), errorRatePercent: 7 } : {},
  );

/** What ticks do about what is over at a time. */
async function rollUp(at: number): Promise<void> {
  const plan = await readPlan(env.DB);
  for (;;) {
    const [work] = await readWork(env.DB, at - hour);
    if (work === undefined) break;
    await rollUpSlice(env.DB, plan, work, 10_000, [probedMetrics]);
  }
  while ((await rollUpPushed(env.DB, at - hour)).kind === "written");
}

describe("GET /api/monitoring/metrics", () => {
  it("holds what probes find against the thresholds", async () => {
    await recordNumbers(0, 10, (n) => 400 + n * 10);
    const { metrics, resolution, asOf, stale } = await get();
    expect({ resolution, asOf, stale }).toEqual({
      resolution: "raw",
      asOf: iso(now),
      stale: false,
    });
    const memory = named(metrics, "memoryMb");
    expect(memory).toMatchObject({
      unit: "MB",
      category: "system",
      thresholds: { direction: "above", warning: 400, critical: 500 },
      // The average of minutes 6 to 9: of the last five, the first is not recent any more.
      value: 475,
      state: "warning",
      unknownReason: null,
      newest: { value: 490, at: iso(minute(9)), source: { kind: "probe", monitor: "numbers" } },
      statistics: { count: 30, average: 445, min: 400, max: 490 },
    });
    expect(memory.statistics.p95).toBeGreaterThan(480);
    expect(named(metrics, "errorRatePercent")).toMatchObject({ value: 7, state: "warning" });
  });

  it("says of what it does not know why", async () => {
    await recordNumbers(0, 1, () => 300);
    const { metrics } = await get();
    expect(named(metrics, "memoryMb")).toMatchObject({
      value: null,
      state: "unknown",
      unknownReason: "not-recent",
    });
    expect(named(metrics, "databaseQueryMs")).toMatchObject({
      newest: null,
      state: "unknown",
      unknownReason: "no-value",
      statistics: { count: 0, average: null, p95: null, max: null },
    });
    await push({ points: [{ name: "requestsPerSecond", value: 42 }] });
    expect(named((await get()).metrics, "requestsPerSecond")).toMatchObject({
      value: 42,
      state: "unknown",
      unknownReason: "no-thresholds",
    });
  });

  it("shows one metric by its sources, probed and pushed", async () => {
    await recordNumbers(9, 10, () => 300);
    await push({ points: [{ name: "memoryMb", value: 600, labels: { host: "a" } }] });
    const { metrics } = await get("?name=memoryMb");
    expect(metrics).toHaveLength(1);
    const { sources, value } = named(metrics, "memoryMb");
    expect(value).toBe(375);
    expect(sources).toHaveLength(4);
    expect(sources?.map(({ source, newest }) => [source, newest?.value])).toContainEqual([
      { kind: "pushed", labels: { host: "a" } },
      600,
    ]);
    const ofMonitor = await get("?name=memoryMb&monitor=numbers");
    expect(named(ofMonitor.metrics, "memoryMb")).toMatchObject({ value: 300 });
  });

  it("gives the same statistics from rollups as from single values, and a series", async () => {
    await recordNumbers(0, 150, (n) => 100 + (n % 60));
    for (const minutes of [30, 90]) {
      await push({ points: [{ name: "memoryMb", value: 50 }] }, minute(minutes));
    }
    const at = minute(150);
    await rollUp(at);
    const raw = named((await get("?name=memoryMb&window=3h", at)).metrics, "memoryMb");
    const hourly = await get("?name=memoryMb&window=4h&by=hour", at);
    const daily = await get("?name=memoryMb&window=7d&by=day", at);
    expect([hourly.resolution, daily.resolution]).toEqual(["hour", "day"]);
    for (const document of [hourly, daily]) {
      const metric = named(document.metrics, "memoryMb");
      expect(metric.statistics).toEqual(raw.statistics);
      const counts = metric.series?.map(({ statistics }) => statistics.count) ?? [];
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(452);
    }
    // From 14:14: hours 14, 15 and 16.
    expect(
      named(hourly.metrics, "memoryMb").series?.map(({ statistics }) => statistics.count),
    ).toEqual([139, 181, 132]);
    expect(named(daily.metrics, "memoryMb").series).toHaveLength(1);
  });

  it("reads 90 days as a row for each day, monitor and region", async () => {
    const today = rollupStart(day, now);
    const days = Array.from({ length: 120 }, (_, back) => today - back * day);
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO metric_series (monitor, region, name, labels, active)
         SELECT monitors.number, regions.number, 'memoryMb', '{}', 0
         FROM monitors CROSS JOIN regions WHERE monitors.id = 'numbers'`,
      ),
      env.DB.prepare(
        `INSERT INTO metric_rollups (step, series, start, count, sum, min, max, sketch)
         SELECT ${day}, metric_series.number, value, 1, 1, 1, 1, ''
         FROM metric_series CROSS JOIN json_each(?1)`,
      ).bind(JSON.stringify(days)),
    ]);
    const counter = countingRows(env.DB);
    const response = await ask(`${path}?name=memoryMb&window=90d&by=day`, {
      at: now,
      environment: { DB: counter.database },
    });
    const { metrics } = await readAnswer(response, metricsDocumentSchema);
    expect(named(metrics, "memoryMb").series).toHaveLength(90);
    // And two for each of the three series, of which days and hours are asked for.
    expect(counter.rowsRead("metric_rollups")).toBeLessThanOrEqual(3 * 90 + 2 * 3 * 2);
    // The rest is plan and coverage, and the checks of the running hour, by key: no history.
    const others = counter.rowsRead("") - counter.rowsRead("metric_rollups");
    expect(others).toBeLessThanOrEqual(40);
  });

  it("finds a series by hour before anything was rolled up", async () => {
    await recordNumbers(0, 3, () => 100);
    const { metrics } = await get("?name=memoryMb&by=hour&window=1h", minute(3));
    expect(named(metrics, "memoryMb").series).toMatchObject([{ statistics: { count: 9 } }]);
  });

  const wrong: [query: string, field: string, message: RegExp][] = [
    ["?window=7w", "window", /a whole number and a unit/],
    ["?window=0m", "window", /a whole number and a unit/],
    ["?window=1h&window=2h", "window", /given once/],
    ["?by=hour", "name", /needed where by is given/],
    ["?by=minute&name=memoryMb", "by", /hour or day/],
    ["?by=hour&name=memoryMb&window=15d", "window", /at most 14d by hour/],
    ["?name=9", "name", /a letter, then letters/],
    ["?name=nothing", "name", /no such metric; allowed: one that was pushed, databaseQueryMs/],
    ["?monitor=nothing", "monitor", /no such monitor; allowed: numbers, home/],
    ["?nothing=1", "query", /does not take/],
  ];
  it.each(wrong)("refuses %s", async (query, field, message) => {
    const problem = await readProblem(
      await ask(`${path}${query}`, { at: now }),
      "invalid-request",
      400,
    );
    expect(problem.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
  });
});

describe("POST /api/monitoring/metrics", () => {
  const body = { points: [{ name: "queueDepth", value: 3, at: iso(minute(9)) }] };

  it("tells who may not push nothing of what would be valid", async () => {
    const response = await ask(path, {
      at: now,
      key: readerKey,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    await readProblem(response, "forbidden", 403);
  });

  it("needs the admin token", async () => {
    const response = await ask(path, {
      at: now,
      key: readerKey,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    await readProblem(response, "forbidden", 403);
  });

  it("takes a batch, and shows it", async () => {
    const points = Array.from({ length: mostPoints }, (_, index) => {
      return { name: "queueDepth", value: index, at: iso(now - index), labels: { q: "a" } };
    });
    expect(await push({ points })).toEqual({ accepted: mostPoints });
    expect(named((await get()).metrics, "queueDepth")).toMatchObject({
      unit: null,
      newest: { value: 0, source: { kind: "pushed", labels: { q: "a" } } },
      statistics: { count: mostPoints, min: 0, max: mostPoints - 1 },
      unknownReason: "no-thresholds",
    });
  });

  it("takes a repeated push once, by the key in its header or its body", async () => {
    const open = { points: [{ name: "queueDepth", value: 3 }] };
    const first = await push(open, now, { "Idempotency-Key": "k-1" });
    expect(await push(open, now + 60, { "Idempotency-Key": "k-1" })).toEqual(first);
    expect(await push({ ...open, key: "k-1" }, now + 61)).toEqual(first);
    const found = named((await get("?name=queueDepth", now + 90)).metrics, "queueDepth");
    expect(found.statistics.count).toBe(1);
    await readProblem(await post({ ...body, key: "k-1" }), "conflict", 409);
  });

  const point = { name: "queueDepth", value: 1 };
  const wrong: [what: string, body: unknown, field: string, message: RegExp][] = [
    ["no points", { points: [] }, "points", /1 to 500 points/],
    ["no list", { points: "many" }, "points", /a list of 1 to 500 points/],
    [
      "too many",
      { points: Array.from({ length: 501 }, (_, n) => ({ ...point, name: `m${n}` })) },
      "points",
      /1 to 500 points/,
    ],
    ["a strange name", { points: [{ ...point, name: "5 %" }] }, "points.0.name", /a letter/],
    ["no name", { points: [{ value: 1 }] }, "points.0.name", /a letter/],
    ["no value", { points: [{ name: "a" }] }, "points.0.value", /a number from/],
    ["a text", { points: [point, { ...point, value: "1" }] }, "points.1.value", /a number from/],
    ["a huge value", { points: [{ ...point, value: 1e16 }] }, "points.0.value", /a number from/],
    ["no value at all", { points: [{ ...point, value: null }] }, "points.0.value", /a number from/],
    ["no time", { points: [{ ...point, at: "now" }] }, "points.0.at", /ISO 8601/],
    [
      "an old point",
      { points: [point, { ...point, at: iso(now - 86_401) }] },
      "points.1.at",
      /at most 24 hours ago, and at most 60 seconds ahead/,
    ],
    ["a future point", { points: [{ ...point, at: iso(now + 61) }] }, "points.0.at", /60 seconds/],
    ["two of a second", { points: [point, point] }, "points.1.at", /one value for each second/],
    [
      "many labels",
      { points: [{ ...point, labels: { a: "1", b: "1", c: "1", d: "1", e: "1", f: "1" } }] },
      "points.0.labels",
      /at most 5 labels/,
    ],
    [
      "a strange label",
      { points: [{ ...point, labels: { "planted-x": "1" } }] },
      "points.0.labels",
      /labels/,
    ],
    [
      "a long label",
      { points: [{ ...point, labels: { a: "x".repeat(65) } }] },
      "points.0.labels",
      /labels/,
    ],
    [
      "a label of two lines",
      { points: [{ ...point, labels: { a: "x\ny" } }] },
      "points.0.labels",
      /labels/,
    ],
    [
      "labels that are none",
      { points: [{ ...point, labels: ["a"] }] },
      "points.0.labels",
      /labels/,
    ],
    ["a key with a space", { points: [point], key: "a b" }, "key", /visible ASCII/],
    ["something else", { points: [point], planted: 1 }, "body", /does not take/],
  ];
  it.each(wrong)("refuses %s, and takes nothing", async (_what, sent, field, message) => {
    const problem = await readProblem(await post(sent), "invalid-request", 400);
    expect(problem.errors).toContainEqual({ field, message: expect.stringMatching(message) });
    expect(JSON.stringify(problem)).not.toContain("planted");
    expect(await env.DB.prepare("SELECT count(*) AS n FROM metric_points").first("n")).toBe(0);
  });

  it("refuses what is no JSON, two keys that differ, and too long a body", async () => {
    await readProblem(await post("{"), "invalid-request", 400);
    const two = await post({ ...body, key: "a" }, now, { "Idempotency-Key": "b" });
    expect((await readProblem(two, "invalid-request", 400)).errors?.[0]?.field).toBe("key");
    await readProblem(await post(" ".repeat(70_000)), "body-too-large", 413);
  });
});
