/** One monitor's availability in one scope, from its status changes and coverage. */
import type { Measured, Total } from "../../../shared/contract/api/sla.ts";
import {
  type Availability,
  availability,
  type Segment,
  type StatusPoint,
  timeline,
} from "../../../shared/domain/availability.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { countChecks } from "../../../shared/domain/schedule.ts";
import { intersect, normalise, type Span } from "../../../shared/domain/span.ts";

/** What one scope of a monitor is measured by. */
export interface Observed {
  readonly monitor: Monitor;
  readonly window: Span;
  readonly points: readonly StatusPoint[];
  /** Normalised. */
  readonly covered: readonly Span[];
}

/** Measures one scope of a monitor. */
export function measure({ monitor, window, points, covered }: Observed): Measured {
  const observation = {
    window,
    // A monitor that was removed and came back starts anew: its former life says nothing.
    points: points.filter((point) => point.at >= monitor.addedAt),
    covered,
    excluded: [],
  };
  const seen = availability(observation);
  const expectedChecks = countChecks(monitor.schedule, window.from, window.to);
  const coveredChecks = intersect(normalise([window]), covered).reduce(
    (sum, span) => sum + countChecks(monitor.schedule, span.from, span.to),
    0,
  );
  return {
    ...availabilityFields(seen, countOutages(timeline(observation))),
    target: monitor.sloTarget,
    met: seen.availability === null ? null : seen.availability >= monitor.sloTarget,
    coverage: coverage(expectedChecks, coveredChecks),
  };
}

/** Sums measurements: every monitor's time counts alike. */
export function total(measured: readonly Measured[]): Total {
  const sum = (of: (one: Measured) => number) =>
    measured.reduce((seconds, one) => seconds + of(one), 0);
  const upSeconds = sum((one) => one.upSeconds);
  const degradedSeconds = sum((one) => one.degradedSeconds);
  const downSeconds = sum((one) => one.downSeconds);
  const unknownSeconds = sum((one) => one.unknownSeconds);
  const good = upSeconds + degradedSeconds;
  const valid = good + downSeconds;
  const seen: Availability = {
    upSeconds,
    degradedSeconds,
    downSeconds,
    unknownSeconds,
    excludedSeconds: sum((one) => one.excludedSeconds),
    availability: fraction(good, valid),
    worst: fraction(good, valid + unknownSeconds),
    best: fraction(good + unknownSeconds, valid + unknownSeconds),
  };
  return {
    ...availabilityFields(
      seen,
      sum((one) => one.outages),
    ),
    coverage: coverage(
      sum((one) => one.coverage.expectedChecks),
      sum((one) => one.coverage.coveredChecks),
    ),
  };
}

/**
 * How often it went down. Time that nobody saw between two stretches of down does not make them
 * two, as it does not end an incident.
 */
export function countOutages(segments: readonly Segment[]): number {
  const known = segments.filter((segment) => segment.status !== "unknown");
  return known.filter(
    (segment, index) => segment.status === "down" && known[index - 1]?.status !== "down",
  ).length;
}

/** A fraction in percent, rounded down to 4 decimals: what misses its target must not look met. */
export function toPercent(fraction: number): number {
  // The inner rounding takes away what floating point put in: 0.29 × 100 is 28.999999999999996.
  return Math.floor(Number((fraction * 1e6).toFixed(3))) / 1e4;
}

function availabilityFields(seen: Availability, outages: number) {
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
    outages,
  };
}

function coverage(expectedChecks: number, coveredChecks: number) {
  return { expectedChecks, coveredChecks, fraction: fraction(coveredChecks, expectedChecks) };
}

function fraction(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
