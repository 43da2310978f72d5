/**
 * Benchmarks: one endpoint asked many times in a row from one region, in figures, and held against
 * an earlier run that was kept as the baseline.
 */
import type { Probe } from "./probes/probe.ts";
import { exactFigures, type LatencyFigures } from "./quantile.ts";
import type { FailureReason, OwnFault } from "./reason.ts";
import { responseTimeOf } from "./rollup.ts";
import type { Status } from "./status.ts";

/** One request of a benchmark. */
export interface BenchmarkRequest {
  readonly outcome: Status;
  /** Null where it is up. */
  readonly reason: FailureReason | OwnFault | null;
  /** Ms; null where no answer came. */
  readonly latencyMs: number | null;
}

/** What was asked for and what came of it. */
export interface BenchmarkRun {
  readonly count: number;
  readonly concurrency: number;
  /** Those that ran; the time budget may end before all have. */
  readonly requests: readonly BenchmarkRequest[];
  /** From the first request's start to the last one's end, pauses of ours left out, ms. */
  readonly elapsedMs: number;
}

/** A run in figures: response times are of answers that were up or degraded, all exact. */
export interface BenchmarkSummary extends LatencyFigures {
  readonly count: number;
  readonly concurrency: number;
  readonly answered: number;
  readonly failed: number;
  /** Could not be asked, by a fault of ours. */
  readonly unknown: number;
  /** Not begun: the time budget was spent. */
  readonly notRun: number;
  /** How many of the failed and the unknown, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Null where it was over within a millisecond. */
  readonly requestsPerSecond: number | null;
  readonly elapsedMs: number;
}

/** Sums up a run. */
export function summariseBenchmark(run: BenchmarkRun): BenchmarkSummary {
  const { count, concurrency, requests, elapsedMs } = run;
  const reasons: Record<string, number> = {};
  const latencies: number[] = [];
  const outcomes: Record<Status, number> = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const { outcome, reason, latencyMs } of requests) {
    outcomes[outcome] += 1;
    const failed = outcome === "down" || outcome === "unknown";
    if (failed && reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
    const latency = responseTimeOf({ outcome, latencyMs, attempts: 1 });
    if (latency !== null) latencies.push(latency);
  }
  return {
    count,
    concurrency,
    answered: outcomes.up + outcomes.degraded,
    failed: outcomes.down,
    unknown: outcomes.unknown,
    notRun: count - requests.length,
    reasons,
    ...exactFigures(latencies),
    requestsPerSecond:
      elapsedMs === 0 ? null : Math.round((requests.length * 100_000) / elapsedMs) / 100,
    elapsedMs,
  };
}

/** Fewer answers than this say too little to be held against others. */
export const leastForBaseline = 10;

/** Why a run cannot be the baseline of others; null where it can. */
export function whyNoBaseline(run: BenchmarkSummary): string | null {
  if (run.answered < leastForBaseline) {
    return `fewer than ${leastForBaseline} requests were answered`;
  }
  if (run.failed > 0) return "requests failed";
  return run.notRun > 0 ? "the time ended before all requests were run" : null;
}

/** How far a figure may lie above the baseline's: by both, so that a millisecond is no alarm. */
export interface Tolerance {
  /** A fraction of the baseline. */
  readonly ratio: number;
  readonly ms: number;
}

export const benchmarkTolerance: Tolerance = { ratio: 0.2, ms: 10 };

/** The figures that are held against the baseline's. */
export const comparedFigures = ["averageMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms"] as const;
export type ComparedFigure = (typeof comparedFigures)[number];

/** The median tells a slower target, p95 a slower tail; p99 of 200 requests is two of them. */
const decisive: readonly ComparedFigure[] = ["p50Ms", "p95Ms"];

/** One figure beside the baseline's. */
export interface FigureComparison {
  readonly baselineMs: number;
  readonly differenceMs: number;
  /** This run's divided by the baseline's; null where that is 0. */
  readonly ratio: number | null;
  readonly slower: boolean;
}

export type BenchmarkVerdict = "slower" | "faster" | "as-before" | "not-comparable";

