/** Response times in figures: the ones shown wherever response times are. */
import { type Distribution, meanOf, percentiles } from "./distribution.ts";
import { exactQuantile } from "./sketch.ts";

/** Ms; all null where nothing was measured. */
export interface LatencyFigures {
  readonly averageMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

/** Ascending. */
const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/** The figures of response times in ms, every quantile exact: one of the numbers, by nearest rank. */
export function exactFigures(latencies: readonly number[]): LatencyFigures {
  const ascending = [...Float64Array.from(latencies).sort()];
  let sum = 0;
  for (const latency of ascending) sum += latency;
  return figures(
    ascending.length === 0 ? null : sum / ascending.length,
    quantiles.map((q) => exactQuantile(ascending, q)),
    { min: ascending[0] ?? null, max: ascending.at(-1) ?? null },
  );
}

/** The figures of a distribution of ms: quantiles within the sketch's relative error. */
export function sketchedFigures(latency: Distribution): LatencyFigures {
  return figures(meanOf(latency), percentiles(latency, quantiles), latency);
}

function figures(
  average: number | null,
  [p50, p90, p95, p99, p999]: readonly (number | null)[],
  { min, max }: Pick<Distribution, "min" | "max">,
): LatencyFigures {
  return {
    averageMs: rounded(average),
    p50Ms: rounded(p50),
    p90Ms: rounded(p90),
    p95Ms: rounded(p95),
    p99Ms: rounded(p99),
    p999Ms: rounded(p999),
    minMs: min,
    maxMs: max,
  };
}

/** To the microsecond: finer than any clock that measured it. */
function rounded(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
