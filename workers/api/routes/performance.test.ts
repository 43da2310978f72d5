import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type PerformanceDocument,
  performanceDocumentSchema,
} from "../../../shared/contract/api/performance.ts";
import type { RecordedResult } from "../../../shared/domain/recording.ts";
import { day, hour, rollUp } from "../../../shared/domain/rollup.ts";
import { exactQuantile } from "../../../shared/domain/sketch.ts";
import { insertResults } from "../../../shared/storage/insert-results.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { enqueueHoursOf, readWork } from "../../../shared/storage/rollup-work.ts";
import { writeRollups } from "../../../shared/storage/rollups.ts";
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
  record,
  resetWorld,
  start,
} from "../testing/world.ts";

const path = "/api/monitoring/performance";

async function performance(query: string, at: number): Promise<PerformanceDocument> {
  return readAnswer(await ask(`${path}?${query}`, { at }), performanceDocumentSchema);
}

/** Spread over two orders of magnitude, and different for each. */
function latencyAt(time: number, monitor: number, region: number): number {
  return 10 + (((time / 60) * 7919 + monitor * 101 + region * 977) % 1500);
}

/** Puts results in as a recording does: one a minute of two monitors from three regions. */
async function fill(from: number, to: number, everySeconds = 60): Promise<RecordedResult[]> {
  const results: RecordedResult[] = [];
  for (let time = from; time < to; time += everySeconds) {
    for (const monitor of [1, 2]) {
      for (const region of [1, 2, 3]) {
        const latencyMs = latencyAt(time, monitor, region);
        // One in 20 of the second monitor's is down.
        const outcome =
          monitor === 2 && (time / everySeconds) % 20 === 0
            ? ({ outcome: "down", reason: "status", detail: "" } as const)
            : ({ outcome: "up" } as const);
        results.push({ time, monitor, region, attempts: 1, latencyMs, outcome });
      }
    }
  }
  await env.DB.batch([...insertResults(env.DB, results), ...enqueueHoursOf(env.DB, results)]);
  return results;
}

/** Rolls up every hour that is over at `now`, and its day. */
async function rollUpUntil(now: number): Promise<void> {
  const plan = await readPlan(env.DB);
  for (;;) {
    const [work] = await readWork(env.DB, now - hour);
    if (work === undefined) return;
    await rollUpSlice(env.DB, plan, work, 100_000);
  }
}

/** Writes the days from `from` to `to`, of four results an hour each. */
async function writeDays(from: number, to: number): Promise<void> {
  const keys = [1, 2].flatMap((monitor) => [1, 2, 3].map((region) => ({ monitor, region })));
  const writes = [];
  for (let start = from; start < to; start += day) {
    const rollups = keys.map(({ monitor, region }) => {
      const results = Array.from({ length: 96 }, (_, index) => {
        const latencyMs = latencyAt(start + index * 900, monitor, region);
        return { outcome: "up" as const, attempts: 1, latencyMs };
      });
      return { monitor, region, rollup: rollUp(results) };
    });
    writes.push(writeRollups(env.DB, day, start, rollups));
  }
  await env.DB.batch(writes);
}

function timesOf(results: readonly RecordedResult[], from: number, to: number): number[] {
  return results
    .filter(({ time, outcome }) => time >= from && time < to && outcome.outcome === "up")
    .flatMap(({ latencyMs }) => latencyMs ?? [])
    .sort((a, b) => a - b);
}

beforeEach(async () => {
  await resetWorld();
});

