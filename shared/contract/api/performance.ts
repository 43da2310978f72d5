/** GET and POST /api/monitoring/performance. */
import { z } from "zod";
import { comparedFigures, mostRequests } from "../../domain/benchmark.ts";
import { connections } from "../../domain/shard.ts";
import { benchmarkSummarySchema, latencyFiguresFields } from "../benchmark.ts";
import { freshnessFields, instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";
import { selectionQueryFields, windowQueryFields, windowSchema } from "./window.ts";

export const defaultPerformanceWindow = "24h";

export const performanceQuerySchema = z.strictObject({
  ...windowQueryFields,
  ...selectionQueryFields,
  region: z
    .string({ error: onceMessage("one id") })
    .optional()
    .meta({ description: "Only what was seen from this region" }),
  by: z
    .enum(["hour", "day"], { error: onceMessage("hour or day") })
    .optional()
    .meta({ description: "Adds series, a point for each hour or day (UTC)" }),
});

export type PerformanceQuery = z.output<typeof performanceQuerySchema>;

const count = z.int().nonnegative();
const fraction = z.number().min(0).max(1).nullable();

const figureFields = {
  count: count.meta({ description: "Results" }),
  known: count.meta({ description: "Of them, those that say something of the target" }),
  failed: count.meta({ description: "Of them, those that were down" }),
  errorRate: fraction.meta({ description: "failed / known; null: nothing is known" }),
  ...latencyFiguresFields,
};

const thresholdStateSchema = z
  .enum(["ok", "warning", "critical"])
  .nullable()
  .meta({ description: "Null: nothing to judge" });

export const performanceFiguresSchema = z.object({
  ...figureFields,
  checksPerMinute: z
    .number()
    .nonnegative()
    .nullable()
    .meta({ description: "Results in a minute of the time covered" }),
  state: z.object({
    overall: thresholdStateSchema.meta({ description: "The worse of the two" }),
    responseTime: thresholdStateSchema,
    errorRate: thresholdStateSchema,
  }),
});

export type PerformanceFigures = z.infer<typeof performanceFiguresSchema>;

export const performancePointSchema = z.object({ start: instantSchema, ...figureFields });

export type PerformancePoint = z.infer<typeof performancePointSchema>;

const seriesSchema = z.array(performancePointSchema);
const thresholdsSchema = z.object({ warning: z.number(), critical: z.number() });

export const performanceDocumentSchema = z.object({
  window: windowSchema,
  covered: windowSchema.meta({
    description: "What the figures are of: the window in whole hours or days, as far as rolled up",
  }),
  resolution: z.enum(["result", "hour", "day"]),
  relativeError: z.number().meta({ description: "Of the quantiles, at most; 0: they are exact" }),
  pendingHours: count.meta({
    description: "Hours in it of which some or all results are not in the figures yet",
  }),
  ...freshnessFields,
  thresholds: z.object({
    responseTimeMs: thresholdsSchema.meta({ description: "p95Ms above it" }),
    errorRate: thresholdsSchema.meta({ description: "errorRate above it" }),
  }),
  overall: performanceFiguresSchema,
  regions: z.record(z.string(), performanceFiguresSchema),
  monitors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      group: z.string(),
      overall: performanceFiguresSchema,
      regions: z.record(z.string(), performanceFiguresSchema),
    }),
  ),
  series: z
    .object({
      by: z.enum(["hour", "day"]),
      overall: seriesSchema,
      regions: z.record(z.string(), seriesSchema),
    })
    .nullable()
    .meta({ description: "Of all the monitors asked for; null: by was not given" }),
});

export type PerformanceDocument = z.infer<typeof performanceDocumentSchema>;

const wholeNumber = (most: number) => `a whole number from 1 to ${most}`;
const pathMessage =
  "begins with /, without query and fragment: letters, digits and -._~!$&'()*+,;=:@%/";

export const benchmarkBodySchema = z.strictObject({
  monitor: z.string("a monitor's id"),
  region: z
    .string("a region's id, or left out for the monitor's first")
    .optional()
    .meta({ description: "Any of the plan's regions; the monitor's first if left out" }),
  count: z
    .int(wholeNumber(mostRequests))
    .min(1, wholeNumber(mostRequests))
    .max(mostRequests, wholeNumber(mostRequests))
    .default(20)
    .meta({ description: "Requests" }),
  concurrency: z
    .int(wholeNumber(connections))
    .min(1, wholeNumber(connections))
    .max(connections, wholeNumber(connections))
    .default(1)
    .meta({ description: "Requests at a time" }),
  path: z
    .string(pathMessage)
    .regex(/^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]{0,500}$/, pathMessage)
    .optional()
    .meta({ description: "On the monitor's host, in place of what the monitor asks for" }),
  baseline: z
    .boolean("true or false")
    .default(false)
    .meta({ description: "Whether to keep this run as the baseline" }),
});

export type BenchmarkBody = z.output<typeof benchmarkBodySchema>;

const figureComparisonSchema = z.object({
  baselineMs: z.number().nonnegative(),
  differenceMs: z.number(),
  ratio: z.number().nonnegative().nullable().meta({ description: "1: as the baseline" }),
  slower: z.boolean().meta({ description: "By more than the tolerance" }),
});

export const benchmarkComparisonSchema = z.object({
  baselineRunAt: instantSchema,
  verdict: z
    .enum(["slower", "faster", "as-before", "not-comparable"])
    .meta({ description: "By p50Ms and p95Ms" }),
  because: z.string().nullable().meta({ description: "Why it cannot be compared" }),
  tolerance: z
    .object({ ratio: z.number(), ms: z.number() })
    .meta({ description: "The greater of this fraction of the baseline and these ms" }),
  figures: z.partialRecord(z.enum(comparedFigures), figureComparisonSchema),
});

export const benchmarkResponseSchema = z.object({
  monitor: z.string(),
  region: z.string(),
  path: z.string().nullable().meta({ description: "Null: what the monitor itself asks for" }),
  ranAt: instantSchema,
  budgetMs: z.int(),
  result: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("measured"),
      colo: z.string().nullable().meta({ description: "Where it really ran, where known" }),
      ...benchmarkSummarySchema.shape,
    }),
    z.object({
      kind: z.literal("failed"),
      reason: z.enum(["busy", "region-unreachable"]),
      detail: z.string(),
    }),
  ]),
  comparison: benchmarkComparisonSchema
    .nullable()
    .meta({ description: "With the baseline there was before; null: none, or no result" }),
  baseline: z.object({
    stored: z.boolean(),
    because: z.string().nullable().meta({ description: "Why not, where that was asked for" }),
  }),
});

export type BenchmarkResponse = z.infer<typeof benchmarkResponseSchema>;
