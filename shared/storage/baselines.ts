/** Baselines of benchmarks: one for a monitor, a region and a path, by its key. */
import { z } from "zod";
import { benchmarkSummarySchema } from "../contract/benchmark.ts";
import type { BenchmarkSummary } from "../domain/benchmark.ts";

/** What a baseline is of. */
export interface BaselineKey {
  /** The monitor's number. */
  readonly monitor: number;
  /** The region's number. */
  readonly region: number;
  /** On the monitor's host; empty for what the monitor itself asks for. */
  readonly path: string;
}

/** A run that was kept. */
export interface StoredBaseline {
  /** Epoch seconds. */
  readonly runAt: number;
  readonly summary: BenchmarkSummary;
}

const baselineRow = z.object({ run_at: z.int(), summary: z.string() }).transform(
  ({ run_at, summary }): StoredBaseline => ({
    runAt: run_at,
    summary: benchmarkSummarySchema.parse(JSON.parse(summary)),
  }),
);

/**
 * Reads a baseline; null where there is none.
 *
 * @param since epoch seconds; one that was run before is none: the monitor was another then
 */
export async function readBaseline(
  db: D1Database,
  { monitor, region, path }: BaselineKey,
  since: number,
): Promise<StoredBaseline | null> {
  const row = await db
    .prepare(
      `SELECT run_at, summary FROM baselines
       WHERE monitor = ?1 AND region = ?2 AND path = ?3 AND run_at >= ?4`,
    )
    .bind(monitor, region, path, since)
    .first();
  return row === null ? null : baselineRow.parse(row);
}

/** Keeps a run as the baseline, in place of the one before. */
export async function writeBaseline(
  db: D1Database,
  { monitor, region, path }: BaselineKey,
  { runAt, summary }: StoredBaseline,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO baselines (monitor, region, path, run_at, summary) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (monitor, region, path)
       DO UPDATE SET run_at = excluded.run_at, summary = excluded.summary`,
    )
    .bind(monitor, region, path, runAt, JSON.stringify(summary))
    .run();
}
