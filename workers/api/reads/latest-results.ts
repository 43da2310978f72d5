/**
 * The latest result of each monitor and region. When it was scheduled follows from the schedule and
 * the region's coverage, so it is looked up by its key and never searched for.
 */
import type { CoverageSpan } from "../../../shared/domain/coverage.ts";
import type { Place } from "../../../shared/domain/inbound.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { lastSpanOf, regionNumbers } from "../../../shared/domain/present-status.ts";
import { lastCheckAt, stepOf } from "../../../shared/domain/schedule.ts";
import { type CheckKey, readResults, type StoredResult } from "../../../shared/storage/queries.ts";
import { fromDatabase } from "./from-database.ts";
import type { Snapshot } from "./snapshot.ts";

/** Latest results by monitor and region number. */
export type LatestResults = ReadonlyMap<string, StoredResult>;

/** The latest result of a monitor in a region, or null. */
export function latestOf(
  results: LatestResults,
  monitor: Monitor,
  region: number,
): StoredResult | null {
  return results.get(resultKey(monitor.number, region)) ?? null;
}

/** Reads the latest results of monitors, in one query. */
export async function readLatestResults(
  db: D1Database,
  snapshot: Snapshot,
  monitors: readonly Monitor[],
): Promise<LatestResults> {
  const wanted = monitors.flatMap((monitor) =>
    latestChecks(snapshot.lastSpans, snapshot.regions, monitor),
  );
  const keys = new Map<string, CheckKey>();
  for (const { monitor, time } of wanted) keys.set(`${monitor}/${time}`, { monitor, time });
  const results = await fromDatabase(readResults(db, [...keys.values()]));
  const times = new Map(
    wanted.map((check) => [resultKey(check.monitor, check.region), check.time]),
  );
  return new Map(
    results
      // Regions that report at different times share keys: each takes only its own latest.
      .filter((result) => times.get(resultKey(result.monitor, result.region)) === result.time)
      .map((result) => [resultKey(result.monitor, result.region), result]),
  );
}

function latestChecks(
  lastSpans: readonly CoverageSpan[],
  regions: ReadonlyMap<string, Place>,
  monitor: Monitor,
): { monitor: number; region: number; time: number }[] {
  const step = stepOf(monitor.schedule);
  return regionNumbers(regions, monitor).flatMap((region) => {
    const last = lastSpanOf(lastSpans, step, [region]);
    if (last === null) return [];
    // The span ends where its last round's slot does: that round is the last that can count.
    const time = lastCheckAt(monitor.schedule, last.to - step);
    return time < monitor.addedAt ? [] : [{ monitor: monitor.number, region, time }];
  });
}

function resultKey(monitor: number, region: number): string {
  return `${monitor}/${region}`;
}
