import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import { assess, exceededOf } from "./assess.ts";

function assessed(count: number, monitor: object = {}, controls: string[] = []) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    controls,
    monitors: Array.from({ length: count }, (_, index) => {
      const url = "type" in monitor ? {} : { url: "/" };
      return { id: `m-${index}`, name: `M ${index}`, ...url, ...monitor };
    }),
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return assess(parsed.config);
}

/** What one monitor of a kind takes. */
const probed = (monitor: object) => assessed(1, monitor).loads;

describe("what a day takes", () => {
  // By hand: results = monitors × regions × checks a day; rows recorded = results + 4 a round.
  const table = [
    { count: 1, every: 60, results: 4_320, rows: 10_080, messages: 8_640 },
    { count: 10, every: 60, results: 43_200, rows: 48_960, messages: 8_640 },
    { count: 10, every: 300, results: 8_640, rows: 14_400, messages: 8_640 },
    { count: 100, every: 60, results: 432_000, rows: 437_760, messages: 60_480 },
    { count: 1, every: 10, results: 25_920, rows: 60_480, messages: 51_840 },
    { count: 1, every: 30, results: 8_640, rows: 43_200, messages: 51_840 },
  ];
  for (const { count, every, results, rows, messages } of table) {
    it(`${count} monitors every ${every} s: ${results} results, ${rows} rows recorded`, () => {
      const policy = every < 60 ? { budgetMs: 8_000 } : {};
      const { day } = assessed(count, { intervalSeconds: every, ...policy }).loads.typical;
      expect(day.results).toBe(results);
      // Results are deleted in their time, and rolled up (upkeep.test.ts).
      expect(day.d1RowsWritten).toBe(rows + results + count * 3 * 73 + 144);
      expect(day.objectRequests).toBe(messages);
      expect(day.workerRequests).toBe(1_440);
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
    const { object, day } = assess(parsed.config).loads.typical;
    expect(object.subrequests).toBe(0);
    expect(day.results).toBe(1_440);
    // Beside it: what the region and the door covered, and the ledger.
    expect(day.d1RowsWritten).toBe(4 * 1_440 + 1_440 + 73 + 144);
  });

  it("round-robin asks one region, and all of them when the target fails", () => {
    const { typical, worst } = assessed(1, { mode: "round-robin" }).loads;
    expect(typical.day.results).toBe(1_440);
    expect(worst.day.results).toBe(4_320);
  });
});

/** Alerting, delivery and upkeep of a tick: calls of D1, and statements (tick-statements.ts). */
const after = { typical: { calls: 21, queries: 28 }, worst: { calls: 66, queries: 94 } };

describe("what one invocation takes", () => {
  const table = [
    { count: 1, every: 60, tick: 30, queries: [36, 110], object: [1, 9] },
    { count: 14, every: 60, tick: 30, queries: [36, 110], object: [14, 113] },
    // Seven objects in each region, of fifteen monitors at most.
    { count: 100, every: 60, tick: 66, queries: [36, 110], object: [15, 121] },
    // Sixty-seven.
    { count: 1_000, every: 60, tick: 426, queries: [36, 110], object: [15, 121] },
    { count: 1, every: 10, tick: 70, queries: [71, 160], object: [1, 9] },
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
    // Three attempts of four requests, five to diagnose, two control targets twice, the place.
    expect(worst.object.subrequests).toBe(3 * 4 + 5 + 2 * 2 + 1);
  });

  it("every step of a transaction counts, with its redirects", () => {
    const step = (name: string, redirects: number) => ({ name, url: "/", redirects });
    const { typical, worst } = probed({
      type: "transaction",
      steps: [step("a", 0), step("b", 2), step("c", 0)],
    });
    expect(typical.object.subrequests).toBe(3);
    expect(worst.object.subrequests).toBe(3 * (1 + 3 + 1) + 5 + 1);
  });

  const kinds = [
    // Connects or asks once; looked up twice at every attempt to know whether it is at Cloudflare.
    ["tcp", { type: "tcp", host: "cache.netpost.example", port: 6_379 }, 1, 3 * 3 + 1],
    ["tls", { type: "tls", host: "netpost.example", port: 443 }, 1, 3 * 4 + 1],
    ["dns", { type: "dns", host: "netpost.example" }, 1, 3 + 1],
    ["websocket", { type: "websocket", url: "ws://netpost.example/live" }, 1, 3 + 4 + 1],
  ] as const;
  for (const [name, monitor, usual, most] of kinds) {
    it(`a ${name} monitor takes ${usual}, and ${most} where everything goes wrong`, () => {
      const { typical, worst } = probed(monitor);
      expect([typical.object.subrequests, worst.object.subrequests]).toEqual([usual, most]);
    });
  }

  it("a confirmation under round-robin is a message more to the other regions' objects", () => {
    const { typical, worst } = assessed(1, { mode: "round-robin" }).loads;
    expect(typical.tick.subrequests).toBe(1 + 3 * 2 + 2 + after.typical.calls);
    // A changed plan: two more for the tick, one for each object. Two regions confirm; faults are noted.
    expect(worst.tick.subrequests).toBe(3 + 3 * 3 + 2 + 2 + 2 + after.worst.calls);
    expect(typical.day.objectRequests).toBe(3 * 2 * 1_440);
    expect(worst.day.objectRequests).toBe((3 * 2 + 2) * 1_440);
    // Confirmations come after what they confirm: 15 s, and 15 s again.
    expect(worst.tick.wallMs).toBe(2 * (15_000 + 20));
  });

  it("a tick with heartbeats asks at their door, and reads when it was open if one fails", () => {
    const { typical, worst } = probed({ type: "heartbeat", every: 3_600 });
    expect([typical.tick.subrequests, typical.tick.d1Queries]).toEqual([
      1 + 3 * 2 + 2 + 2 + after.typical.calls,
      9 + after.typical.queries,
    ]);
    expect([worst.tick.subrequests, worst.tick.d1Queries]).toEqual([
      3 + 3 * 3 + 2 + 3 + 2 + after.worst.calls,
      18 + after.worst.queries,
    ]);
    expect(typical.day.workerRequests).toBe(2 * 1_440);
  });

  it("no object opens more than six connections", () => {
    expect(assessed(4).loads.typical.object.connections).toBe(4);
    // Its own place, and control targets where targets fail.
    expect(assessed(4).loads.worst.object.connections).toBe(5);
    expect(assessed(1, {}, ["https://one.example"]).loads.worst.object.connections).toBe(3);
    expect(assessed(5, {}, ["https://one.example"]).loads.worst.object.connections).toBe(6);
    expect(assessed(14).loads.worst.object.connections).toBe(6);
  });
});

