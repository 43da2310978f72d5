/** GET and POST /api/monitoring/metrics. */
import { z } from "zod";
import { categories } from "../../domain/labels.ts";
import { aggregates, metricNamePattern, metricUnknownReasons } from "../../domain/metric.ts";
import { directions } from "../../domain/threshold.ts";
import { freshnessFields, instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";
import { momentSchema, windowQueryFields, windowSchema } from "./window.ts";

const nameMessage = "a letter, then letters, digits, ., _ and -, at most 64";

/** So many points are taken at a time. */
export const mostPoints = 500;
/** How old a point may be, and how far ahead of our clock, seconds. */
export const oldestPointSeconds = 86_400;
export const earliestPointSeconds = 60;
const mostLabels = 5;
/** Sums of a year's values stay exact enough, and squares finite. */
const greatestValue = 1e15;

const valueMessage = `a number from -${greatestValue} to ${greatestValue}`;
const labelsMessage = `at most ${mostLabels} labels, with names of letters, digits and _ (at most 32) and texts of 1 to 64 printable characters`;

const oneLabel = z.tuple([
  z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/),
  z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u),
]);

// As a whole: a mistake in it must not name what was sent.
const labelsSchema = z
  .record(z.string(), z.unknown(), { error: labelsMessage })
  .transform((labels, context): Record<string, string> => {
    const parsed = z.array(oneLabel).max(mostLabels).safeParse(Object.entries(labels));
    if (parsed.success) return Object.fromEntries(parsed.data);
    context.addIssue({ code: "custom", message: labelsMessage });
    return z.NEVER;
  });

export const keySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, "1 to 128 visible ASCII characters without spaces")
  .meta({ description: "A push under a key that was taken before changes nothing" });

export const pointSchema = z.strictObject({
  name: z.string({ error: nameMessage }).regex(metricNamePattern, nameMessage),
  value: z
    .number({ error: valueMessage })
    .min(-greatestValue, valueMessage)
    .max(greatestValue, valueMessage),
  at: momentSchema
    .optional()
    .meta({ description: "When it was measured, ISO 8601; now if left out" }),
  labels: labelsSchema.default({}),
});

export type Point = z.output<typeof pointSchema>;

export const pushSchema = z.strictObject({
  key: keySchema.optional(),
  points: z
    .array(pointSchema, `a list of 1 to ${mostPoints} points`)
    .min(1, `1 to ${mostPoints} points`)
    .max(mostPoints, `1 to ${mostPoints} points`),
});

export const pushedSchema = z.object({
  accepted: z.int().positive().meta({ description: "Points; all or none are taken" }),
});

export const byWords = ["hour", "day"] as const;
export const metricsFormats = ["json", "prometheus", "openmetrics"] as const;
export const defaultMetricsWindow = "1h";

export const metricsQuerySchema = z.strictObject({
  name: z
    .string({ error: onceMessage("one name") })
    .regex(metricNamePattern, nameMessage)
    .optional()
    .meta({ description: "Only this metric, with its sources one by one" }),
  monitor: z
    .string({ error: onceMessage("one id") })
    .optional()
    .meta({ description: "Only values that this monitor's probes found" }),
  window: windowQueryFields.window.meta({
    description: `Back from now, for example 24h; ${defaultMetricsWindow} if left out`,
  }),
  by: z
    .enum(byWords, { error: onceMessage("hour or day") })
    .optional()
    .meta({ description: "A series by hour (up to 14d) or day (up to 3660d); needs name" }),
  format: z
    .enum(metricsFormats, { error: onceMessage("json, prometheus or openmetrics") })
    .optional()
    .meta({ description: "In place of what Accept prefers; all else here is for json only" }),
});

export type MetricsQuery = z.output<typeof metricsQuerySchema>;

const nullableNumber = z.number().nullable();

export const statisticsSchema = z.object({
  count: z.int().nonnegative(),
  average: nullableNumber,
  p50: nullableNumber,
  p95: nullableNumber,
  p99: nullableNumber,
  min: nullableNumber,
  max: nullableNumber,
});

export type Statistics = z.infer<typeof statisticsSchema>;

export const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("probe"), monitor: z.string(), region: z.string() }),
  z.object({ kind: z.literal("pushed"), labels: z.record(z.string(), z.string()) }),
]);

export type SourceDocument = z.infer<typeof sourceSchema>;

const newestSchema = z.object({ value: z.number(), at: instantSchema });

export const thresholdsSchema = z.object({
  direction: z.enum(directions),
  warning: z.number(),
  critical: z.number(),
});

const stateFields = {
  value: nullableNumber.meta({ description: "What is held against the thresholds" }),
  state: z.enum(["ok", "warning", "critical", "unknown"]),
  unknownReason: z.enum(metricUnknownReasons).nullable().meta({
    description:
      "no-value: there never was one; not-recent: none in the last `recentSeconds`; no-thresholds: no value of it is bad",
  }),
};

export const metricSchema = z.object({
  name: z.string(),
  unit: z.string().nullable().meta({ description: "Null: the configuration says nothing of it" }),
  category: z.enum(categories).nullable(),
  thresholds: thresholdsSchema.nullable(),
  aggregate: z.enum(aggregates).meta({ description: "How recent values become `value`" }),
  recentSeconds: z.int(),
  ...stateFields,
  newest: newestSchema.extend({ source: sourceSchema }).nullable(),
  statistics: statisticsSchema,
  sources: z
    .array(
      z.object({
        source: sourceSchema,
        newest: newestSchema.nullable(),
        statistics: statisticsSchema,
      }),
    )
    .optional(),
  series: z.array(z.object({ start: instantSchema, statistics: statisticsSchema })).optional(),
});

export type MetricDocument = z.infer<typeof metricSchema>;

export const metricsDocumentSchema = z.object({
  ...freshnessFields,
  window: windowSchema.meta({ description: "As covered: whole hours or days at its beginning" }),
  resolution: z.enum(["raw", "hour", "day"]).meta({
    description: "What the statistics are made of, but for the newest hour or two",
  }),
  relativeError: z.number().meta({
    description: "Bound on how far a percentile can be from the exact one, as a fraction",
  }),
  metrics: z.array(metricSchema),
});

export type MetricsDocument = z.infer<typeof metricsDocumentSchema>;
