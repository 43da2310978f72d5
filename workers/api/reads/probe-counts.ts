/** What probes came to since the day began: counters for a scrape. */
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  day,
  hour,
  mergeRollups,
  type Rollup,
  rollUp,
  rollupStart,
} from "../../../shared/domain/rollup.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { expectedResults, mostResults } from "../../../shared/measure/performance-resolution.ts";
import { rollupKey } from "../../../shared/measure/rollups-of-window.ts";
import { readTimedResults, type TimedResult } from "../../../shared/storage/raw-latencies.ts";
import { readRollups } from "../../../shared/storage/rollups.ts";
import { readPendingHours } from "../../../shared/storage/scrape.ts";

/** What the results since a time came to. */
export interface ProbeCounts {
  /** Epoch seconds: the beginning of the day, UTC. */
  readonly since: number;
  /** By `rollupKey`; null where there is too much to be counted for every scrape. */
  readonly byProbe: ReadonlyMap<string, Rollup> | null;
}

/** Results that come late are of so many stretches of time at most; more are not counted. */
const mostStretches = 6;

/**
 * Counts the results since the day began (UTC), so that what is read does not grow with history: a
 * rollup for each hour, monitor and region, and single results of the hours that are not rolled up
 * yet, or not with all that came late. While the day lasts a count never becomes less.
 *
 * @param now epoch seconds
 * @throws where the database fails
 */
export async function readProbeCounts(
  db: D1Database,
  plan: Plan,
  now: number,
): Promise<ProbeCounts> {
  const since = rollupStart(day, now);
  const { monitors } = plan;
  // Asked first: an hour that is rolled up in between is read as results.
  const pending = await readPendingHours(db, since);
  const stretches = stretchesOf(pending);
  const expected = expectedResults(monitors, pending.length * hour);
  if (stretches.length > mostStretches || expected > mostResults) return { since, byProbe: null };
  const regions = placesOf(plan).map(({ number }) => number);
  const numbers = monitors.map(({ number }) => number);
  const window = { from: since, to: since + day };
  const [rolled, ...live] = await Promise.all([
    readRollups(db, hour, { monitors: numbers, regions }, window),
    ...stretches.map((stretch) => readStretch(db, monitors, stretch)),
  ]);
  const left = new Set(pending);
  const parts = new Map<string, Rollup[]>();
  const add = (monitor: number, region: number, rollup: Rollup) => {
    const key = rollupKey(monitor, region);
    parts.set(key, [...(parts.get(key) ?? []), rollup]);
  };
  for (const { monitor, region, start, rollup } of rolled) {
    if (!left.has(start)) add(monitor, region, rollup);
  }
  const groups = Map.groupBy(live.flat(), ({ monitor, region }) => rollupKey(monitor, region));
  for (const group of groups.values()) {
    const [first] = group;
    if (first !== undefined) add(first.monitor, first.region, rollUp(group));
  }
  const byProbe = new Map([...parts].map(([key, some]) => [key, mergeRollups(some)]));
  return { since, byProbe };
}

/** Hours that follow each other are read together. */
function stretchesOf(hours: readonly number[]): Span[] {
  const stretches: Span[] = [];
  for (const start of hours) {
    const last = stretches.at(-1);
    if (last?.to === start) stretches[stretches.length - 1] = { ...last, to: start + hour };
    else stretches.push({ from: start, to: start + hour });
  }
  return stretches;
}

async function readStretch(
  db: D1Database,
  monitors: readonly Monitor[],
  stretch: Span,
): Promise<TimedResult[]> {
  const numbers = monitors.map(({ number }) => number);
  if (numbers.length === 0) return [];
  return readTimedResults(db, stretch, { from: Math.min(...numbers), to: Math.max(...numbers) });
}