describe("GET /api/monitoring/performance", () => {
  it("gives exact figures of a short window, by monitor, region and over all", async () => {
    await applyConfig(configOf(plainMonitors("home", "login")));
    await record({ from: minute(0), to: minute(10) }, allUp);
    const answer = await performance("window=1h", minute(9) + 40);
    expect(answer).toMatchObject({
      window: { from: iso(minute(9) + 40 - hour), to: iso(minute(9) + 40) },
      covered: { from: iso(minute(9) + 40 - hour), to: iso(minute(9) + 40) },
      resolution: "result",
      relativeError: 0,
      pendingHours: 0,
      asOf: iso(minute(9) + 40),
      stale: false,
      series: null,
    });
    expect(answer.overall).toEqual({
      count: 60,
      known: 60,
      failed: 0,
      errorRate: 0,
      // The regions take 41, 42 and 43 ms.
      averageMs: 42,
      p50Ms: 42,
      p90Ms: 43,
      p95Ms: 43,
      p99Ms: 43,
      p999Ms: 43,
      minMs: 41,
      maxMs: 43,
      // Since it was added: 60 results in 580 seconds.
      checksPerMinute: 6.207,
      state: { overall: "ok", responseTime: "ok", errorRate: "ok" },
    });
    expect(answer.regions["us-west"]).toMatchObject({ count: 20, minMs: 42, maxMs: 42 });
    expect(answer.monitors).toMatchObject([
      { id: "home", name: "Monitor home", overall: { count: 30 } },
      { id: "login", regions: { "eu-west": { count: 10, p50Ms: 43 } } },
    ]);
  });

  it("holds figures against the thresholds of the configuration", async () => {
    const metrics = [
      { name: "responseTimeP95Ms", unit: "ms", warning: 42, critical: 50 },
      { name: "errorRatePercent", unit: "%", warning: 20, critical: 40 },
    ];
    await applyConfig({ ...configOf(plainMonitors("home")), metrics });
    await record({ from: minute(0), to: minute(10) }, allUp);
    const answer = await performance("window=1h", minute(9) + 40);
    expect(answer.thresholds).toEqual({
      responseTimeMs: { warning: 42, critical: 50 },
      errorRate: { warning: 0.2, critical: 0.4 },
    });
    expect(answer.overall.state.responseTime).toBe("warning");
  });

  it("is of one monitor, group or region where that is asked for", async () => {
    const [home, login] = plainMonitors("home", "login");
    if (!home || !login) throw new Error("no monitors");
    await applyConfig(configOf([home, { ...login, group: "Authentication" }]));
    await record({ from: minute(0), to: minute(10) }, allUp);
    for (const query of ["monitor=login", "group=Authentication"]) {
      const answer = await performance(`window=1h&${query}`, minute(10));
      expect(answer.monitors.map(({ id }) => id)).toEqual(["login"]);
      expect(answer.overall.count).toBe(30);
    }
    const west = await performance("window=1h&region=us-west", minute(10));
    expect(Object.keys(west.regions)).toEqual(["us-west"]);
    expect(west.overall).toMatchObject({ count: 20, averageMs: 42 });
  });

  it("judges error rate and p95 by the thresholds, and counts unknown as neither", async () => {
    await applyConfig(configOf(plainMonitors("home")));
    await record({ from: minute(0), to: minute(20) }, (_monitor, region, time) => {
      if (time < minute(10)) {
        return { outcome: "unknown", reason: "not-run", detail: "" };
      }
      const failing = region === "us-east" && time < minute(12);
      return failing ? { outcome: "down", reason: "status", detail: "" } : { outcome: "up" };
    });
    const { overall, regions, thresholds } = await performance("window=1h", minute(20));
    expect(thresholds).toEqual({
      responseTimeMs: { warning: 1000, critical: 2000 },
      errorRate: { warning: 0.05, critical: 0.1 },
    });
    expect(overall).toMatchObject({ count: 60, known: 30, failed: 2, errorRate: 2 / 30 });
    expect(overall.state).toEqual({ overall: "warning", responseTime: "ok", errorRate: "warning" });
    expect(regions["us-east"]?.state).toMatchObject({ overall: "critical" });
    expect(regions["eu-west"]?.state).toMatchObject({ overall: "ok" });
  });

  it("is null, not zero, where nothing was seen", async () => {
    await applyConfig(configOf(plainMonitors("home")));
    const { overall, asOf, stale } = await performance("window=1h", minute(10));
    expect({ asOf, stale }).toEqual({ asOf: null, stale: true });
    expect(overall).toMatchObject({
      count: 0,
      errorRate: null,
      averageMs: null,
      p95Ms: null,
      state: { overall: null, responseTime: null, errorRate: null },
    });
  });

  it("merges hours, and reads the hour that is not over as results", async () => {
    const from = start - (start % hour) - 30 * hour;
    await applyConfig(configOf(plainMonitors("home", "login")), from);
    const results = await fill(from, start);
    await rollUpUntil(start);
    const answer = await performance("window=24h", start);
    const coveredFrom = start - (start % hour) - 24 * hour;
    expect(answer).toMatchObject({
      resolution: "hour",
      relativeError: 0.02,
      pendingHours: 0,
      covered: { from: iso(coveredFrom), to: iso(start - (start % hour) + hour) },
    });
    const times = timesOf(results, coveredFrom, start);
    expect(answer.overall.count).toBe(results.filter(({ time }) => time >= coveredFrom).length);
    expect(answer.overall.averageMs).toBeCloseTo(
      times.reduce((sum, ms) => sum + ms, 0) / times.length,
      2,
    );
    for (const [name, q] of [
      ["p50Ms", 0.5],
      ["p95Ms", 0.95],
      ["p999Ms", 0.999],
    ] as const) {
      const exact = exactQuantile(times, q) ?? 0;
      expect(Math.abs((answer.overall[name] ?? 0) - exact) / exact).toBeLessThanOrEqual(0.0201);
    }
    expect(answer.monitors[1]?.overall.errorRate).toBeCloseTo(0.05, 2);
  });

  it("says how far it goes where hours are not rolled up yet", async () => {
    const from = start - (start % hour) - 10 * hour;
    await applyConfig(configOf(plainMonitors("home", "login")), from);
    await fill(from, start);
    await rollUpUntil(start - 6 * hour);
    const late = await performance("window=9h", start);
    // The three newest of seven are read as results.
    expect(late.pendingHours).toBe(4);
    expect(late.resolution).toBe("hour");
    const days = await performance("window=7d", start);
    expect(days).toMatchObject({
      pendingHours: 7,
      covered: { to: iso(start - (start % hour) - 6 * hour) },
    });
  });

  it("gives a series by hour with its gaps, whichever the resolution", async () => {
    const whole = start - (start % hour);
    await applyConfig(configOf(plainMonitors("home", "login")), whole - 5 * hour);
    await fill(whole - 5 * hour, whole - 3 * hour);
    await fill(whole - 2 * hour, start);
    const raw = await performance("window=3h&by=hour", start);
    expect(raw.resolution).toBe("result");
    expect(raw.series?.overall.map(({ start: at, count }) => [at, count])).toEqual([
      [iso(whole - 3 * hour), 0],
      [iso(whole - 2 * hour), 360],
      [iso(whole - hour), 360],
      [iso(whole), Math.ceil((start - whole) / 60) * 6],
    ]);
    await rollUpUntil(start);
    const rolled = await performance("window=4h&by=hour", start);
    expect(rolled.resolution).toBe("hour");
    expect(rolled.series?.regions["us-east"]?.map(({ count }) => count)).toEqual([
      120,
      0,
      120,
      120,
      Math.ceil((start - whole) / 60) * 2,
    ]);
    const [exact, sketched] = [raw.series?.overall[1], rolled.series?.overall[2]];
    expect(sketched?.averageMs).toBe(exact?.averageMs);
    expect(Math.abs((sketched?.p95Ms ?? 0) / (exact?.p95Ms ?? 1) - 1)).toBeLessThanOrEqual(0.0201);
  });

  it("leaves out what a monitor was before it was removed and came back", async () => {
    const whole = start - (start % hour);
    await applyConfig(configOf(plainMonitors("home", "login")), whole - 5 * hour);
    await fill(whole - 5 * hour, start);
    await rollUpUntil(start);
    await applyConfig(configOf(plainMonitors("home")), whole - 2 * hour);
    await applyConfig(configOf(plainMonitors("home", "login")), whole - hour);
    for (const query of ["window=3h", "window=5h"]) {
      const { monitors } = await performance(query, start);
      expect(monitors[1]?.overall.count).toBe((60 + Math.ceil((start - whole) / 60)) * 3);
    }
  });
});

