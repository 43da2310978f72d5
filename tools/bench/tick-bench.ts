import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ConfigInput } from "../../shared/config/schema.ts";
import { type LogLine, type Runtime, startRuntime } from "../runtime/index.ts";
import { cpuMs, median } from "./cpu.ts";

/** What one size of plan costs; CPU is workerd's, database and objects included. */
export interface TickFigures {
  readonly monitors: number;
  readonly ticks: number;
  /** Results in each tick: monitors × regions. */
  readonly results: number;
  /** Of the slowest tick, seconds. */
  readonly slowestTickSeconds: number;
  readonly tickCpuMsPerProbe: number;
  readonly bareCpuMsPerProbe: number;
  /** Tick over bare loop, pair by pair, the median. */
  readonly ratio: number;
  readonly rowsWrittenPerResult: number;
  readonly rowsReadPerResult: number;
  /** In the results table on disk. */
  readonly bytesPerResult: number;
}

const regions = 3;
const firstMinute = 1_790_000_040;

const tickLine = z.object({
  event: z.literal("tick"),
  durationMs: z.number(),
  rounds: z.array(
    z.object({
      outcome: z.literal("recorded"),
      newResults: z.int(),
      faults: z.array(z.unknown()).length(0),
      rowsRead: z.int(),
      rowsWritten: z.int(),
    }),
  ),
});

/**
 * Runs the real tick in workerd against a server on this machine, in turn with the bare loop.
 *
 * @param monitors how many, each in three regions
 * @param ticks how many are counted, after two to warm up
 * @throws Error where a tick does not record everything, for then it measured nothing
 */
export async function benchTick(
  monitors: number,
  ticks: number,
  progress: (done: number, of: number) => void,
): Promise<TickFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-bench-"));
  const target = await startTarget();
  const lines: LogLine[] = [];
  const runtime = await startRuntime({
    configPath: fileURLToPath(new URL("./wrangler.toml", import.meta.url)),
    dataDir,
    onLog: (line) => lines.push(line),
  });
  try {
    await post(`${runtime.apiUrl}/plan`, configOf(monitors, target.url));
    const bare = { url: `${target.url}/api/health/live`, fetches: monitors * regions };
    const pairs: { tick: number; bare: number; seconds: number; read: number; written: number }[] =
      [];
    const warmUp = 2;
    for (let index = 0; index < ticks + warmUp; index += 1) {
      lines.length = 0;
      const minute = firstMinute + index * 60;
      const tick = await cpuOf(runtime, async () => {
        await runtime.tick(new Date(minute * 1000));
      });
      const { durationMs, round } = readTick(lines, monitors * regions);
      const bareLoop = await cpuOf(runtime, () =>
        // A time that no monitor of the plan will ever be checked at.
        post(`${runtime.apiUrl}/bare`, { ...bare, time: index + 1 }),
      );
      progress(index + 1, ticks + warmUp);
      if (index < warmUp) continue;
      const { rowsRead: read, rowsWritten: written } = round;
      pairs.push({ tick, bare: bareLoop, seconds: durationMs / 1000, read, written });
    }
    const results = monitors * regions;
    const file = runtime.databaseFile();
    await runtime.stop();
    return {
      monitors,
      ticks,
      results,
      slowestTickSeconds: Math.max(...pairs.map(({ seconds }) => seconds)),
      tickCpuMsPerProbe: median(pairs.map(({ tick }) => tick)) / results,
      bareCpuMsPerProbe: median(pairs.map(({ bare: ms }) => ms)) / results,
      ratio: median(pairs.map((pair) => pair.tick / pair.bare)),
      rowsWrittenPerResult: median(pairs.map(({ written }) => written)) / results,
      rowsReadPerResult: median(pairs.map(({ read }) => read)) / results,
      bytesPerResult: bytesPerRow(file, "results"),
    };
  } finally {
    await runtime.stop();
    target.child.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

export function configOf(monitors: number, baseUrl: string): ConfigInput {
  return {
    baseUrl,
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    monitors: Array.from({ length: monitors }, (_, index) => ({
      id: `monitor-${index}`,
      name: `Monitor ${index}`,
      url: "/api/health/live",
      expect: { maxLatencyMs: 5000 },
    })),
  };
}

/** In a process of its own, so that what it costs is not counted. */
export async function startTarget(): Promise<{ url: string; child: ChildProcess }> {
  const script = fileURLToPath(new URL("./target.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { url: z.url().parse(String(line).trim()), child };
}

async function cpuOf(runtime: Runtime, work: () => Promise<unknown>): Promise<number> {
  const before = cpuMs(runtime.pid);
  await work();
  return cpuMs(runtime.pid) - before;
}

function readTick(lines: readonly LogLine[], expected: number) {
  const line = lines.find(({ text }) => text.includes('"event":"tick"'));
  if (!line) throw new Error("the tick did not say what became of it");
  const { durationMs, rounds } = tickLine.parse(JSON.parse(line.text));
  const [round] = rounds;
  if (round?.newResults !== expected) {
    throw new Error(`the tick recorded ${round?.newResults} of ${expected} results`);
  }
  return { durationMs, round };
}

export async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await response.text();
}

/** What a row of a table takes of the database, bytes. */
export function bytesPerRow(file: string, table: "results" | "rollups"): number {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const row = database
      .prepare(
        `SELECT (SELECT sum(pgsize) FROM dbstat WHERE name = '${table}') * 1.0
           / (SELECT count(*) FROM ${table}) AS bytes`,
      )
      .get();
    return z.object({ bytes: z.number() }).parse(row).bytes;
  } finally {
    database.close();
  }
}
