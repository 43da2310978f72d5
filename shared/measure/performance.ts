/** Response times, error rate and throughput of monitors in a window, by region and over all. */
import type {
  PerformanceDocument,
  PerformanceFigures,
  PerformancePoint,
} from "../contract/api/performance.ts";
import type { FieldError } from "../contract/api/problem.ts";
import { freshness } from "../domain/freshness.ts";
import type { Monitor, Region } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { rollupStart } from "../domain/rollup.ts";
import { relativeError } from "../domain/sketch.ts";
import type { Span } from "../domain/span.ts";
import { type ThresholdState, thresholdState } from "../domain/threshold.ts";
import { instant, instantOrNull } from "../instant.ts";
import { readKeptFrom } from "../storage/retention.ts";
import type { Present } from "./material.ts";
import {
  type PerformanceMaterial,
  pointKey,
  readPerformance,
  seriesKey,
} from "./performance-read.ts";
import {
  chooseResolution,
  type Resolution,
  type SeriesStep,
  secondsOf,
} from "./performance-resolution.ts";
import { figuresOf, mergeTallies, type Tally } from "./performance-tally.ts";
import { windowDocument } from "./window.ts";

/** What is asked for. */
export interface PerformanceRequest {
  readonly window: Span;
  /** Heartbeats among them are left out: nobody times them. */
  readonly monitors: readonly Monitor[];
  readonly regions: readonly Region[];
  readonly by: SeriesStep | null;
  /** Whether each monitor's figures are wanted by region, too. */
  readonly eachRegion: boolean;
}

/** Up to the first of two it is ok, above the second critical. */
interface Above {
  readonly warning: number;
  readonly critical: number;
}

/** What figures are held against. */
export interface PerformanceThresholds {
  /** Of p95, ms. */
  readonly responseTimeMs: Above;
  /** A fraction. */
  readonly errorRate: Above;
}

export const usualPerformanceThresholds: PerformanceThresholds = {
  responseTimeMs: { warning: 1_000, critical: 2_000 },
  errorRate: { warning: 0.05, critical: 0.1 },
};

/**
 * The thresholds of a plan: those of its metrics `responseTimeP95Ms` (ms) and `errorRatePercent`,
 * so that what probes see and what NetPost tells is held against the same; the usual ones where
 * the plan has none.
 */
export function performanceThresholds({
  metrics = [],
}: Pick<Plan, "metrics">): PerformanceThresholds {
  const ofMetric = (name: string) => {
    const thresholds = metrics.find((metric) => metric.name === name)?.thresholds ?? null;
    return thresholds?.direction === "above" ? thresholds : null;
  };
  const responseTime = ofMetric("responseTimeP95Ms");
  const errorRate = ofMetric("errorRatePercent");
  const usual = usualPerformanceThresholds;
  return {
    responseTimeMs: responseTime
      ? { warning: responseTime.warning, critical: responseTime.critical }
      : usual.responseTimeMs,
    errorRate: errorRate
      ? { warning: errorRate.warning / 100, critical: errorRate.critical / 100 }
      : usual.errorRate,
  };
}

/** All that was asked for, measured. */
export interface MeasuredPerformance {
  readonly resolution: Resolution;
  readonly covered: Span;
  readonly pendingHours: number;
  readonly overall: PerformanceFigures;
  readonly regions: Readonly<Record<string, PerformanceFigures>>;
  readonly monitors: readonly MeasuredMonitor[];
  readonly series: PerformanceDocument["series"];
}

export interface MeasuredMonitor {
  readonly monitor: Monitor;
  readonly overall: PerformanceFigures;
  /** By region id; none where nobody asked for them. */
  readonly regions: Readonly<Record<string, PerformanceFigures>>;
}

export type PerformanceAnswer<T> =
  | { readonly ok: true; readonly measured: T }
  /** What was asked for cannot be answered, by parameter. */
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Measures performance: a row read for each result, hour or day, whichever the window takes. */
export async function measurePerformance(
  db: D1Database,
  request: PerformanceRequest,
  thresholds: PerformanceThresholds = usualPerformanceThresholds,
): Promise<PerformanceAnswer<MeasuredPerformance>> {
  const { by, regions } = request;
  const monitors = request.monitors.filter(({ probe }) => probe.kind !== "heartbeat");
  const chosen = chooseResolution({ ...request, monitors }, await readKeptFrom(db));
  if (!chosen.ok) return chosen;
  const { resolution, covered: wanted } = chosen;
  const step = by === null ? null : secondsOf[by];
  const source = { monitors, regions, resolution, covered: wanted, by: step };
  const material = await readPerformance(db, source);
  const covered = { from: wanted.from, to: material.until };
  const figures = (of: readonly Monitor[], tallies: readonly Tally[]) =>
    figuresDocument(mergeTallies(tallies), ownTime(covered, of), thresholds);
  const tallies = (of: readonly Monitor[], where: readonly Region[]) =>
    of.flatMap(({ number }) =>
      where.flatMap((region) => material.series.get(seriesKey(number, region.number)) ?? []),
    );
  const byRegion = (of: readonly Monitor[], where: readonly Region[]) =>
    Object.fromEntries(where.map((one) => [one.id, figures(of, tallies(of, [one]))]));
  const measured = {
    resolution,
    covered,
    pendingHours: material.pendingHours,
    overall: figures(monitors, tallies(monitors, regions)),
    regions: byRegion(monitors, regions),
    monitors: monitors.map((monitor) => {
      const own = regions.filter(({ id }) => monitor.regions.includes(id));
      return {
        monitor,
        overall: figures([monitor], tallies([monitor], regions)),
        regions: request.eachRegion ? byRegion([monitor], own) : {},
      };
    }),
    series: by === null ? null : seriesDocument(by, covered, regions, material.points),
  };
  return { ok: true, measured };
}

