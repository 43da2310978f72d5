/** Reads what a window's figures are made of, in pieces that fit a Worker's memory. */
import type { Monitor, Region } from "../domain/monitor.ts";
import { hour, type RollupStep, rollupStart } from "../domain/rollup.ts";
import { lengthOf, type Span } from "../domain/span.ts";
import { readTimedResults, type TimedResult } from "../storage/raw-latencies.ts";
import { readWork } from "../storage/rollup-work.ts";
import { readRollups, type StoredRollup } from "../storage/rollups.ts";
import { expectedResults, mostResults, type Resolution } from "./performance-resolution.ts";
import { mergeTallies, type Tally, tallyResults, tallyRollup } from "./performance-tally.ts";

/** What is read. */
export interface PerformanceSource {
  readonly monitors: readonly Monitor[];
  readonly regions: readonly Region[];
  readonly resolution: Resolution;
  /** Whole hours or days, where it is made of those. */
  readonly covered: Span;
  /** Seconds of a point of the series; null where there is none. */
  readonly by: RollupStep | null;
}

/** Tallies by what they are of; what has no results has none. */
export interface PerformanceMaterial {
  /** By `seriesKey`. */
  readonly series: ReadonlyMap<string, Tally>;
  /** By `pointKey`, of all monitors. */
  readonly points: ReadonlyMap<string, Tally>;
  /** Up to when rollups are there: the end of the window, or before it. */
  readonly until: number;
  readonly pendingHours: number;
}

/** One monitor in one region, by their numbers. */
export function seriesKey(monitor: number, region: number): string {
  return `${monitor}/${region}`;
}

/** All monitors in one region, from `start`. */
export function pointKey(region: number, start: number): string {
  return `${region}/${start}`;
}

/** So many rollups are in memory at once, about. */
const rollupsAtOnce = 5_000;

/** Hours that are not rolled up yet are read as results, the newest of them. */
const mostRawHours = 3;

/** A tally of one monitor in one region, in a stretch of time from `start`. */
interface Part {
  readonly monitor: number;
  readonly region: number;
  readonly start: number;
  readonly tally: Tally;
}

/** Reads the material of an answer: a row for each result, hour or day, and a few more. */
export async function readPerformance(
  db: D1Database,
  source: PerformanceSource,
): Promise<PerformanceMaterial> {
  const { covered, resolution, by } = source;
  if (resolution === "result") {
    const material = fold(partsOf(await readOwn(db, source, covered), by), source);
    return { ...material, until: covered.to, pendingHours: 0 };
  }
  // Asked first: an hour that is rolled up meanwhile is read as results all the same.
  const pending = await readPendingHours(db, covered);
  const raw = resolution === "hour" ? rawHours(source, pending) : [];
  const material = await readRolledUp(db, source, new Set(raw));
  const results = await Promise.all(
    raw.map((start) => readOwn(db, source, { from: start, to: start + hour })),
  );
  const late = fold(partsOf(results.flat(), by ?? hour), source);
  const missing = pending.filter((start) => !raw.includes(start));
  return {
    series: merged([material.series, late.series]),
    points: merged([material.points, late.points]),
    until: coveredUntil(covered, missing),
    pendingHours: missing.length,
  };
}

/** The hours of a window that are still to be rolled up, ascending. */
async function readPendingHours(db: D1Database, window: Span): Promise<number[]> {
  const work = await readWork(db, window.to);
  return work
    .filter(({ step, start }) => step === hour && start >= window.from && start < window.to)
    .map(({ start }) => start);
}

function rawHours({ monitors }: PerformanceSource, pending: readonly number[]): number[] {
  const most = Math.floor(mostResults / Math.max(1, expectedResults(monitors, hour)));
  const count = Math.min(mostRawHours, most);
  return count === 0 ? [] : pending.slice(-count);
}

/** The end of the window, without the hours missing there. */
function coveredUntil({ from, to }: Span, missing: readonly number[]): number {
  let until = to;
  // A day goes on after the newest hour: what has not begun is not missing.
  const last = missing.at(-1);
  if (last !== undefined && last + hour < to) until = last + hour;
  while (missing.includes(until - hour)) until -= hour;
  return Math.max(from, until);
}

