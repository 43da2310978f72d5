/** One monitor's availability in one scope, and the sums of many. */
import type { Measured, Total } from "../contract/api/sla.ts";
import {
  type Availability,
  availabilityOf,
  type Observation,
  timeline,
} from "../domain/availability.ts";
import type { Monitor } from "../domain/monitor.ts";
import { type OutageFigures, outageFigures, outagesOf } from "../domain/outages.ts";
import { countChecks } from "../domain/schedule.ts";
import { errorBudget } from "../domain/slo.ts";
import { intersect, normalise, totalSeconds } from "../domain/span.ts";
import { instant } from "../instant.ts";

/** What one scope of a monitor is measured by. */
export interface Observed {
  readonly monitor: Monitor;
  readonly observation: Observation;
  /** Of the period asked for, still to come and not excluded; see `errorBudget`. */
  readonly restSeconds: number;
  readonly listOutages: boolean;
}

/** Measures one scope of a monitor. */
export function measure({ monitor, observation, restSeconds, listOutages }: Observed): Measured {
  const { window, covered, excluded } = observation;
  const { sloTarget: target, schedule } = monitor;
  const segments = timeline(observation);
  const seen = availabilityOf(segments, totalSeconds(intersect([window], excluded)));
  const outages = outagesOf(segments);
  const good = seen.upSeconds + seen.degradedSeconds;
  const coveredChecks = intersect(normalise([window]), covered).reduce(
    (sum, span) => sum + countChecks(schedule, span.from, span.to),
    0,
  );
  return {
    ...availabilityFields(seen, outageFigures(outages, good)),
    target,
    met: seen.availability === null ? null : seen.availability >= target,
    budget: { ...errorBudget(target, seen.downSeconds, good + seen.downSeconds, restSeconds) },
    coverage: coverage(countChecks(schedule, window.from, window.to), coveredChecks),
    ...(listOutages
      ? {
          outageList: outages.map(({ from, to, downSeconds }) => ({
            from: instant(from),
            to: instant(to),
            downSeconds,
            ongoing: to === window.to,
          })),
        }
      : {}),
  };
}

/** A measurement and how much it counts. */
export interface Weighted {
  readonly measured: Measured;
  readonly weight: number;
}

/**
 * Sums measurements. Seconds and outages are plain sums; in availability and its bounds every
 * second of a monitor counts as often as its weight says.
 */
export function total(list: readonly Weighted[]): Total {
  const sum = (of: (one: Measured) => number) =>
    list.reduce((all, { measured }) => all + of(measured), 0);
  const weigh = (of: (one: Measured) => number) =>
    list.reduce((all, { measured, weight }) => all + weight * of(measured), 0);
  const good = weigh((one) => one.upSeconds + one.degradedSeconds);
  const valid = good + weigh((one) => one.downSeconds);
  const unknown = weigh((one) => one.unknownSeconds);
  const seen: Availability = {
    upSeconds: sum((one) => one.upSeconds),
    degradedSeconds: sum((one) => one.degradedSeconds),
    downSeconds: sum((one) => one.downSeconds),
    unknownSeconds: sum((one) => one.unknownSeconds),
    excludedSeconds: sum((one) => one.excludedSeconds),
    availability: fraction(good, valid),
    worst: fraction(good, valid + unknown),
    best: fraction(good + unknown, valid + unknown),
  };
  const outages = sum((one) => one.outages);
  return {
    ...availabilityFields(seen, {
      outages,
      mttrSeconds: fraction(seen.downSeconds, outages),
      mtbfSeconds: fraction(seen.upSeconds + seen.degradedSeconds, outages),
      longestOutageSeconds: list.reduce<number | null>((longest, { measured }) => {
        const own = measured.longestOutageSeconds;
        return own === null ? longest : Math.max(longest ?? 0, own);
      }, null),
    }),
    coverage: coverage(
      sum((one) => one.coverage.expectedChecks),
      sum((one) => one.coverage.coveredChecks),
    ),
  };
}

/** A fraction in percent, rounded down to 4 decimals: what misses its target must not look met. */
export function toPercent(part: number): number {
  // The inner rounding takes away what floating point put in: 0.29 × 100 is 28.999999999999996.
  return Math.floor(Number((part * 1e6).toFixed(3))) / 1e4;
}

function availabilityFields(seen: Availability, figures: OutageFigures) {
  return {
    availability: seen.availability,
    percent: seen.availability === null ? null : toPercent(seen.availability),
    worst: seen.worst,
    best: seen.best,
    upSeconds: seen.upSeconds,
    degradedSeconds: seen.degradedSeconds,
    downSeconds: seen.downSeconds,
    unknownSeconds: seen.unknownSeconds,
    excludedSeconds: seen.excludedSeconds,
    ...figures,
  };
}

function coverage(expectedChecks: number, coveredChecks: number) {
  return { expectedChecks, coveredChecks, fraction: fraction(coveredChecks, expectedChecks) };
}

function fraction(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