/** The answer of GET /api/monitoring/performance. */
export async function performanceDocument(
  db: D1Database,
  present: Present,
  request: Omit<PerformanceRequest, "eachRegion">,
): Promise<PerformanceAnswer<PerformanceDocument>> {
  const thresholds = performanceThresholds(present.plan);
  const answer = await measurePerformance(db, { ...request, eachRegion: true }, thresholds);
  if (!answer.ok) return answer;
  const { monitors, covered, resolution, ...measured } = answer.measured;
  const { asOf, stale } = freshness(present.now, present.lastSpans);
  return {
    ok: true,
    measured: {
      window: windowDocument(request.window),
      covered: windowDocument(covered),
      resolution,
      relativeError: resolution === "result" ? 0 : relativeError,
      asOf: instantOrNull(asOf),
      stale,
      thresholds: {
        responseTimeMs: { ...thresholds.responseTimeMs },
        errorRate: { ...thresholds.errorRate },
      },
      ...measured,
      regions: { ...measured.regions },
      monitors: monitors.map(({ monitor: { id, name, group }, overall, regions }) => {
        return { id, name, group, overall, regions: { ...regions } };
      }),
    },
  };
}

/** The part of a window in which any of some monitors existed. */
function ownTime({ from, to }: Span, monitors: readonly Monitor[]): Span {
  const added = monitors.reduce(
    (least, { addedAt }) => Math.min(least, addedAt),
    Number.POSITIVE_INFINITY,
  );
  return { from: Math.max(from, Math.min(added, to)), to };
}

function countsOf({ outcomes }: Tally) {
  const { up, degraded, down, unknown } = outcomes;
  const known = up + degraded + down;
  return {
    count: known + unknown,
    known,
    failed: down,
    errorRate: known === 0 ? null : down / known,
  };
}

function figuresDocument(
  tally: Tally,
  { from, to }: Span,
  thresholds: PerformanceThresholds,
): PerformanceFigures {
  const counts = countsOf(tally);
  const latency = figuresOf(tally);
  const responseTime = stateOf(latency.p95Ms, thresholds.responseTimeMs);
  const errorRate = stateOf(counts.errorRate, thresholds.errorRate);
  return {
    ...counts,
    ...latency,
    checksPerMinute: to > from ? Math.round((counts.count * 60_000) / (to - from)) / 1000 : null,
    state: { overall: worse(responseTime, errorRate), responseTime, errorRate },
  };
}

function stateOf(value: number | null, above: Above): ThresholdState | null {
  return value === null ? null : thresholdState(value, { direction: "above", ...above });
}

function worse(...states: readonly (ThresholdState | null)[]): ThresholdState | null {
  const found = (["critical", "warning", "ok"] as const).find((one) => states.includes(one));
  return found ?? null;
}

/** A point for each hour or day, also where nothing was seen: a chart shows the gap. */
function seriesDocument(
  by: SeriesStep,
  { from, to }: Span,
  regions: readonly Region[],
  points: PerformanceMaterial["points"],
): PerformanceDocument["series"] {
  const step = secondsOf[by];
  const starts: number[] = [];
  for (let start = rollupStart(step, from); start < to; start += step) starts.push(start);
  const pointOf = (start: number, where: readonly Region[]): PerformancePoint => {
    const tally = mergeTallies(
      where.flatMap(({ number }) => points.get(pointKey(number, start)) ?? []),
    );
    return { start: instant(start), ...countsOf(tally), ...figuresOf(tally) };
  };
  const seriesOf = (where: readonly Region[]) => starts.map((start) => pointOf(start, where));
  return {
    by,
    overall: seriesOf(regions),
    regions: Object.fromEntries(regions.map((region) => [region.id, seriesOf([region])])),
  };
}