describe("a question about 90 days", () => {
  it("reads at most 100 rows for each monitor and region", async () => {
    const from = start - (start % day) - 95 * day;
    await applyConfig(configOf(plainMonitors("home", "login")), from);
    const whole = start - (start % hour);
    await writeDays(from, whole);
    await fill(whole, start);
    for (const [query, series] of [
      ["window=90d&monitor=home", 3],
      ["window=90d&monitor=home&by=day", 3],
      ["window=90d", 6],
    ] as const) {
      const counting = countingRows(env.DB);
      const response = await ask(`${path}?${query}`, {
        at: start,
        environment: { DB: counting.database },
      });
      const answer = await readAnswer(response, performanceDocumentSchema);
      expect(answer.resolution).toBe("day");
      expect(counting.rowsRead("rollups")).toBeLessThanOrEqual(100 * series);
      expect(counting.rowsRead("results")).toBe(0);
      expect(counting.rowsRead("")).toBeLessThanOrEqual(100 * series + 60);
    }
  });
});

describe("what it refuses", () => {
  const wrong: readonly [string, string, RegExp][] = [
    ["window=7w", "window", /^a whole number and a unit/],
    ["window=1h&window=2h", "window", /given once$/],
    ["window=1h&from=2026-01-01", "window", /^either window, or from and to/],
    ["from=yesterday", "from", /^an ISO 8601 date/],
    ["to=2026-01-01", "from", /^needed where to is given/],
    ["monitor=hom", "monitor", /^no such monitor; allowed: home, job$/],
    ["monitor=job", "monitor", /^one that is probed/],
    ["region=mars", "region", /^no such region; allowed: us-east, us-west, eu-west$/],
    ["group=Others", "group", /^no such group; allowed: /],
    ["by=week", "by", /^hour or day, given once$/],
    ["window=15d&by=hour", "by", /^day; hour in a window of at most 14d$/],
    ["percentile=50", "query", /^has a parameter that this route does not take$/],
  ];
  it.each(wrong)("%s", async (query, field, message) => {
    const [home] = plainMonitors("home");
    if (!home) throw new Error("no monitor");
    await applyConfig(configOf([home, { id: "job", name: "Job", type: "heartbeat", every: 3600 }]));
    const problem = await readProblem(
      await ask(`${path}?${query}`, { at: start }),
      "invalid-request",
      400,
    );
    expect(problem.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it("whoever has no key", async () => {
    await readProblem(await ask(path, { at: start, key: null }), "unauthorized", 401);
  });
});
