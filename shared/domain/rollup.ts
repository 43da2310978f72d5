/**
 * Rollups: what a monitor's results in one region came to in an hour or a day (UTC). An hour is
 * folded from results, a day is merged from hours, and any longer time from either.
 */
import {
  type Distribution,
  distributionOf,
  emptyDistribution,
  mergeDistributions,
} from "./distribution.ts";
import type { Status } from "./status.ts";

/** How long a rollup's time is, seconds. */
export const hour = 3600;
export const day = 86_400;
export const rollupSteps = [hour, day] as const;
export type RollupStep = (typeof rollupSteps)[number];

/** What some results came to. */
export interface Rollup {
  /** Results by outcome. */
  readonly outcomes: Readonly<Record<Status, number>>;
  readonly attempts: number;
  /** Response times in ms, of the results that have one (see `responseTimeOf`). */
  readonly latency: Distribution;
}

export const emptyRollup: Rollup = {
  outcomes: { up: 0, degraded: 0, down: 0, unknown: 0 },
  attempts: 0,
  latency: emptyDistribution,
};

/** What a rollup takes from a result. */
export interface RolledResult {
  readonly outcome: Status;
  readonly attempts: number;
  /** Ms, as measured; null where nothing was. */
  readonly latencyMs: number | null;
}

/**
 * A result's response time in ms; null where it has none. What failed has none: an error page that
 * comes at once would make a target look fast, and a timeout says only when we gave up.
 */
export function responseTimeOf({ outcome, latencyMs }: RolledResult): number | null {
  return outcome === "up" || outcome === "degraded" ? latencyMs : null;
}

/** The rollup of some results. Their order does not matter. */
export function rollUp(results: readonly RolledResult[]): Rollup {
  const outcomes = { ...emptyRollup.outcomes };
  let attempts = 0;
  const latencies: number[] = [];
  for (const result of results) {
    outcomes[result.outcome] += 1;
    attempts += result.attempts;
    const latency = responseTimeOf(result);
    if (latency !== null) latencies.push(latency);
  }
  return { outcomes, attempts, latency: distributionOf(latencies) };
}

/** The rollup of all the results of some rollups: associative, commutative. */
export function mergeRollups(rollups: readonly Rollup[]): Rollup {
  const outcomes = { ...emptyRollup.outcomes };
  let attempts = 0;
  for (const rollup of rollups) {
    outcomes.up += rollup.outcomes.up;
    outcomes.degraded += rollup.outcomes.degraded;
    outcomes.down += rollup.outcomes.down;
    outcomes.unknown += rollup.outcomes.unknown;
    attempts += rollup.attempts;
  }
  return { outcomes, attempts, latency: mergeDistributions(rollups.map(({ latency }) => latency)) };
}

/** How many results a rollup holds. */
export function resultsIn({ outcomes }: Rollup): number {
  return outcomes.up + outcomes.degraded + outcomes.down + outcomes.unknown;
}

/** The start of the rollup that a time falls into, epoch seconds. */
export function rollupStart(step: RollupStep, time: number): number {
  return Math.floor(time / step) * step;
}
