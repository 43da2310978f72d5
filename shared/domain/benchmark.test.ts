import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BenchmarkRequest,
  compareBenchmark,
  mostRequestsOf,
  requestsPerCall,
  subrequestsOf,
  summariseBenchmark,
  whyNoBaseline,
} from "./benchmark.ts";
import type { Probe } from "./probes/probe.ts";

const answered = (latencyMs: number): BenchmarkRequest => {
  return { outcome: "up", reason: null, latencyMs };
};
const failed: BenchmarkRequest = { outcome: "down", reason: "status", latencyMs: 3 };

function run(
  latencies: readonly number[],
  more: Partial<Parameters<typeof summariseBenchmark>[0]> = {},
) {
  const requests = latencies.map(answered);
  const whole = { count: requests.length, concurrency: 1, requests, elapsedMs: 1000, ...more };
  return summariseBenchmark(whole);
}

const around = (ms: number) => Array.from({ length: 20 }, (_, index) => ms + (index % 3));

describe("a benchmark's summary", () => {
  it("times answers only: an error page that comes at once makes nobody fast", () => {
    const summary = run([], {
      count: 6,
      requests: [
        answered(100),
        { outcome: "degraded", reason: "latency", latencyMs: 300 },
        failed,
        { outcome: "down", reason: "http-timeout", latencyMs: null },
        { outcome: "unknown", reason: "secret-missing", latencyMs: null },
      ],
    });
    expect(summary).toMatchObject({
      count: 6,
      answered: 2,
      failed: 2,
      unknown: 1,
      notRun: 1,
      reasons: { status: 1, "http-timeout": 1, "secret-missing": 1 },
      averageMs: 200,
      minMs: 100,
      maxMs: 300,
      requestsPerSecond: 5,
    });
  });

  it("has no rate where no time went by", () => {
    expect(run([0], { elapsedMs: 0 }).requestsPerSecond).toBeNull();
  });

  it("counts every request once", () => {
    const outcome = fc.constantFrom("up", "degraded", "down", "unknown");
    const request = fc.record({
      outcome,
      reason: fc.constant(null),
      latencyMs: fc.option(fc.nat(9_999)),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 50 }), fc.nat(20), (requests, rest) => {
        const summary = run([], { requests, count: requests.length + rest });
        const { answered: good, failed: bad, unknown, notRun, count } = summary;
        expect(good + bad + unknown + notRun).toBe(count);
      }),
    );
  });
});

describe("a comparison with the baseline", () => {
  const baseline = run(around(100));
  const verdictOf = (ms: number) => compareBenchmark(run(around(ms)), baseline).verdict;

  it("says slower beyond the tolerance, and only beyond", () => {
    expect(verdictOf(100)).toBe("as-before");
    expect(verdictOf(120)).toBe("as-before");
    expect(verdictOf(121)).toBe("slower");
    expect(verdictOf(80)).toBe("as-before");
    expect(verdictOf(70)).toBe("faster");
  });

  it("gives difference and ratio of each figure", () => {
    const { figures, tolerance } = compareBenchmark(run(around(150)), baseline);
    expect(tolerance).toEqual({ ratio: 0.2, ms: 10 });
    expect(figures.p50Ms).toEqual({
      baselineMs: 101,
      differenceMs: 50,
      ratio: 1.495,
      slower: true,
    });
    expect(Object.keys(figures)).toHaveLength(5);
  });

  it("takes a few milliseconds more for nothing, however many times that is", () => {
    expect(compareBenchmark(run(around(9)), run(around(1))).verdict).toBe("as-before");
    expect(compareBenchmark(run(around(12)), run(around(1))).verdict).toBe("slower");
  });

  it("divides by no zero", () => {
    const { figures } = compareBenchmark(run(around(5)), run(Array.from({ length: 20 }, () => 0)));
    expect(figures.p50Ms).toMatchObject({ ratio: null, differenceMs: 6 });
  });

  it("notices a slow tail behind a median that is as before", () => {
    const tail = [...around(100).slice(2), 500, 500];
    expect(compareBenchmark(run(tail), baseline).verdict).toBe("slower");
  });

  it("does not compare what was run with another concurrency, nor a handful of answers", () => {
    expect(compareBenchmark(run(around(100), { concurrency: 6 }), baseline)).toMatchObject({
      verdict: "not-comparable",
      because: "the baseline was run with a concurrency of 1",
    });
    expect(compareBenchmark(run([100, 100]), baseline)).toMatchObject({
      verdict: "not-comparable",
      because: "fewer than 10 requests were answered",
    });
  });
});

describe("what can be a baseline", () => {
  it("is a whole run without failures", () => {
    expect(whyNoBaseline(run(around(100)))).toBeNull();
  });

  it.each([
    ["fewer than 10 requests were answered", run([1, 2, 3])],
    ["requests failed", run([], { requests: [...around(1).map(answered), failed], count: 21 })],
    ["the time ended before all requests were run", run(around(1), { count: 30 })],
  ])("is not one of which it is said that %s", (why, summary) => {
    expect(whyNoBaseline(summary)).toBe(why);
  });
});

describe("the parts of a run", () => {
  const http = (redirects = 0): Probe => {
    return {
      kind: "http",
      url: "https://netpost.example/",
      method: "GET",
      headers: {},
      body: null,
      conditions: [],
      redirects,
    };
  };

  it("stay within the subrequests of the free plan, redirects and all", () => {
    fc.assert(
      fc.property(fc.nat(10), fc.integer({ min: 1, max: 6 }), (redirects, concurrency) => {
        const probe = http(redirects);
        const most = requestsPerCall(probe, concurrency);
        expect(most).toBeGreaterThan(0);
        expect(most * subrequestsOf(probe)).toBeLessThan(50);
        const calls = Math.ceil(mostRequestsOf(probe, concurrency) / most);
        expect(calls).toBeLessThan(50);
      }),
    );
  });

  it("end with a whole turn of the concurrency", () => {
    expect(requestsPerCall(http(), 6)).toBe(36);
    expect(requestsPerCall(http(), 1)).toBe(40);
  });
});
