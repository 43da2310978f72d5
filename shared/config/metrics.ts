/** The settings of metrics and of the health score that they count towards. */
import { z } from "zod";
import { type HealthSettings, usualHealthSettings } from "../domain/health-score.ts";
import { categories } from "../domain/labels.ts";
import {
  aggregates,
  type MetricDefinition,
  metricNamePattern,
  usualWindowSeconds,
} from "../domain/metric.ts";
import { areOrdered, directions } from "../domain/threshold.ts";
import { settings } from "./settings.ts";

export const metricName = z
  .string()
  .regex(
    metricNamePattern,
    "a metric's name begins with a letter; letters, digits, ., _ and -, at most 64",
  );

const metricSchema = settings({
  /** As monitors extract it, or NetPost pushes it. */
  name: metricName,
  unit: z.string().min(1).max(20),
  /** The part of the health score that it counts towards; none unless said. */
  category: z.enum(categories).optional(),
  /** On which side of its thresholds a value is bad. */
  direction: z.enum(directions).default("above"),
  /** Both, or neither. */
  warning: z.number().optional(),
  critical: z.number().optional(),
  /** How the values of the window become the one that is judged. */
  aggregate: z.enum(aggregates).default("average"),
  windowSeconds: z.int().min(60).max(10_800).default(usualWindowSeconds),
}).superRefine(({ direction, warning, critical }, context) => {
  const wrong = (message: string) =>
    context.addIssue({ code: "custom", path: ["critical"], message });
  if (warning === undefined && critical === undefined) return;
  if (warning === undefined || critical === undefined) {
    wrong("warning and critical are given together, or neither is");
  } else if (!areOrdered({ direction, warning, critical })) {
    wrong(`${direction} the warning threshold`);
  }
});

export const metricsSchema = z
  .array(metricSchema)
  .max(100)
  .superRefine((metrics, context) => {
    const first = new Map<string, number>();
    for (const [index, { name }] of metrics.entries()) {
      const same = first.get(name);
      if (same === undefined) first.set(name, index);
      else {
        const message = `the same name as metrics[${same}]`;
        context.addIssue({ code: "custom", path: [index, "name"], message });
      }
    }
  });

const usual = usualHealthSettings;
const weight = z.number().min(0).max(1_000);
const points = z.number().min(0).max(100);

export const healthScoreSchema = settings({
  /** How much each category counts; only their proportion matters. */
  weights: settings({
    database: weight.default(usual.weights.database),
    external: weight.default(usual.weights.external),
    system: weight.default(usual.weights.system),
    security: weight.default(usual.weights.security),
    dependencies: weight.default(usual.weights.dependencies),
  }).prefault({}),
  warningBelow: points.default(usual.warningBelow),
  criticalBelow: points.default(usual.criticalBelow),
}).superRefine(({ weights, warningBelow, criticalBelow }, context) => {
  const wrong = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (Object.values(weights).every((one) => one === 0)) wrong("weights", "one is above zero");
  if (criticalBelow >= warningBelow) wrong("criticalBelow", "less than warningBelow");
}) satisfies z.ZodType<HealthSettings>;

/** The definitions as they are run. */
export function compileMetrics(metrics: z.infer<typeof metricsSchema>): MetricDefinition[] {
  return metrics.map(({ category, direction, warning, critical, ...rest }) => ({
    ...rest,
    category: category ?? null,
    thresholds:
      warning === undefined || critical === undefined ? null : { direction, warning, critical },
  }));
}
