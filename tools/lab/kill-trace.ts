import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { parseConfig } from "../../shared/config/parse.ts";
import type { ConfigInput } from "../../shared/config/schema.ts";
import { apply, propose } from "../../shared/storage/plans.ts";
import { d1OverBatch } from "../config/index.ts";
import { type LogLine, type Runtime, startRuntime } from "../runtime/index.ts";
import { type StandIn, startStandIn } from "../stand-in/index.ts";
import { randomFrom } from "./random.ts";

/** A first minute, epoch seconds; any will do. */
export const traceStart = 1_790_000_040;

export interface KillTraceOptions {
  readonly minutes: number;
  /** How many times workerd is killed, in the middle of a tick, at a random moment. */
  readonly kills: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

/** What is in the database at the end of a trace, as far as it must not depend on kills. */
export interface TraceRecord {
  readonly results: readonly string[];
  readonly transitions: readonly string[];
  readonly outages: readonly string[];
}

/**
 * Runs the real Workers through minutes in which targets fail and recover, killing workerd with
 * signal 9 in the middle of some ticks, and starting it again on the same data. As a restarted
 * product does, the tick of the minute is fired again.
 *
 * @returns what was recorded; the same for any number of kills, or something was lost or doubled
 */
export async function runKillTrace(options: KillTraceOptions): Promise<TraceRecord> {
  const { minutes, kills, seed, progress = () => {} } = options;
  const random = randomFrom(seed);
  const killed = new Set<number>();
  while (killed.size < Math.min(kills, minutes)) killed.add(Math.floor(random() * minutes));
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-lab-"));
  const standIn = await startStandIn({ seed });
  let runtime = await startTraceRuntime(dataDir);
  try {
    await applyTraceConfig(runtime, standIn);
    for (let minute = 0; minute < minutes; minute += 1) {
      await setMinuteFaults(standIn, minute);
      const at = new Date((traceStart + minute * 60) * 1000);
      if (killed.has(minute)) {
        const delayMs = Math.floor(random() * 250);
        progress(`minute ${minute}: killed ${delayMs} ms into its tick`);
        runtime = await killDuringTick(runtime, dataDir, at, delayMs);
      }
      const outcome = await runtime.tick(at);
      if (outcome.outcome !== "ok") throw new Error(`minute ${minute}: ${outcome.outcome}`);
    }
    return await readRecord(runtime);
  } finally {
    await runtime.stop();
    await standIn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The real Workers on a clock that can be set to any minute. */
export function startTraceRuntime(
  dataDir: string,
  onLog: (line: LogLine) => void = () => {},
): Promise<Runtime> {
  return startRuntime({
    configPath: fileURLToPath(new URL("../bench/wrangler.toml", import.meta.url)),
    dataDir,
    onLog,
  });
}

async function killDuringTick(
  runtime: Runtime,
  dataDir: string,
  at: Date,
  delayMs: number,
): Promise<Runtime> {
  const tick = runtime.tick(at).catch(() => null);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  process.kill(runtime.pid, "SIGKILL");
  await Promise.all([tick, runtime.ended]);
  return startTraceRuntime(dataDir);
}

const paths = ["/api/health", "/api/feed", "/api/posts", "/"];

/** Puts the trace's monitors into force. */
export function applyTraceConfig(runtime: Runtime, standIn: StandIn): Promise<void> {
  return applyConfig(runtime, standIn, {
    defaults: { timeoutMs: 2000, attempts: 2, backoffBaseMs: 10, backoffCapMs: 20, budgetMs: 5000 },
    monitors: paths.map((url, index) => ({ id: `monitor-${index}`, name: url, url })),
  });
}

/** Puts a configuration into force, of NetPost's three regions and the stand-in. */
export async function applyConfig(
  runtime: Runtime,
  standIn: StandIn,
  config: Pick<ConfigInput, "defaults" | "monitors" | "controls">,
): Promise<void> {
  const parsed = parseConfig({
    baseUrl: standIn.url,
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    ...config,
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("; "));
  const db = d1OverBatch(runtime.batch);
  const outcome = await apply(db, await propose(db, parsed.config, traceStart), traceStart);
  if (outcome.kind !== "applied") throw new Error(`the plan was not applied: ${outcome.kind}`);
}

/** The faults of a minute, the same in every run: an outage, a fault of one region, a monitor that flaps; answers take time. */
export async function setMinuteFaults(standIn: StandIn, minute: number): Promise<void> {
  const part = minute % 20;
  await standIn.setFaults([
    { kind: "slow", delayMs: 60 },
    ...(part >= 5 && part < 9
      ? [{ kind: "status" as const, status: 503, path: "/api/feed" as const }]
      : []),
    ...(part >= 12 && part < 15
      ? [{ kind: "status" as const, status: 500, path: "/" as const, region: "us-east" }]
      : []),
    ...(part % 2 === 1
      ? [{ kind: "status" as const, status: 500, path: "/api/posts" as const }]
      : []),
  ]);
}

const lines = z.array(z.object({ line: z.string() })).transform((rows) => rows.map((r) => r.line));

/** What is in the database, in an order that does not depend on when it was written. */
export async function readRecord(runtime: Runtime): Promise<TraceRecord> {
  const read = async (sql: string) => lines.parse((await runtime.query(sql)).rows);
  return {
    results: await read(
      `SELECT time || ' ' || monitor || ' ' || region || ' ' || outcome AS line FROM results
       ORDER BY time, monitor, region`,
    ),
    transitions: await read(
      `SELECT at || ' ' || monitor || ' ' || scope || ' ' || from_status || ' ' || to_status AS line
       FROM transitions ORDER BY at, monitor, scope`,
    ),
    outages: await read(
      `SELECT monitor || ' ' || started_at || ' ' || coalesce(ended_at, 'open') AS line
       FROM outages ORDER BY started_at, monitor`,
    ),
  };
}
