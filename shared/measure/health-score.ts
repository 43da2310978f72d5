/** NetPost's health score at present, and as the API tells it. */
import type { HealthScoreDocument } from "../contract/api/health-score.ts";
import {
  type Deduction,
  type HealthScore,
  healthScore,
  type MissingInput,
  usualHealthSettings,
} from "../domain/health-score.ts";
import type { Plan } from "../domain/plan.ts";
import { type Known, presentOverall } from "../domain/present-status.ts";
import { readPresentMetrics } from "./present-metrics.ts";

/**
 * Computes the health score of a moment, from the statuses known then and the metrics of the last
 * minutes.
 *
 * @throws where the database fails
 */
export async function readHealthScore(
  db: D1Database,
  plan: Plan,
  known: Known,
): Promise<HealthScore> {
  const metrics = await readPresentMetrics(db, plan, known.now);
  const monitors = plan.monitors.map((monitor) => ({
    id: monitor.id,
    category: monitor.category,
    weight: monitor.weight,
    status: presentOverall(known, monitor).status,
  }));
  return healthScore(monitors, metrics, plan.healthScore);
}

/** A score as the API tells it. */
export function healthScoreDocument(plan: Plan, health: HealthScore): HealthScoreDocument {
  const { warningBelow, criticalBelow } = plan.healthScore ?? usualHealthSettings;
  return {
    score: health.score === null ? null : roundedDown(health.score),
    level: health.level,
    levels: { warningBelow, criticalBelow },
    parts: health.parts.map(({ score, weight, share, ...part }) => ({
      ...part,
      weight: rounded(weight),
      share: rounded(share),
      score: score === null ? null : roundedDown(score),
    })),
    leftOut: health.parts.flatMap(({ category, score }) => (score === null ? [category] : [])),
    deductions: health.deductions.flatMap(deductionDocument),
    missing: health.missing.map(missingDocument),
  };
}

function deductionDocument({
  category,
  points,
  cause,
}: Deduction): HealthScoreDocument["deductions"] {
  const common = { category, points: rounded(points) };
  if (cause.kind === "monitor") {
    const { monitor, status } = cause;
    return [{ kind: "monitor", ...common, why: `${monitor} is ${status}`, monitor, status }];
  }
  const { definition, value } = cause.metric;
  const { name, unit, thresholds } = definition;
  if (value === null || thresholds === null) return [];
  const shown = rounded(value);
  const { direction, warning, critical } = thresholds;
  const limits = `warning ${direction} ${warning} ${unit}, critical ${direction} ${critical} ${unit}`;
  const why = `${name} is ${shown} ${unit}; ${limits}`;
  return [
    {
      kind: "metric",
      ...common,
      why,
      metric: name,
      value: shown,
      unit,
      thresholds: { ...thresholds },
    },
  ];
}

function missingDocument(input: MissingInput): HealthScoreDocument["missing"][number] {
  const { category } = input;
  if (input.kind === "monitor") return { kind: "monitor", category, monitor: input.monitor };
  const { definition, unknownReason } = input.metric;
  return { kind: "metric", category, metric: definition.name, reason: unknownReason };
}

/** So that what is shown as 80 is no less. What is 80 but for its last bits is 80. */
export function roundedDown(points: number): number {
  return Math.floor((points + 1e-9) * 10) / 10;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