describe("the limits", () => {
  it("NetPost's own size fits the paid plan, and the free one but for the rows, while nothing happens", () => {
    const assessment = assessed(14);
    expect(exceededOf(assessment, "paid")).toEqual([]);
    const exceeded = exceededOf(assessment, "free");
    expect(exceeded.map(({ limit, case: which }) => `${which}: ${limit}`)).toEqual([
      "typical: D1 rows written a day",
      "worst: tick: subrequests an invocation",
      "worst: tick: D1 queries an invocation",
      "worst: region object: subrequests an invocation",
      "worst: region object: CPU ms an invocation",
      "worst: Durable Object GB-s a day",
      "worst: D1 rows written a day",
    ]);
  });

  it("names the number, the limit and what to change", () => {
    const [verdict] = assessed(25).limits.free.filter(
      ({ limit }) => limit === "D1 rows written a day",
    );
    expect(verdict).toEqual({
      limit: "D1 rows written a day",
      case: "typical",
      used: 113_760 + 108_000 + 75 * 73 + 144,
      allowed: 100_000,
      share: 2.27379,
      state: "exceeded",
      advice: "longer intervals, fewer monitors or fewer regions",
    });
  });

  it("a thousand monitors cost on the paid plan what is written and how long is waited", () => {
    const { typical } = assessed(1_000).costs;
    const dollars = Object.fromEntries(typical.items.map((item) => [item.what, item.dollars]));
    // 3,000 results and 4 rows in each of 1,440 minutes; rollups, and as many results go.
    const rows = 3_004 * 1_440 + 3_000 * 1_440 + 3_000 * 73 + 144;
    expect(dollars["d1RowsWritten"]).toBeCloseTo((rows * 30 - 50_000_000) / 1e6, 6);
    expect(dollars["objectRequests"]).toBeCloseTo((402 * 1_440 * 30 - 1_000_000) * 0.15e-6, 6);
    expect(typical.total).toBeCloseTo(
      5 + Object.values(dollars).reduce((total, item) => total + item, 0),
      6,
    );
  });
});
