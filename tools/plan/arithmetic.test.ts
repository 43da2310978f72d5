import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import type { ConfigInput } from "../../shared/config/schema.ts";
import { assess, exceeds } from "./assess.ts";

type MonitorInput = ConfigInput["monitors"][number];

function assessed(count: number, monitor: Partial<MonitorInput> = {}, controls: string[] = []) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    controls,
    monitors: Array.from({ length: count }, (_, index) => {
      return { id: `m-${index}`, name: `M ${index}`, url: "/", ...monitor };
    }),
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return assess(parsed.config);
}

describe("what a day takes", () => {
  // By hand: results = monitors × regions × checks a day; rows written = results + 4 a round.
  const table = [
    { count: 1, every: 60, results: 4_320, rows: 10_080, messages: 8_640 },
    { count: 10, every: 60, results: 43_200, rows: 48_960, messages: 8_640 },
    { count: 10, every: 300, results: 8_640, rows: 14_400, messages: 8_640 },
    { count: 100, every: 60, results: 432_000, rows: 437_760, messages: 60_480 },
    { count: 1, every: 10, results: 25_920, rows: 60_480, messages: 51_840 },
    { count: 1, every: 30, results: 8_640, rows: 43_200, messages: 51_840 },
  ];
  for (const { count, every, results, rows, messages } of table) {
    it(`${count} monitors every ${every} s: ${results} results, ${rows} rows`, () => {
      const policy = every < 60 ? { budgetMs: 8_000 } : {};
      const { day } = assessed(count, { intervalSeconds: every, ...policy }).loads.typical;
      expect(day.results).toBe(results);
      expect(day.d1RowsWritten).toBe(rows);
      expect(day.objectRequests).toBe(messages);
      expect(day.workerRequests).toBe(1_440);
      expect(day.d1Bytes).toBe(results * 20);
    });
  }

  it("an object is billed for the time in which it waits for targets, six at a time", () => {
    // 14 answers of 300 ms in three turns, 20 ms around them, 5 ms for the acknowledgement.
    const { typical, worst } = assessed(14).loads;
    expect(typical.day.objectGigabyteSeconds).toBeCloseTo(3 * 1_440 * 0.925 * 0.128, 6);
    // 15 s each: thirteen on six connections, and then the longest.
    expect(worst.day.objectGigabyteSeconds).toBeCloseTo(3 * 1_440 * 47.525 * 0.128, 6);
  });

  it("a heartbeat costs a result a minute and no request", () => {
    const parsed = parseConfig({
      baseUrl: "https://netpost.example",
      regions: { "us-east": { locationHint: "enam" } },
      monitors: [{ type: "heartbeat", id: "job", name: "Job", every: 3_600 }],
    });
    if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
    const { tick, object, day } = assess(parsed.config).loads.worst;
    expect(object.subrequests).toBe(0);
    expect(tick.subrequests).toBe(8);
    expect(day.results).toBe(1_440);
  });

  it("round-robin asks one region, and all of them when the target fails", () => {
    const { typical, worst } = assessed(1, { mode: "round-robin" }).loads;
    expect(typical.day.results).toBe(1_440);
    expect(worst.day.results).toBe(4_320);
  });
});

describe("what one invocation takes", () => {
  const table = [
    { count: 1, every: 60, tick: 9, queries: [8, 11], object: [1, 5] },
    { count: 14, every: 60, tick: 9, queries: [8, 11], object: [14, 70] },
    // Seven objects in each region, of fifteen monitors at most.
    { count: 100, every: 60, tick: 45, queries: [8, 11], object: [15, 75] },
    // Sixty-seven.
    { count: 1_000, every: 60, tick: 405, queries: [8, 11], object: [15, 75] },
    { count: 1, every: 10, tick: 49, queries: [43, 61], object: [1, 5] },
  ];
  for (const { count, every, tick, queries, object } of table) {
    it(`${count} monitors every ${every} s: ${tick} subrequests of the tick`, () => {
      const policy = every < 60 ? { budgetMs: 8_000 } : {};
      const { typical, worst } = assessed(count, { intervalSeconds: every, ...policy }).loads;
      expect(typical.tick.subrequests).toBe(tick);
      expect([typical.tick.d1Queries, worst.tick.d1Queries]).toEqual(queries);
      expect([typical.object.subrequests, worst.object.subrequests]).toEqual(object);
    });
  }

  it("redirects and control targets count where everything goes wrong", () => {
    const controls = ["https://one.example", "https://two.example"];
    const { typical, worst } = assessed(1, { redirects: 3 }, controls).loads;
    expect(typical.object.subrequests).toBe(1);
    // Three attempts of four requests, two to diagnose, two control targets.
    expect(worst.object.subrequests).toBe(16);
  });

  it("no object opens more than six connections", () => {
    expect(assessed(4).loads.worst.object.connections).toBe(4);
    expect(assessed(14).loads.worst.object.connections).toBe(6);
  });
});

describe("the limits", () => {
  it("NetPost's own size fits the paid plan, and the free one only while targets answer", () => {
    const assessment = assessed(14);
    expect(exceeds(assessment, "paid")).toBe(false);
    expect(exceeds(assessment, "free")).toBe(true);
    const exceeded = assessment.limits.free.filter(({ state }) => state === "exceeded");
    expect(exceeded.map(({ limit, case: which }) => `${which}: ${limit}`)).toEqual([
      "worst: region object: subrequests an invocation",
      "worst: region object: CPU ms an invocation",
      "worst: Durable Object GB-s a day",
      "worst: D1 bytes after a year",
    ]);
  });

  it("names the number, the limit and what to change", () => {
    const [verdict] = assessed(25).limits.free.filter(
      ({ limit }) => limit === "D1 rows written a day",
    );
    expect(verdict).toEqual({
      limit: "D1 rows written a day",
      case: "typical",
      used: 113_760,
      allowed: 100_000,
      share: 1.1376,
      state: "exceeded",
      advice: "longer intervals, fewer monitors or fewer regions",
    });
  });

  it("a thousand monitors cost on the paid plan what is written and how long is waited", () => {
    const { typical } = assessed(1_000).costs;
    const dollars = Object.fromEntries(typical.items.map((item) => [item.what, item.dollars]));
    // 4,324,000 … rows a day: 3,000 results and 4 rows in each of 1,440 minutes.
    expect(dollars["d1RowsWritten"]).toBeCloseTo((3_004 * 1_440 * 30 - 50_000_000) / 1e6, 6);
    expect(dollars["objectRequests"]).toBeCloseTo((402 * 1_440 * 30 - 1_000_000) * 0.15e-6, 6);
    expect(typical.total).toBeCloseTo(
      5 + Object.values(dollars).reduce((total, item) => total + item, 0),
      6,
    );
  });
});
