/** NetPost's health score, in GET /api/monitoring/health/detailed, and GET …/health/history. */
import { z } from "zod";
import { healthLevels } from "../../domain/health-score.ts";
import { categories } from "../../domain/labels.ts";
import { metricUnknownReasons } from "../../domain/metric.ts";
import { freshnessFields, instantSchema, secondsSchema } from "./common.ts";
import { thresholdsSchema } from "./metrics.ts";
import { windowQueryFields, windowSchema } from "./window.ts";

const category = z.enum(categories);
const points = z.number().min(0).max(100);

const deductionFields = {
  category,
  points: points.meta({
    description: "Of the score; 0 where something worse in the category hides it",
  }),
  why: z.string().meta({ description: "In words, with the value and its thresholds" }),
};

export const healthScoreSchema = z.object({
  score: points.nullable().meta({
    description: "0 to 100, rounded down to a tenth; null: nothing is known",
  }),
  level: z.enum(healthLevels).nullable(),
  levels: z.object({ warningBelow: z.number(), criticalBelow: z.number() }),
  parts: z.array(
    z.object({
      category,
      weight: z.number().meta({ description: "As configured, as a fraction of all" }),
      share: z.number().meta({
        description: "Of this score: what is left out leaves its weight to the others",
      }),
      score: points.nullable().meta({ description: "Null: nothing is known of it" }),
      known: z.int().meta({ description: "Monitors and metrics that count" }),
      unknown: z.int().meta({ description: "Those that would, were they known" }),
    }),
  ),
  leftOut: z.array(category).meta({ description: "Categories of which nothing is known" }),
  deductions: z.array(
    z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("monitor"),
        ...deductionFields,
        monitor: z.string(),
        status: z.enum(["degraded", "down"]),
      }),
      z.object({
        kind: z.literal("metric"),
        ...deductionFields,
        metric: z.string(),
        value: z.number(),
        unit: z.string(),
        thresholds: thresholdsSchema,
      }),
    ]),
  ),
  missing: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("monitor"), category, monitor: z.string() }),
      z.object({
        kind: z.literal("metric"),
        category,
        metric: z.string(),
        reason: z.enum(metricUnknownReasons).nullable(),
      }),
    ]),
  ),
});

export type HealthScoreDocument = z.infer<typeof healthScoreSchema>;

export const defaultHistoryWindow = "24h";

export const healthHistoryQuerySchema = z.strictObject({
  window: windowQueryFields.window.meta({
    description: `Back from now, for example 7d; ${defaultHistoryWindow} if left out`,
  }),
});

const nullablePoints = points.nullable();

export const healthHistorySchema = z.object({
  window: windowSchema,
  ...freshnessFields,
  resolution: z.enum(["5m", "day"]),
  average: nullablePoints,
  min: nullablePoints,
  max: nullablePoints,
  samples: z.object({
    known: z.int(),
    unknown: z.int().meta({ description: "Taken while nothing was known" }),
    missing: z.int().meta({ description: "Five minutes in which none was taken" }),
  }),
  points: z.array(
    z.object({
      start: instantSchema,
      seconds: secondsSchema,
      score: nullablePoints.meta({ description: "Of a day the average" }),
      min: nullablePoints,
      max: nullablePoints,
      parts: z.partialRecord(category, points),
    }),
  ),
});

export type HealthHistory = z.infer<typeof healthHistorySchema>;
