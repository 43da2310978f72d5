import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { benchmarkResponseSchema } from "../../../shared/contract/api/performance.ts";
import { benchmarkOrderSchema } from "../../../shared/contract/benchmark.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  type RequestOptions,
  readerKey,
  resetWorld,
  start,
} from "../testing/world.ts";

const path = "/api/monitoring/performance";
const planted = "planted-secret-9f2c7e";

/** Nobody listens on the discard port: the requests are real and fail at once. */
const config = configOf([
  {
    id: "home",
    name: "Home",
    url: `http://127.0.0.1:9/?key=${planted}`,
    headers: { Authorization: `Bearer ${planted}` },
    regions: ["us-west", "us-east"],
  },
  { id: "port", name: "Port", type: "tcp", host: "127.0.0.1", port: 9 },
  { id: "job", name: "Job", type: "heartbeat", every: 3600 },
]);

const post = (body: unknown, more: Partial<RequestOptions> = {}) =>
  ask(path, {
    at: start,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...more,
  });

const run = async (body: object, more: Partial<RequestOptions> = {}) =>
  readAnswer(await post({ monitor: "home", ...body }, more), benchmarkResponseSchema);

/** In place of the probe Worker: answers every order with these response times; null fails. */
function probeThatTakes(...latencies: (number | null)[]) {
  const orders: z.infer<typeof benchmarkOrderSchema>[] = [];
  const PROBE = {
    benchmark: async (input: unknown) => {
      const order = benchmarkOrderSchema.parse(input);
      orders.push(order);
      const requests = Array.from({ length: order.count }, (_, index) => {
        const latencyMs = latencies[index % latencies.length] ?? null;
        return latencyMs === null
          ? { outcome: "down", reason: "status", latencyMs }
          : { outcome: "up", reason: null, latencyMs };
      });
      return { kind: "measured", requests, elapsedMs: 500, colo: "IAD" };
    },
  };
  return { environment: { PROBE }, orders };
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(config);
});

