/** What a plan says about metrics and the health score. */
import { z } from "zod";
import type { HealthSettings } from "../domain/health-score.ts";
import { categories } from "../domain/labels.ts";
import { aggregates, type MetricDefinition } from "../domain/metric.ts";
import { directions } from "../domain/threshold.ts";

export const metricDefinitionSchema = z.object({
  name: z.string(),
  unit: z.string(),
  category: z.enum(categories).nullable(),
  thresholds: z
    .object({ direction: z.enum(directions), warning: z.number(), critical: z.number() })
    .nullable(),
  aggregate: z.enum(aggregates),
  windowSeconds: z.int().positive(),
}) satisfies z.ZodType<MetricDefinition>;

export const healthSettingsSchema = z.object({
  weights: z.record(z.enum(categories), z.number().nonnegative()),
  warningBelow: z.number(),
  criticalBelow: z.number(),
}) satisfies z.ZodType<HealthSettings>;
