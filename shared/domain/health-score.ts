/**
 * The health score: NetPost's health as one number from 0 to 100.
 *
 *   monitor   up 100, degraded 50, down 0
 *   metric    100 up to its warning threshold, 0 from its critical one, linear between them
 *   category  the lesser of (a) the mean of its monitors, each counting by its weight, and
 *             (b) its worst metric
 *   score     the mean of the categories, each counting by its weight (30, 25, 20, 15, 10)
 *
 * What is unknown counts neither as good nor as bad: it is left out, and named. A category of which
 * nothing is known is left out, and the others share its weight in proportion. Where nothing at
 * all is known there is no score. Each point that is missing to 100 is a deduction with a cause:
 * the score and all deductions are 100 together.
 *
 * No input that gets worse raises the score. One that becomes unknown may: what it said is gone.
 */
import { type Category, categories } from "./labels.ts";
import type { PresentMetric } from "./metric.ts";
import type { Status } from "./status.ts";
import { thresholdScore } from "./threshold.ts";

export interface HealthSettings {
  /** How much each category counts; only their proportion matters. */
  readonly weights: Readonly<Record<Category, number>>;
  /** Below it the level is warning. */
  readonly warningBelow: number;
  /** Below it the level is critical. */
  readonly criticalBelow: number;
}

export const usualHealthSettings: HealthSettings = {
  weights: { database: 30, external: 25, system: 20, security: 15, dependencies: 10 },
  warningBelow: 80,
  criticalBelow: 60,
};

export const healthLevels = ["ok", "warning", "critical"] as const;

export type HealthLevel = (typeof healthLevels)[number];

/** A monitor as the score takes it. */
export interface ScoredMonitor {
  readonly id: string;
  readonly category: Category | null;
  readonly weight: number;
  /** The effective one at present. */
  readonly status: Status;
}

/** What takes points away. */
export type HealthCause =
  | { readonly kind: "monitor"; readonly monitor: string; readonly status: "degraded" | "down" }
  | { readonly kind: "metric"; readonly metric: PresentMetric };

/** A cause and the points of the score that it costs: 0 where something worse hides it. */
export interface Deduction {
  readonly category: Category;
  readonly points: number;
  readonly cause: HealthCause;
}

/** What would count, were it known. */
export type MissingInput =
  | { readonly kind: "monitor"; readonly category: Category; readonly monitor: string }
  | { readonly kind: "metric"; readonly category: Category; readonly metric: PresentMetric };

/** A category's part of the score. */
export interface HealthPart {
  readonly category: Category;
  /** As configured, as a fraction of all weights. */
  readonly weight: number;
  /** Its share of the score, as a fraction; 0 where it is left out. */
  readonly share: number;
  /** 0 to 100; null where nothing is known of it. */
  readonly score: number | null;
  /** How many of its inputs are known, and how many are not. */
  readonly known: number;
  readonly unknown: number;
}

export interface HealthScore {
  /** 0 to 100; null where nothing is known. */
  readonly score: number | null;
  readonly level: HealthLevel | null;
  /** Every category, in the order of `categories`. */
  readonly parts: readonly HealthPart[];
  /** The costliest first. */
  readonly deductions: readonly Deduction[];
  readonly missing: readonly MissingInput[];
}

/** One thing that counts in a category, and how good it is, 0 to 100. */
interface Input {
  readonly score: number;
  readonly weight: number;
  readonly cause: HealthCause | null;
}

