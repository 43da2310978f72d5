/**
 * Metrics: numbers that NetPost tells of itself. Probes find them in its answers (a monitor's
 * `metrics`), or it pushes them. A definition binds a name, wherever its values come from, to a
 * unit, a category of the health score, and thresholds.
 */

import type { Category } from "./labels.ts";
import type { Plan } from "./plan.ts";
import type { Probe } from "./probes/probe.ts";
import { exactQuantile } from "./sketch.ts";
import { type ThresholdState, type Thresholds, thresholdState } from "./threshold.ts";

/** What a metric may be called. */
export const metricNamePattern = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** How the values of a metric's last minutes become the one that is judged. */
export const aggregates = ["average", "newest", "p95", "max", "min"] as const;

export type Aggregate = (typeof aggregates)[number];

/** What is known of a metric beforehand. */
export interface MetricDefinition {
  readonly name: string;
  readonly unit: string;
  /** The part of the health score that it counts towards; null: none. */
  readonly category: Category | null;
  /** Null where no value of it is bad. */
  readonly thresholds: Thresholds | null;
  readonly aggregate: Aggregate;
  /** How far back values count as present, seconds. */
  readonly windowSeconds: number;
}

/** How far back values count where nothing is said. */
export const usualWindowSeconds = 300;

function usual(
  name: string,
  unit: string,
  category: Category | null,
  above: readonly [warning: number, critical: number] | null,
): MetricDefinition {
  const thresholds: Thresholds | null =
    above === null ? null : { direction: "above", warning: above[0], critical: above[1] };
  const windowSeconds = usualWindowSeconds;
  return { name, unit, category, thresholds, aggregate: "average", windowSeconds };
}

/** What NetPost asked for, where a configuration says nothing of metrics. */
export const usualMetrics: readonly MetricDefinition[] = [
  usual("databaseQueryMs", "ms", "database", [500, 1_000]),
  usual("externalServicesMs", "ms", "external", [1_000, 2_000]),
  usual("responseTimeP95Ms", "ms", "system", [1_000, 2_000]),
  usual("errorRatePercent", "%", "system", [5, 10]),
  usual("memoryMb", "MB", "system", [400, 500]),
  usual("requestsPerSecond", "1/s", null, null),
];

/** A plan's definitions. */
export function definitionsOf({ metrics }: Pick<Plan, "metrics">): readonly MetricDefinition[] {
  return metrics ?? usualMetrics;
}

/** The names that a probe's results may have values of. */
export function metricNamesOf(probe: Probe): string[] {
  switch (probe.kind) {
    case "http":
      return Object.keys(probe.metrics ?? {});
    case "transaction":
      return probe.steps.map(({ name }) => `step.${name}Ms`);
    case "tls":
      return ["certificateDaysLeft", "certificateManaged"];
    case "tcp":
    case "dns":
    case "websocket":
    case "heartbeat":
      return [];
  }
}

/** A value and when it was taken, epoch seconds. */
export interface TimedValue {
  readonly value: number;
  readonly at: number;
}

/** The one value that stands for some; null where there are none. */
export function aggregateOf(aggregate: Aggregate, values: readonly TimedValue[]): number | null {
  if (values.length === 0) return null;
  const ascending = values.map(({ value }) => value).sort((a, b) => a - b);
  switch (aggregate) {
    case "average":
      return meanOf(ascending);
    case "newest": {
      // Regions ask at the same time: none of them is newer than the others.
      const newest = values.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY);
      return meanOf(values.filter(({ at }) => at === newest).map(({ value }) => value));
    }
    case "p95":
      return exactQuantile(ascending, 0.95);
    case "max":
      return ascending.at(-1) ?? null;
    case "min":
      return ascending[0] ?? null;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Why nothing can be said of a metric at present. */
export const metricUnknownReasons = ["no-value", "not-recent", "no-thresholds"] as const;

export type MetricUnknownReason = (typeof metricUnknownReasons)[number];

/** A metric at present: what it stands at, and how bad that is. */
export interface PresentMetric {
  readonly definition: MetricDefinition;
  /** Of the recent values, by the definition's aggregate; null where there are none. */
  readonly value: number | null;
  readonly state: ThresholdState | "unknown";
  /** Set where, and only where, the state is unknown. */
  readonly unknownReason: MetricUnknownReason | null;
}

/**
 * Judges a metric by its recent values.
 *
 * @param known whether there was ever a value
 */
export function judgeMetric(
  definition: MetricDefinition,
  recent: readonly TimedValue[],
  known: boolean,
): PresentMetric {
  const value = aggregateOf(definition.aggregate, recent);
  const unknown = (unknownReason: MetricUnknownReason): PresentMetric => {
    return { definition, value, state: "unknown", unknownReason };
  };
  if (value === null) return unknown(known ? "not-recent" : "no-value");
  if (definition.thresholds === null) return unknown("no-thresholds");
  const state = thresholdState(value, definition.thresholds);
  return { definition, value, state, unknownReason: null };
}
