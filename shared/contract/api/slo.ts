/** GET /api/monitoring/slo. */
import { z } from "zod";
import { burnWindowNames } from "../../domain/burn-rate.ts";
import { noForecastReasons } from "../../domain/slo.ts";
import { freshnessFields, instantSchema, secondsSchema } from "./common.ts";
import { budgetSchema } from "./sla.ts";
import { periodSchema, selectionQueryFields, windowQueryFields, windowSchema } from "./window.ts";

const rate = z.number().nonnegative().nullable();

export const burnRateSchema = z.object({
  rate: rate.meta({
    description: "1 uses the budget up in just its window's time; null: nothing is known",
  }),
  downSeconds: secondsSchema,
  knownSeconds: secondsSchema,
});

export const burnSignalSchema = z.object({
  severity: z.enum(["page", "ticket"]),
  burnRate: z.number().meta({ description: "Both windows have to burn faster" }),
  longWindow: z.enum(burnWindowNames),
  longRate: rate,
  shortWindow: z.enum(burnWindowNames),
  shortRate: rate,
  firing: z.boolean().nullable().meta({ description: "Null: too little is known" }),
});

export const forecastSchema = z.object({
  runsOutAt: instantSchema.nullable(),
  reason: z.enum(noForecastReasons).nullable().meta({
    description:
      "Why it does not: spent already; nothing-known; not-burning; lasts, as it goes now; window-over",
  }),
  burnRate: rate.meta({ description: "The one taken to go on: that of the last day" }),
});

export const monitorSloSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  target: z.number(),
  window: windowSchema,
  availability: z.number().min(0).max(1).nullable(),
  met: z.boolean().nullable(),
  budget: budgetSchema,
  burnRates: z.record(z.enum(burnWindowNames), burnRateSchema),
  signals: z.array(burnSignalSchema),
  forecast: forecastSchema,
});

export type MonitorSlo = z.infer<typeof monitorSloSchema>;

export const sloDocumentSchema = z.object({
  window: windowSchema,
  period: periodSchema.nullable(),
  burnRatesUntil: instantSchema.meta({ description: "Burn rates are of the present, always" }),
  ...freshnessFields,
  monitors: z.array(monitorSloSchema),
});

export type SloDocument = z.infer<typeof sloDocumentSchema>;

export const sloQuerySchema = z.strictObject({ ...windowQueryFields, ...selectionQueryFields });
