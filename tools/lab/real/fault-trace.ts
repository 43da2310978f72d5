import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Runtime } from "../../runtime/index.ts";
import { type FaultInput, startStandIn } from "../../stand-in/index.ts";
import { applyConfig, startTraceRuntime, traceStart } from "../kill-trace.ts";

/** What is done to the stand-in for two minutes, and what has to come of it. */
interface FaultCase {
  readonly name: string;
  readonly fault: FaultInput;
  /** The overall status in the first minute of the fault. */
  readonly overall: "up" | "degraded" | "down";
  /** How many of the three regions say down. */
  readonly regionsDown: number;
}

/** What came of a fault, against what was promised. */
export interface FaultOutcome {
  readonly name: string;
  readonly promised: string;
  readonly seen: string;
  readonly kept: boolean;
  /** Of the slowest of its ticks, ms. */
  readonly tickMs: number;
}

const path = "/api/health";
const cases: readonly FaultCase[] = [
  {
    name: "one region alone gets 500",
    fault: { kind: "status", status: 500, path, region: "us-east" },
    overall: "degraded",
    regionsDown: 1,
  },
  { name: "500 everywhere", fault: { kind: "status", status: 500, path }, ...down() },
  { name: "connections refused", fault: { kind: "refuse" }, ...down() },
  { name: "connections reset", fault: { kind: "reset", path }, ...down() },
  { name: "no answer", fault: { kind: "hang", path }, ...down() },
  {
    name: "the body never ends",
    fault: { kind: "slow-body", durationMs: 60_000, path },
    ...down(),
  },
  { name: "a wrong body", fault: { kind: "wrong-body", body: { status: "sad" }, path }, ...down() },
  {
    name: "a slow answer",
    fault: { kind: "slow", delayMs: 500, path },
    overall: "degraded",
    regionsDown: 0,
  },
  {
    name: "the first try of each region fails",
    fault: { kind: "recover-after", requests: 1, fault: { kind: "reset" }, path },
    overall: "up",
    regionsDown: 0,
  },
];

function down(): Pick<FaultCase, "overall" | "regionsDown"> {
  return { overall: "down", regionsDown: 3 };
}

/** Shows the real Workers each fault for two minutes, between good ones. */
export async function runFaultTrace(): Promise<FaultOutcome[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-lab-"));
  const standIn = await startStandIn({ seed: 1 });
  const runtime = await startTraceRuntime(dataDir);
  try {
    await applyConfig(runtime, standIn, faultConfig);
    const outcomes: FaultOutcome[] = [];
    let minute = traceStart;
    const tick = async (faults: readonly FaultInput[]) => {
      await standIn.setFaults(faults);
      const startedAt = performance.now();
      const { outcome } = await runtime.tick(new Date(minute * 1000));
      if (outcome !== "ok") throw new Error(`the tick ended with ${outcome}`);
      minute += 60;
      return performance.now() - startedAt;
    };
    for (const item of cases) {
      await tick([]);
      const faultAt = minute;
      const first = await tick([item.fault]);
      const seen = await readStatuses(runtime);
      const second = await tick([item.fault]);
      await tick([]);
      const outages = await countOutages(runtime, faultAt);
      const wanted = { overall: item.overall, regionsDown: item.regionsDown };
      const promised = describe({ ...wanted, outages: item.overall === "down" ? 1 : 0 });
      const got = describe({ ...seen, outages });
      const tickMs = Math.max(first, second);
      outcomes.push({ name: item.name, promised, seen: got, kept: got === promised, tickMs });
      // Past the time in which the outage would be taken up again.
      minute += 1_800;
    }
    return outcomes;
  } finally {
    await runtime.stop();
    await standIn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function describe(state: { overall: string; regionsDown: number; outages: number }): string {
  const { overall, regionsDown, outages } = state;
  const opened = outages === 0 ? "no outage" : `${outages} outage, closed again`;
  return `${overall}, ${regionsDown} of 3 regions down, ${opened}`;
}

const faultConfig: Parameters<typeof applyConfig>[2] = {
  defaults: { timeoutMs: 800, attempts: 2, backoffBaseMs: 10, backoffCapMs: 20, budgetMs: 2_000 },
  monitors: [
    {
      id: "health",
      name: "Health",
      url: path,
      expect: { maxLatencyMs: 400, json: [{ path: "$.status", equals: "ok" }] },
    },
  ],
};

const statusRows = z.array(z.object({ scope: z.int(), status: z.string() }));

async function readStatuses(runtime: Runtime) {
  const rows = statusRows.parse((await runtime.query("SELECT scope, status FROM statuses")).rows);
  return {
    overall: rows.find(({ scope }) => scope === 0)?.status ?? "unknown",
    regionsDown: rows.filter(({ scope, status }) => scope > 0 && status === "down").length,
  };
}

const countRow = z.object({ outages: z.int() });

/** Outages that began at the first failed check and have ended. */
async function countOutages(runtime: Runtime, faultAt: number): Promise<number> {
  const { rows } = await runtime.query(
    "SELECT count(*) AS outages FROM outages WHERE started_at = ? AND ended_at IS NOT NULL",
    faultAt,
  );
  return countRow.parse(rows[0]).outages;
}