/** A run beside its baseline. */
export interface BenchmarkComparison {
  readonly verdict: BenchmarkVerdict;
  /** Why it cannot be compared; null where it can. */
  readonly because: string | null;
  readonly tolerance: Tolerance;
  /** Those that both have. */
  readonly figures: Readonly<Partial<Record<ComparedFigure, FigureComparison>>>;
}

/** What a baseline is held against by. */
export type Baseline = Pick<BenchmarkSummary, ComparedFigure | "concurrency">;

/**
 * Holds a run against a baseline: slower where its median or its p95 lies above the baseline's by
 * more than the tolerance, faster where one lies as far below and neither above.
 */
export function compareBenchmark(
  run: BenchmarkSummary,
  baseline: Baseline,
  tolerance: Tolerance = benchmarkTolerance,
): BenchmarkComparison {
  const figures: Partial<Record<ComparedFigure, FigureComparison>> = {};
  for (const name of comparedFigures) {
    const compared = compareFigure(run[name], baseline[name], tolerance);
    if (compared !== null) figures[name] = compared;
  }
  const because = whyNotComparable(run, baseline);
  if (because !== null) return { verdict: "not-comparable", because, tolerance, figures };
  const changes = decisive.map((name) => changeOf(run[name], baseline[name], tolerance));
  const verdict = (["slower", "faster"] as const).find((one) => changes.includes(one));
  return { verdict: verdict ?? "as-before", because, tolerance, figures };
}

function whyNotComparable(run: BenchmarkSummary, baseline: Baseline): string | null {
  if (run.answered < leastForBaseline) {
    return `fewer than ${leastForBaseline} requests were answered`;
  }
  return run.concurrency === baseline.concurrency
    ? null
    : `the baseline was run with a concurrency of ${baseline.concurrency}`;
}

function compareFigure(
  ms: number | null,
  baselineMs: number | null,
  tolerance: Tolerance,
): FigureComparison | null {
  if (ms === null || baselineMs === null) return null;
  return {
    baselineMs,
    differenceMs: Math.round((ms - baselineMs) * 1000) / 1000,
    ratio: baselineMs === 0 ? null : Math.round((ms / baselineMs) * 1000) / 1000,
    slower: changeOf(ms, baselineMs, tolerance) === "slower",
  };
}

function changeOf(
  ms: number | null,
  baselineMs: number | null,
  tolerance: Tolerance,
): "slower" | "faster" | null {
  if (ms === null || baselineMs === null) return null;
  const allowed = Math.max(tolerance.ms, baselineMs * tolerance.ratio);
  if (ms - baselineMs > allowed) return "slower";
  return baselineMs - ms > allowed ? "faster" : null;
}

/** Subrequests that one invocation may make on the free plan are 50; some are left for our own. */
const subrequestsPerCall = 40;

/** Calls of a region's object in one run: they are subrequests of the probe Worker. */
const mostCalls = 30;

/** No run asks more often. */
export const mostRequests = 200;

/** What one attempt at a probe takes of an invocation's subrequests, every redirect counted. */
export function subrequestsOf(probe: Probe): number {
  switch (probe.kind) {
    case "http":
      return 1 + (probe.redirects ?? 0);
    case "transaction":
      return probe.steps.reduce((sum, step) => sum + 1 + (step.redirects ?? 0), 0);
    default:
      // The probe, and the look-ups that tell whether its host is at Cloudflare.
      return 3;
  }
}

/**
 * How many requests one call of a region's object makes: whole turns of `concurrency` where they
 * fit what an invocation may ask.
 */
export function requestsPerCall(probe: Probe, concurrency: number): number {
  const most = Math.max(1, Math.floor(subrequestsPerCall / subrequestsOf(probe)));
  return most < concurrency ? most : Math.floor(most / concurrency) * concurrency;
}

/** How many requests a benchmark of a probe may ask for. */
export function mostRequestsOf(probe: Probe, concurrency: number): number {
  return Math.min(mostRequests, mostCalls * requestsPerCall(probe, concurrency));
}
