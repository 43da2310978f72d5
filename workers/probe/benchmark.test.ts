import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { benchmarkAnswerSchema } from "../../shared/contract/benchmark.ts";
import { summariseBenchmark } from "../../shared/domain/benchmark.ts";
import type { Monitor } from "../../shared/domain/monitor.ts";
import type { HttpProbe } from "../../shared/domain/probes/http.ts";
import { readPlan } from "../../shared/storage/plans.ts";
import { benchmark } from "./benchmark.ts";
import { BenchmarkRuns } from "./region/benchmark.ts";
import { applyConfig, configOf, select, setFaults, standIn } from "./testing/harness.ts";

const { leakyUrl } = inject("broken");

const planted = "planted-secret-9f2c7e";

const http: HttpProbe = {
  kind: "http",
  url: `${standIn.url}/api/health`,
  method: "GET",
  headers: {},
  body: null,
  conditions: [{ kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" }],
};

async function order(more: { count?: number; concurrency?: number; budgetMs?: number } = {}) {
  const { monitors, regions } = await readPlan(env.DB);
  const [monitor] = monitors;
  const [region] = regions;
  if (!monitor || !region) throw new Error("no plan");
  return { monitor, region, count: 10, concurrency: 2, budgetMs: 10_000, ...more };
}

function probing(monitor: Monitor, probe: HttpProbe): Monitor {
  return { ...monitor, probe };
}

async function run(asked: Awaited<ReturnType<typeof order>>) {
  const answer = benchmarkAnswerSchema.parse(await exports.ProbeService.benchmark(asked));
  if (answer.kind === "failed") throw new Error(answer.detail);
  return { ...answer, summary: summariseBenchmark({ ...asked, ...answer }) };
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf([{ id: "api-health", name: "API health", url: "/api/health" }]));
});

describe("a benchmark", () => {
  it("asks as often as it was told, over more calls than one may make requests", async () => {
    const { summary } = await run(await order({ count: 100, concurrency: 6 }));
    expect(summary).toMatchObject({ answered: 100, failed: 0, notRun: 0 });
    expect(summary.p50Ms).not.toBeNull();
  });

  it("records nothing", async () => {
    await run(await order());
    expect(await select(z.object({ n: z.int() }), "SELECT count(*) AS n FROM results")).toEqual([
      { n: 0 },
    ]);
  });

  it("measures a target's slowness, and keeps the concurrency", async () => {
    await setFaults([{ kind: "slow", delayMs: 60, path: "/api/health" }]);
    const { summary } = await run(await order({ count: 6, concurrency: 2 }));
    expect(summary.minMs).toBeGreaterThanOrEqual(55);
    // Three turns of two.
    expect(summary.elapsedMs).toBeGreaterThanOrEqual(165);
    expect(summary.elapsedMs).toBeLessThan(6 * 60);
  });

  it("counts failures by reason, never trying again", async () => {
    await setFaults([
      {
        kind: "flapping",
        good: 1,
        bad: 1,
        fault: { kind: "status", status: 503 },
        path: "/api/health",
      },
    ]);
    const { summary } = await run(await order({ count: 10, concurrency: 1 }));
    expect(summary).toMatchObject({ answered: 5, failed: 5, reasons: { status: 5 } });
  });

  it("begins nothing that could not have its whole timeout any more", async () => {
    await setFaults([{ kind: "slow", delayMs: 200, path: "/api/health" }]);
    const asked = await order({ count: 50, concurrency: 1 });
    // A timeout that a busy machine keeps as well, and time for two such answers beyond it.
    const timeoutMs = 5_000;
    const monitor = { ...asked.monitor, retry: { ...asked.monitor.retry, timeoutMs } };
    const { summary } = await run({ ...asked, monitor, budgetMs: timeoutMs + 400 });
    expect(summary.failed).toBe(0);
    expect(summary.notRun).toBeGreaterThanOrEqual(47);
    expect(summary.answered).toBeGreaterThan(0);
  });

  it("tells no secret, whatever is sent and repeated", async () => {
    const asked = await order({ count: 2 });
    const probe: HttpProbe = {
      ...http,
      url: `${leakyUrl}/?key=${planted}`,
      headers: { Authorization: `Bearer ${planted}` },
      conditions: [{ kind: "text", contains: "never there", present: true, otherwise: "down" }],
    };
    const answer = await run({ ...asked, monitor: probing(asked.monitor, probe) });
    expect(answer.summary.reasons).toEqual({ text: 2 });
    expect(JSON.stringify(answer)).not.toContain("planted");
  });

  it("sends what the monitor sends, its secrets filled in where the request is made", async () => {
    const asked = await order({ count: 1 });
    const monitor = probing(asked.monitor, {
      ...http,
      auth: { kind: "bearer", token: "{{secret.PROBE_NOT_SET}}" },
    });
    const { summary } = await run({ ...asked, monitor });
    expect(summary).toMatchObject({ unknown: 1, failed: 0, reasons: { "secret-missing": 1 } });
  });

  it("runs in an object of its own, so that no round waits for it", async () => {
    const names = vi.spyOn(env.REGION, "getByName");
    await benchmark(env, systemClock, await order({ count: 1 })).catch(() => {});
    const asked = names.mock.calls.map(([name]) => name);
    names.mockRestore();
    expect(asked).toEqual(["us-east/benchmark/v1"]);
  });

  it("says so where the region's object does not answer", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const impatient: Clock = { now: () => 0, sleep: () => Promise.resolve() };
    const answer = await benchmark(env, impatient, await order());
    logged.mockRestore();
    expect(answer).toMatchObject({ kind: "failed", reason: "region-unreachable" });
  });

  it("refuses what is not an order, and more than it may ask", async () => {
    const asked = await order();
    for (const wrong of [{ ...asked, count: 201 }, { ...asked, concurrency: 7 }, {}]) {
      await expect(benchmark(env, systemClock, wrong)).rejects.toThrow(z.ZodError);
    }
  });
});

describe("an object's benchmarks", () => {
  it("run one at a time, and a run that nobody ends gives way when its time is over", async () => {
    const { region, ...asked } = await order({ count: 1 });
    const part = { ...asked, region: region.id, locate: false, last: false };
    const runs = new BenchmarkRuns();
    const first = { ...part, run: crypto.randomUUID() };
    const second = { ...part, run: crypto.randomUUID() };
    expect(await runs.runPart(first, env)).toMatchObject({ kind: "measured" });
    expect(await runs.runPart(second, env)).toEqual({ kind: "busy" });
    expect(await runs.runPart({ ...first, last: true }, env)).toMatchObject({ kind: "measured" });
    expect(await runs.runPart({ ...second, budgetMs: 1 }, env)).toMatchObject({ kind: "measured" });
    await vi.waitFor(async () => {
      expect(await runs.runPart(first, env)).toMatchObject({ kind: "measured" });
    });
  });
});