describe("POST /api/monitoring/performance", () => {
  it("runs a benchmark in the region, through the probe Worker", async () => {
    expect(await run({ count: 3, region: "us-east" })).toEqual({
      monitor: "home",
      region: "us-east",
      path: null,
      ranAt: iso(start),
      budgetMs: 25_000,
      result: {
        kind: "measured",
        colo: null,
        count: 3,
        concurrency: 1,
        answered: 0,
        failed: 3,
        unknown: 0,
        notRun: 0,
        reasons: { connection: 3 },
        averageMs: null,
        p50Ms: null,
        p90Ms: null,
        p95Ms: null,
        p99Ms: null,
        p999Ms: null,
        minMs: null,
        maxMs: null,
        requestsPerSecond: expect.anything(),
        elapsedMs: expect.any(Number),
      },
      comparison: null,
      baseline: { stored: false, because: null },
    });
  });

  it("asks 20 times, one at a time, from the monitor's first region, unless told otherwise", async () => {
    const { environment, orders } = probeThatTakes(40);
    const { result } = await run({}, { environment });
    expect(orders).toMatchObject([{ count: 20, concurrency: 1, region: { id: "us-west" } }]);
    expect(result).toMatchObject({ answered: 20, p50Ms: 40, requestsPerSecond: 40, colo: "IAD" });
  });

  it("keeps a run as the baseline and holds the next against it", async () => {
    const first = await run({ baseline: true }, probeThatTakes(100, 110));
    expect(first).toMatchObject({ baseline: { stored: true, because: null }, comparison: null });
    const second = await run({}, { ...probeThatTakes(160), at: minute(5) });
    expect(second.comparison).toMatchObject({
      baselineRunAt: iso(start),
      verdict: "slower",
      tolerance: { ratio: 0.2, ms: 10 },
      figures: { p50Ms: { baselineMs: 100, differenceMs: 60, ratio: 1.6, slower: true } },
    });
    // What was not to be kept was not.
    const third = await run({ baseline: true }, probeThatTakes(100));
    expect(third.comparison).toMatchObject({ verdict: "as-before", baselineRunAt: iso(start) });
  });

  it("has a baseline for each monitor, region and path", async () => {
    await run({ baseline: true }, probeThatTakes(100));
    const others = [{ region: "us-east" }, { path: "/other" }, { monitor: "port" }];
    for (const other of others) {
      expect((await run(other, probeThatTakes(100))).comparison).toBeNull();
    }
  });

  it("knows no baseline from before the monitor was added again", async () => {
    await run({ baseline: true }, probeThatTakes(100));
    await applyConfig(configOf([]), minute(1));
    await applyConfig(config, minute(2));
    expect((await run({}, { ...probeThatTakes(100), at: minute(3) })).comparison).toBeNull();
  });

  it("keeps no run with failures, and says why", async () => {
    const { baseline } = await run({ baseline: true }, probeThatTakes(100, null));
    expect(baseline).toEqual({ stored: false, because: "requests failed" });
  });

  it("sends another path to the monitor's own host only", async () => {
    const { environment, orders } = probeThatTakes(40);
    for (const other of ["/api/posts", "//evil.example/x", "/@evil.example", "/../../x"]) {
      await run({ path: other }, { environment });
    }
    const urls = orders.map(({ monitor: { probe } }) => new URL("url" in probe ? probe.url : ""));
    expect(urls.map(({ host }) => host)).toEqual(Array.from({ length: 4 }, () => "127.0.0.1:9"));
    expect(urls[0]?.pathname).toBe("/api/posts");
    expect(urls.map(({ search }) => search).join("")).toBe("");
  });

  it("tells no secret of the monitor's, and keeps none", async () => {
    const response = await post({ monitor: "home", count: 2 });
    expect(await response.text()).not.toContain("planted");
    await run({ baseline: true }, probeThatTakes(40));
    const { results } = await env.DB.prepare("SELECT * FROM baselines").all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain("planted");
  });

  it("refuses the reader's key and everybody else, before it looks at anything", async () => {
    await readProblem(await post("{", { key: readerKey }), "forbidden", 403);
    await readProblem(await post("{", { key: null }), "unauthorized", 401);
  });

  const wrong: readonly [string, object, string, string][] = [
    [
      "an unknown monitor",
      { monitor: "hom" },
      "monitor",
      "no such monitor; allowed: home, port, job",
    ],
    [
      "a heartbeat",
      { monitor: "job" },
      "monitor",
      "one that is probed: a heartbeat calls in by itself",
    ],
    [
      "an unknown region",
      { region: planted },
      "region",
      "no such region; allowed: us-east, us-west, eu-west",
    ],
    ["no request at all", { count: 0 }, "count", "a whole number from 1 to 200"],
    ["too many", { count: 201 }, "count", "a whole number from 1 to 200"],
    ["half a request", { count: 1.5 }, "count", "a whole number from 1 to 200"],
    ["too many at once", { concurrency: 7 }, "concurrency", "a whole number from 1 to 6"],
    ["a baseline of a few", { count: 9, baseline: true }, "count", "at least 10 for a baseline"],
    [
      "a path of what has none",
      { monitor: "port", path: "/" },
      "path",
      "only of a monitor over HTTP whose url is not a template",
    ],
  ];
  it.each(wrong)("refuses %s and says what is allowed", async (_name, body, field, message) => {
    const problem = await readProblem(
      await post({ monitor: "home", ...body }),
      "invalid-request",
      400,
    );
    expect(problem.errors).toEqual([{ field, message }]);
    expect(JSON.stringify(problem)).not.toContain("planted");
  });

  const paths = [
    "other",
    "https://evil.example/",
    "/a?b=c",
    "/a#b",
    "/{{secret.PROBE_KEY}}",
    "\\x",
  ];
  it.each(paths)("refuses the path %s", async (other) => {
    const response = await post({ monitor: "home", path: other });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([
      { field: "path", message: expect.stringMatching(/^begins with \/, without query/) },
    ]);
  });

  it("refuses a parameter that there is not, another media type, and what is not JSON", async () => {
    for (const response of [
      await post({ monitor: "home", url: "https://evil.example/" }),
      await post("{"),
      await post({ monitor: "home" }, { headers: { "Content-Type": "text/plain" } }),
      await post({ monitor: "home" }, { headers: {} }),
    ]) {
      await readProblem(response, "invalid-request", 400);
    }
  });

  const failing: readonly [string, () => Promise<unknown>][] = [
    ["fails", () => Promise.reject(new Error(planted))],
    ["answers something else", () => Promise.resolve({ kind: planted })],
  ];
  it.each(failing)("says so when the probe Worker %s", async (_name, act) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const environment = { PROBE: { benchmark: act } };
    const answer = await run({ baseline: true }, { environment });
    logged.mockRestore();
    expect(answer).toMatchObject({
      result: {
        kind: "failed",
        reason: "region-unreachable",
        detail: "the probe Worker failed",
      },
      comparison: null,
      baseline: { stored: false, because: "there is no result" },
    });
  });

  it("does not wait for a probe Worker that hangs", async () => {
    const clock = { now: () => start * 1000, sleep: () => Promise.resolve() };
    const environment = { PROBE: { benchmark: () => new Promise(() => {}) } };
    const { result } = await run({}, { clock, environment });
    expect(result).toMatchObject({ detail: "the probe Worker did not answer within 35000 ms" });
  });
});
