/** What some results came to, with their response times one by one or as a sketch; can be added up. */
import { type Distribution, distributionOf, mergeDistributions } from "../domain/distribution.ts";
import { exactFigures, type LatencyFigures, sketchedFigures } from "../domain/quantile.ts";
import { type RolledResult, type Rollup, responseTimeOf } from "../domain/rollup.ts";
import type { Status } from "../domain/status.ts";

export interface Tally {
  /** Results by outcome. */
  readonly outcomes: Readonly<Record<Status, number>>;
  /** Ms, of the results that have one. */
  readonly latencies:
    | { readonly kind: "exact"; readonly values: readonly number[] }
    | { readonly kind: "sketched"; readonly distribution: Distribution };
}

const none: Tally["outcomes"] = { up: 0, degraded: 0, down: 0, unknown: 0 };

/** The tally of results, every response time kept. */
export function tallyResults(results: readonly RolledResult[]): Tally {
  const outcomes = { ...none };
  const values: number[] = [];
  for (const result of results) {
    outcomes[result.outcome] += 1;
    const latency = responseTimeOf(result);
    if (latency !== null) values.push(latency);
  }
  return { outcomes, latencies: { kind: "exact", values } };
}

/** The tally of a rollup. */
export function tallyRollup({ outcomes, latency }: Rollup): Tally {
  return { outcomes, latencies: { kind: "sketched", distribution: latency } };
}

/** The tally of all the results of some tallies; exact where each of them is. */
export function mergeTallies(tallies: readonly Tally[]): Tally {
  const [only] = tallies;
  if (only !== undefined && tallies.length === 1) return only;
  const outcomes = { ...none };
  for (const tally of tallies) {
    outcomes.up += tally.outcomes.up;
    outcomes.degraded += tally.outcomes.degraded;
    outcomes.down += tally.outcomes.down;
    outcomes.unknown += tally.outcomes.unknown;
  }
  return { outcomes, latencies: mergeLatencies(tallies) };
}

function mergeLatencies(tallies: readonly Tally[]): Tally["latencies"] {
  const exact = tallies.flatMap(({ latencies }) =>
    latencies.kind === "exact" ? [latencies.values] : [],
  );
  if (exact.length === tallies.length) return { kind: "exact", values: exact.flat() };
  const distribution = mergeDistributions(
    tallies.map(({ latencies }) =>
      latencies.kind === "exact" ? distributionOf(latencies.values) : latencies.distribution,
    ),
  );
  return { kind: "sketched", distribution };
}

/** The response times of a tally in figures. */
export function figuresOf({ latencies }: Tally): LatencyFigures {
  return latencies.kind === "exact"
    ? exactFigures(latencies.values)
    : sketchedFigures(latencies.distribution);
}
