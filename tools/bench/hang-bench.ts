import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { decodeOutcome, decodeReason } from "../../shared/storage/codes.ts";
import { applyConfig, startTraceRuntime, traceStart } from "../lab/kill-trace.ts";
import type { LogLine, Runtime } from "../runtime/index.ts";
import { startStandIn } from "../stand-in/index.ts";
import { startTarget } from "./tick-bench.ts";

/** What a tick came to. */
export interface HangTick {
  /** From the cron's call to the tick's own end, seconds. */
  readonly seconds: number;
  /** Until the control Worker had its answer: also what the tick leaves to be done, seconds. */
  readonly wholeSeconds: number;
  readonly results: number;
  /** Of those, how many are down. */
  readonly down: number;
  /** The others, for example `200 unknown (control-failed)`. */
  readonly others: readonly string[];
  /** Objects that did not answer in time. */
  readonly faults: number;
  /** Monitors with an open outage when it was over. */
  readonly open: number;
}

/** What became of a plan whose every target hangs. */
export interface HangFigures {
  readonly monitors: number;
  readonly regions: number;
  /** A region's objects. */
  readonly shards: number;
  /** Of the tick before, with every target well. */
  readonly healthy: HangTick;
  readonly hanging: readonly HangTick[];
  /** Of the tick after, with every target well again. */
  readonly recovered: HangTick;
}

const regions = 3;

const tickLine = z.object({
  event: z.literal("tick"),
  durationMs: z.number(),
  rounds: z.array(
    z.object({
      outcome: z.string(),
      newResults: z.int().default(0),
      faults: z.array(z.unknown()).default([]),
    }),
  ),
});

/**
 * Has the real Workers probe a plan whose every target takes requests and never answers: first a
 * tick with all well, then some in which all hang, then one with all well again. Waits in real
 * time, for that is what is measured; a control target that answers tells the regions that the
 * fault is not theirs.
 *
 * @param monitors how many, each in three regions, every minute, with the product's defaults
 * @param ticks how many see them hang
 */
export async function benchHang(
  monitors: number,
  ticks: number,
  progress: (line: string) => void,
): Promise<HangFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-bench-"));
  const standIn = await startStandIn({ seed: 1 });
  const control = await startTarget();
  const lines: LogLine[] = [];
  const runtime = await startTraceRuntime(dataDir, (line) => lines.push(line));
  try {
    await applyConfig(runtime, standIn, {
      controls: [control.url],
      monitors: Array.from({ length: monitors }, (_, index) => ({
        id: `monitor-${index}`,
        name: `Monitor ${index}`,
        url: "/api/health/live",
      })),
    });
    let minute = traceStart;
    const tick = async (): Promise<HangTick> => {
      lines.length = 0;
      const startedAt = performance.now();
      const { outcome } = await runtime.tick(new Date(minute * 1000));
      if (outcome !== "ok") throw new Error(`the tick ended with ${outcome}`);
      const wholeSeconds = (performance.now() - startedAt) / 1000;
      const read = await readTick(runtime, lines, minute);
      minute += 60;
      return { ...read, wholeSeconds };
    };
    progress("all well");
    const healthy = await tick();
    await standIn.setFaults([{ kind: "hang" }]);
    const hanging: HangTick[] = [];
    while (hanging.length < ticks) {
      progress(`all hang, tick ${hanging.length + 1} of ${ticks}`);
      hanging.push(await tick());
    }
    await standIn.clearFaults();
    progress("all well again");
    const recovered = await tick();
    const shards = await shardsOf(runtime);
    return { monitors, regions, shards, healthy, hanging, recovered };
  } finally {
    await runtime.stop();
    await standIn.stop();
    control.child.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function readTick(
  runtime: Runtime,
  lines: readonly LogLine[],
  minute: number,
): Promise<Omit<HangTick, "wholeSeconds">> {
  const line = lines.find(({ text }) => text.includes('"event":"tick"'));
  if (!line) throw new Error("the tick did not say what became of it");
  const { durationMs, rounds } = tickLine.parse(JSON.parse(line.text));
  const [round] = rounds;
  if (!round) throw new Error("the tick had no round");
  const others = await runtime.query(
    `SELECT count(*) AS count, outcome, reason FROM results
     WHERE time = ? AND outcome <> 2 GROUP BY outcome, reason`,
    minute,
  );
  const { rows } = await runtime.query(
    `SELECT (SELECT count(*) FROM results WHERE time = ?1 AND outcome = 2) AS down,
       (SELECT count(DISTINCT monitor) FROM outages WHERE ended_at IS NULL) AS open`,
    minute,
  );
  const counts = z.object({ down: z.int(), open: z.int() }).parse(rows[0]);
  const { newResults: results, faults } = round;
  return {
    seconds: durationMs / 1000,
    results,
    faults: faults.length,
    others: describeOthers(others.rows),
    ...counts,
  };
}

const otherRows = z.array(
  z.object({ count: z.int(), outcome: z.int(), reason: z.int().nullable() }),
);

function describeOthers(rows: readonly unknown[]): string[] {
  return otherRows.parse(rows).map(({ count, outcome, reason }) => {
    const why = reason === null ? "" : ` (${decodeReason(reason)})`;
    return `${count} ${decodeOutcome(outcome)}${why}`;
  });
}

async function shardsOf(runtime: Runtime): Promise<number> {
  const { rows } = await runtime.query(
    "SELECT count(DISTINCT shard) AS shards FROM region_objects",
  );
  return z.object({ shards: z.int() }).parse(rows[0]).shards;
}
