/**
 * The values of metrics over a window, in pieces: single values where the window is short, else
 * rollups of hours or days and, for what is not rolled up yet, single values.
 */
import { type Distribution, distributionOf } from "../domain/distribution.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { day, hour, type RollupStep, rollupStart } from "../domain/rollup.ts";
import { countChecks } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";
import { readMetricRollups } from "../storage/metric-rollups.ts";
import { type MetricSeries, pushed, readMetricPoints } from "../storage/metrics.ts";
import {
  checksIn,
  type MetricSource,
  type MetricValue,
  readProbedValues,
  sourceKey,
} from "./metric-values.ts";

/** A stored series and where its values come from. */
export interface SourcedSeries extends MetricSeries {
  readonly source: MetricSource;
}

/** The values of one source of a metric in an hour or a day. */
export interface MetricPiece {
  readonly name: string;
  readonly source: MetricSource;
  /** Epoch seconds. */
  readonly start: number;
  readonly values: Distribution;
}

/** What a window is answered from. */
export interface Coverage {
  /** What is covered: the window asked for, from the beginning of its first hour or day. */
  readonly window: Span;
  readonly resolution: "raw" | "hour" | "day";
  /** Rollups of these steps that start in these windows. */
  readonly rollups: readonly { readonly step: RollupStep; readonly window: Span }[];
  /** Single values. */
  readonly raw: Span;
}

/** Windows up to this are answered from single values, seconds. */
const longestRaw = 3 * hour;
/** And up to this from hours. */
const longestHourly = 3 * day;
/** So many results are read of a window at most; of more, its rollups alone. */
const mostResults = 20_000;
/** An hour has been rolled up so long after its end. */
const rolledAfterSeconds = 300;

/** Decides what a window that ends now is answered from. */
export function resolve(
  seconds: number,
  by: "hour" | "day" | null,
  monitors: readonly Monitor[],
  now: number,
): Coverage {
  const from = now - seconds;
  const to = now + 1;
  const isFew = (span: Span) => resultsIn(monitors, span) <= mostResults;
  if (by === null && seconds <= longestRaw && isFew({ from, to })) {
    const window = { from, to: now };
    return { window, resolution: "raw", rollups: [], raw: { from, to } };
  }
  const live = rollupStart(hour, now - rolledAfterSeconds);
  const raw = isFew({ from: live, to }) ? { from: live, to } : { from: live, to: live };
  const end = raw.to === live ? live : now;
  if (by === "hour" || (by === null && seconds <= longestHourly)) {
    const first = Math.min(rollupStart(hour, from), live);
    const rollups = [{ step: hour, window: { from: first, to: live } }] as const;
    return { window: { from: first, to: end }, resolution: "hour", rollups, raw };
  }
  const first = rollupStart(day, from);
  const today = rollupStart(day, live);
  const rollups = [
    { step: day, window: { from: first, to: today } },
    { step: hour, window: { from: Math.max(first, today), to: live } },
  ] as const;
  return { window: { from: first, to: end }, resolution: "day", rollups, raw };
}

function resultsIn(monitors: readonly Monitor[], { from, to }: Span): number {
  return monitors.reduce(
    (sum, { schedule, regions }) => sum + regions.length * countChecks(schedule, from, to),
    0,
  );
}

/** Reads the pieces of some monitors' and of pushed metrics. */
export async function readPieces(
  db: D1Database,
  plan: Plan,
  monitors: readonly Monitor[],
  series: readonly SourcedSeries[],
  { rollups, raw }: Coverage,
): Promise<MetricPiece[]> {
  const numbers = new Map(series.map((one) => [one.number, one]));
  const pushedNumbers = series
    .filter(({ monitor }) => monitor === pushed)
    .map(({ number }) => number);
  const [rolled, probed, points] = await Promise.all([
    Promise.all(
      rollups
        .filter(({ window }) => window.to > window.from)
        .map(({ step, window }) => readMetricRollups(db, step, [...numbers.keys()], window)),
    ),
    readProbedValues(
      db,
      plan,
      monitors.flatMap((monitor) => checksIn(monitor, raw)),
    ),
    raw.to > raw.from ? readMetricPoints(db, pushedNumbers, raw) : [],
  ]);
  const fromRollups = rolled.flat().flatMap(({ series: number, start, values }): MetricPiece[] => {
    const one = numbers.get(number);
    return one === undefined ? [] : [{ name: one.name, source: one.source, start, values }];
  });
  const pushedValues = points.flatMap(({ series: number, at, value }): MetricValue[] => {
    const one = numbers.get(number);
    return one === undefined ? [] : [{ name: one.name, source: one.source, at, value }];
  });
  return [...fromRollups, ...piecesOf([...probed, ...pushedValues])];
}

/** Single values by hour and source. */
function piecesOf(values: readonly MetricValue[]): MetricPiece[] {
  const groups = Map.groupBy(
    values,
    ({ name, source, at }) => `${name} ${sourceKey(source)} ${rollupStart(hour, at)}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const start = rollupStart(hour, first.at);
    const all = distributionOf(group.map(({ value }) => value));
    return [{ name: first.name, source: first.source, start, values: all }];
  });
}