/** Computes the health score. What has no category does not count. */
export function healthScore(
  monitors: readonly ScoredMonitor[],
  metrics: readonly PresentMetric[],
  { weights, warningBelow, criticalBelow }: HealthSettings = usualHealthSettings,
): HealthScore {
  const seen = categories.map((category) => examine(category, monitors, metrics));
  const sum = (of: typeof seen) => of.reduce((total, part) => total + weights[part.category], 0);
  const all = sum(seen);
  const known = sum(seen.filter(({ score }) => score !== null));
  const parts = seen.map(({ category, score, inputs, missing }): HealthPart => {
    const share = score === null || known === 0 ? 0 : weights[category] / known;
    const weight = all === 0 ? 0 : weights[category] / all;
    return { category, weight, share, score, known: inputs, unknown: missing.length };
  });
  const score =
    known === 0 ? null : parts.reduce((total, part) => total + part.share * (part.score ?? 0), 0);
  const shares = new Map(parts.map(({ category, share }) => [category, share]));
  const deductions = seen
    .flatMap(({ category, losses }) =>
      losses.map(({ points, cause }) => {
        return { category, points: points * (shares.get(category) ?? 0), cause };
      }),
    )
    .sort((a, b) => b.points - a.points);
  return {
    // Shares sum up to one but for the last bits.
    score: score === null ? null : Math.min(100, score),
    level: levelOf(score, warningBelow, criticalBelow),
    parts,
    deductions,
    missing: seen.flatMap(({ missing }) => missing),
  };
}

function levelOf(score: number | null, warning: number, critical: number): HealthLevel | null {
  if (score === null) return null;
  // A sum that is 80 but for its last bits is 80.
  const compared = score + 1e-9;
  if (compared < critical) return "critical";
  return compared < warning ? "warning" : "ok";
}

interface Examined {
  readonly category: Category;
  readonly score: number | null;
  readonly inputs: number;
  readonly missing: readonly MissingInput[];
  /** What is missing to 100 in the category, by cause. */
  readonly losses: readonly { readonly points: number; readonly cause: HealthCause }[];
}

function examine(
  category: Category,
  allMonitors: readonly ScoredMonitor[],
  allMetrics: readonly PresentMetric[],
): Examined {
  const monitors = allMonitors.filter((monitor) => monitor.category === category);
  // What has no thresholds says nothing about health, known or not.
  const metrics = allMetrics.filter(
    ({ definition }) => definition.category === category && definition.thresholds !== null,
  );
  const scored = monitors.flatMap((monitor) => inputOf(monitor) ?? []);
  const measured = metrics.flatMap((metric) => inputOfMetric(metric) ?? []);
  const missing = [
    ...monitors
      .filter(({ status }) => status === "unknown")
      .map(({ id }) => ({ kind: "monitor", category, monitor: id }) as const),
    ...metrics
      .filter(({ value }) => value === null)
      .map((metric) => ({ kind: "metric", category, metric }) as const),
  ];
  const inputs = scored.length + measured.length;
  const mean = meanOf(scored);
  const worst = measured.reduce<Input | null>(
    (least, input) => (least === null || input.score < least.score ? input : least),
    null,
  );
  if (mean === null && worst === null)
    return { category, score: null, inputs, missing, losses: [] };
  const byMetric = worst !== null && (mean === null || worst.score < mean);
  const score = byMetric ? worst.score : (mean ?? 100);
  const weight = scored.reduce((sum, input) => sum + input.weight, 0);
  const losses = [
    ...scored.map((input) => ({
      input,
      points: byMetric ? 0 : (input.weight / weight) * (100 - input.score),
    })),
    ...measured.map((input) => ({
      input,
      points: byMetric && input === worst ? 100 - input.score : 0,
    })),
  ].flatMap(({ input, points }) => (input.cause === null ? [] : [{ points, cause: input.cause }]));
  return { category, score, inputs, missing, losses };
}

const statusScores = { up: 100, degraded: 50, down: 0 } as const;

function inputOf({ id, weight, status }: ScoredMonitor): Input | null {
  if (status === "unknown") return null;
  const cause = status === "up" ? null : ({ kind: "monitor", monitor: id, status } as const);
  return { score: statusScores[status], weight, cause };
}

function inputOfMetric(metric: PresentMetric): Input | null {
  const { value, definition } = metric;
  if (value === null || definition.thresholds === null) return null;
  const score = thresholdScore(value, definition.thresholds);
  return { score, weight: 1, cause: score < 100 ? { kind: "metric", metric } : null };
}

function meanOf(inputs: readonly Input[]): number | null {
  const weight = inputs.reduce((sum, input) => sum + input.weight, 0);
  if (weight === 0) return null;
  return inputs.reduce((sum, input) => sum + (input.weight / weight) * input.score, 0);
}