/** Of a monitor in its present life: one that was removed and came back starts anew. */
async function readOwn(
  db: D1Database,
  { monitors, regions }: PerformanceSource,
  window: Span,
): Promise<TimedResult[]> {
  const range = { from: monitors[0]?.number ?? 0, to: 0 };
  for (const { number } of monitors) {
    range.from = Math.min(range.from, number);
    range.to = Math.max(range.to, number);
  }
  if (monitors.length === 0 || lengthOf(window) <= 0) return [];
  const addedAt = addedAtOf(monitors);
  const wanted = new Set(regions.map(({ number }) => number));
  const results = await readTimedResults(db, window, range);
  return results.filter(
    ({ monitor, region, time }) =>
      wanted.has(region) && time >= (addedAt.get(monitor) ?? Number.POSITIVE_INFINITY),
  );
}

async function readRolledUp(
  db: D1Database,
  source: PerformanceSource,
  leftOut: ReadonlySet<number>,
): Promise<Folded> {
  const { monitors, regions, covered, resolution } = source;
  const step = resolution === "day" ? 86_400 : hour;
  const addedAt = addedAtOf(monitors);
  const perMonitor = Math.max(1, (regions.length * lengthOf(covered)) / step);
  const atOnce = Math.max(1, Math.floor(rollupsAtOnce / perMonitor));
  const folded: Folded[] = [];
  for (let index = 0; index < monitors.length; index += atOnce) {
    const some = monitors.slice(index, index + atOnce).map(({ number }) => number);
    const wanted = { monitors: some, regions: regions.map(({ number }) => number) };
    const rollups = await readRollups(db, step, wanted, covered);
    const own = rollups.filter(
      ({ monitor, start }) => start + step > (addedAt.get(monitor) ?? 0) && !leftOut.has(start),
    );
    folded.push(fold(own.map(partOfRollup), source));
  }
  return {
    series: merged(folded.map(({ series }) => series)),
    points: merged(folded.map(({ points }) => points)),
  };
}

function addedAtOf(monitors: readonly Monitor[]): Map<number, number> {
  return new Map(monitors.map(({ number, addedAt }) => [number, addedAt]));
}

function partOfRollup({ monitor, region, start, rollup }: StoredRollup): Part {
  return { monitor, region, start, tally: tallyRollup(rollup) };
}

/** Results by monitor, region and stretch of time; the whole is one stretch where `by` is null. */
function partsOf(results: readonly TimedResult[], by: RollupStep | null): Part[] {
  const groups = Map.groupBy(results, ({ monitor, region, time }) => {
    return `${monitor}/${region}/${by === null ? 0 : rollupStart(by, time)}`;
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const start = by === null ? 0 : rollupStart(by, first.time);
    return [{ monitor: first.monitor, region: first.region, start, tally: tallyResults(group) }];
  });
}

type Folded = Pick<PerformanceMaterial, "series" | "points">;

function fold(parts: readonly Part[], { by }: PerformanceSource): Folded {
  const series = groupTallies(parts, ({ monitor, region }) => seriesKey(monitor, region));
  if (by === null) return { series, points: new Map() };
  const points = groupTallies(parts, ({ region, start }) =>
    pointKey(region, rollupStart(by, start)),
  );
  return { series, points };
}

function groupTallies(parts: readonly Part[], keyOf: (part: Part) => string): Map<string, Tally> {
  return new Map(
    [...Map.groupBy(parts, keyOf)].map(([key, group]) => [
      key,
      mergeTallies(group.map(({ tally }) => tally)),
    ]),
  );
}

function merged(maps: readonly ReadonlyMap<string, Tally>[]): ReadonlyMap<string, Tally> {
  const [only] = maps;
  if (only !== undefined && maps.length === 1) return only;
  const entries = maps.flatMap((map) => [...map]);
  return new Map(
    [...Map.groupBy(entries, ([key]) => key)].map(([key, group]) => [
      key,
      mergeTallies(group.map(([, tally]) => tally)),
    ]),
  );
}
