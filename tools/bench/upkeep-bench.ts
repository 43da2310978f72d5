import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { hour } from "../../shared/domain/rollup.ts";
import { type LogLine, type Runtime, startRuntime } from "../runtime/index.ts";
import { bytesPerRow, configOf, post, startTarget } from "./tick-bench.ts";

/** What rollups and deletions come to for one size of plan; a result is one of one region. */
export interface UpkeepFigures {
  readonly monitors: number;
  /** Of the hour that is rolled up and then deleted. */
  readonly results: number;
  readonly rollUpTicks: number;
  readonly rollUpReadPerResult: number;
  readonly rollUpWrittenPerResult: number;
  readonly mostReadInTick: number;
  readonly retainTicks: number;
  readonly deleteReadPerResult: number;
  readonly deleteWrittenPerResult: number;
  /** Of the slowest tick's upkeep, ms. */
  readonly slowestUpkeepMs: number;
  /** Of the slowest tick, seconds: probing, recording and upkeep. */
  readonly slowestTickSeconds: number;
  /** On disk, of an hour of 60 results with log-normal response times. */
  readonly bytesPerHour: number;
}

/** A full hour; the bench runs ticks ten days after it, when its results are to be deleted. */
const oldHour = 1_790_002_800;
const firstMinute = oldHour + 10 * 86_400;

const told = z.object({ rowsRead: z.int(), rowsWritten: z.int() });
const tickLine = z.object({
  event: z.literal("tick"),
  durationMs: z.number(),
  upkeep: z.object({
    durationMs: z.number(),
    rollUp: told.extend({ rolled: z.int() }).optional(),
    retain: told.extend({ results: z.int() }).optional(),
  }),
});

// Median 120 ms, spread as response times are: the sum of twelve uniform numbers is nearly normal.
const uniform = "(random() & 1048575) / 1048576.0";
const normal = `(${Array.from({ length: 12 }, () => uniform).join(" + ")} - 6)`;
const seedSql = `
  INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms)
  SELECT ${oldHour} + minutes.value * 60, monitors.number, regions.number, 0, 1,
    CAST(exp(4.8 + 0.5 * ${normal}) AS INTEGER)
  FROM json_each(?1) AS minutes CROSS JOIN monitors CROSS JOIN regions`;

/**
 * Has the real tick roll up one old hour of results, and then delete it, while it probes and
 * records as ever.
 *
 * @param monitors how many, each in three regions, once a minute
 * @throws Error where a step of the upkeep fails or does not come to an end
 */
export async function benchUpkeep(
  monitors: number,
  progress: (tick: number) => void,
): Promise<UpkeepFigures> {
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
    const results = await seed(runtime);
    const ticks: { seconds: number; upkeep: z.infer<typeof tickLine>["upkeep"] }[] = [];
    const isDone = () =>
      ticks.length > 2 && ticks.slice(-2).every(({ upkeep }) => !upkeep.retain && !upkeep.rollUp);
    // The hour is the only one that waits: the ticks' own is over only after the bench.
    for (let index = 0; !isDone(); index += 1) {
      if (index > 55) throw new Error("the upkeep did not come to an end within the hour");
      lines.length = 0;
      await runtime.tick(new Date((firstMinute + index * 60) * 1000));
      const line = lines.find(({ text }) => text.includes('"event":"tick"'));
      if (!line) throw new Error("the tick did not say what became of it");
      const { durationMs, upkeep } = tickLine.parse(JSON.parse(line.text));
      ticks.push({ seconds: durationMs / 1000, upkeep });
      progress(index + 1);
    }
    const file = runtime.databaseFile();
    await runtime.stop();
    const rollUps = ticks.flatMap(({ upkeep }) => (upkeep.rollUp ? [upkeep.rollUp] : []));
    const retains = ticks.flatMap(({ upkeep }) => (upkeep.retain ? [upkeep.retain] : []));
    const sum = (numbers: readonly number[]) =>
      numbers.reduce((total, number) => total + number, 0);
    const deleted = sum(retains.map((step) => step.results));
    if (deleted !== results) throw new Error(`${deleted} of ${results} results were deleted`);
    return {
      monitors,
      results,
      rollUpTicks: rollUps.length,
      rollUpReadPerResult: sum(rollUps.map(({ rowsRead }) => rowsRead)) / results,
      rollUpWrittenPerResult: sum(rollUps.map(({ rowsWritten }) => rowsWritten)) / results,
      mostReadInTick: Math.max(...rollUps.map(({ rowsRead }) => rowsRead)),
      retainTicks: retains.length,
      deleteReadPerResult: sum(retains.map(({ rowsRead }) => rowsRead)) / results,
      deleteWrittenPerResult: sum(retains.map(({ rowsWritten }) => rowsWritten)) / results,
      slowestUpkeepMs: Math.max(...ticks.map(({ upkeep }) => upkeep.durationMs)),
      slowestTickSeconds: Math.max(...ticks.map(({ seconds }) => seconds)),
      bytesPerHour: bytesPerRow(file, "rollups"),
    };
  } finally {
    await runtime.stop();
    target.child.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Puts an hour of results where ticks would have, a few at a time. */
async function seed(runtime: Runtime): Promise<number> {
  let results = 0;
  for (let minute = 0; minute < 60; minute += 5) {
    const minutes = Array.from({ length: 5 }, (_, index) => minute + index);
    const { changes } = await runtime.query(seedSql, JSON.stringify(minutes));
    results += changes;
  }
  await runtime.query(
    `INSERT INTO rollup_work (step, start, next_monitor, generation) VALUES (${hour}, ?1, 0, 1)`,
    oldHour,
  );
  return results;
}

/** Prints the figures of one size. */
export function printUpkeep(figures: UpkeepFigures): void {
  const {
    monitors,
    results,
    rollUpTicks,
    retainTicks,
    mostReadInTick,
    rollUpReadPerResult,
    rollUpWrittenPerResult,
    deleteReadPerResult,
    deleteWrittenPerResult,
  } = figures;
  const number = (value: number) => value.toLocaleString("en-US");
  const rows: readonly (readonly [string, string])[] = [
    ["rolled up in", `${rollUpTicks} ticks`],
    ["  rows read per result", rollUpReadPerResult.toFixed(3)],
    ["  rows written per result", rollUpWrittenPerResult.toFixed(3)],
    ["  rows read in a tick", `at most ${number(mostReadInTick)}`],
    ["deleted in", `${retainTicks} ticks`],
    ["  rows read per result", deleteReadPerResult.toFixed(3)],
    ["  rows written per result", deleteWrittenPerResult.toFixed(3)],
    ["slowest upkeep of a tick", `${number(figures.slowestUpkeepMs)} ms`],
    ["slowest tick", `${figures.slowestTickSeconds.toFixed(2)} s of 60 s`],
    ["bytes per rollup on disk", figures.bytesPerHour.toFixed(1)],
  ];
  console.log(`\n${monitors} monitors × 3 regions: an hour of ${number(results)} results`);
  for (const [name, value] of rows) console.log(`  ${name.padEnd(26)}${value.padStart(16)}`);
}
