/** A report's document: what is stored, digested and rendered. Another shape is another format. */
import { z } from "zod";
import { reportKinds } from "../domain/report.ts";
import { failureReasonSchema, instantSchema, secondsSchema } from "./api/common.ts";
import { kpiSchema } from "./api/kpis.ts";
import { budgetSchema } from "./api/sla.ts";

const fraction = z.number().min(0).max(1).nullable();
const count = z.int().nonnegative();
const seconds = z.number().nonnegative().nullable();

/** Availability in one scope. */
export const figuresSchema = z.object({
  availability: fraction.meta({ description: "up / (up + down); null: nothing is known" }),
  percent: z.number().nullable().meta({ description: "Rounded down to 4 decimals" }),
  worst: fraction.meta({ description: "If all unknown time had been down" }),
  best: fraction.meta({ description: "If all unknown time had been up" }),
  upSeconds: secondsSchema,
  degradedSeconds: secondsSchema,
  downSeconds: secondsSchema,
  unknownSeconds: secondsSchema,
  excludedSeconds: secondsSchema,
  outages: count,
  longestOutageSeconds: seconds,
  mttrSeconds: seconds,
  mtbfSeconds: seconds,
  expectedChecks: count,
  coveredChecks: count,
});

export type Figures = z.infer<typeof figuresSchema>;

/** Response times in ms. */
export const latencySchema = z.object({
  count,
  average: z.number().nullable(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});

export type Latency = z.infer<typeof latencySchema>;

const monitorSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  target: z.number(),
  met: z.boolean().nullable(),
  window: z.object({ from: instantSchema, to: instantSchema }),
  figures: figuresSchema,
  budget: budgetSchema,
  latency: latencySchema,
  regions: z.array(z.object({ id: z.string(), figures: figuresSchema, latency: latencySchema })),
});

export const reportOutageSchema = z.object({
  number: z.int(),
  monitor: z.object({ id: z.string(), name: z.string().nullable() }),
  startedAt: instantSchema,
  detectedAt: instantSchema,
  endedAt: instantSchema.nullable().meta({ description: "Null: it went on after the period" }),
  secondsInPeriod: secondsSchema,
  reopenings: count.nullable().meta({ description: "Null: it went on after the period" }),
  cause: z
    .object({ reason: failureReasonSchema, detail: z.string(), regions: z.array(z.string()) })
    .nullable(),
  falseAlarm: z.boolean(),
});

export const reportDocumentSchema = z.object({
  format: z.literal(1),
  kind: z.enum(reportKinds),
  zone: z.string(),
  name: z.string().meta({ description: "2026-11-22, 2026-W47 or 2026-11" }),
  period: z.object({ from: instantSchema, to: instantSchema }),
  total: z.object({
    monitors: count,
    met: count,
    missed: count,
    notKnown: count,
    figures: figuresSchema,
    latency: latencySchema,
  }),
  groups: z.array(z.object({ name: z.string(), monitors: count, figures: figuresSchema })),
  regions: z.array(z.object({ id: z.string(), figures: figuresSchema, latency: latencySchema })),
  monitors: z.array(monitorSchema),
  outages: z.object({
    total: count,
    listed: z.array(reportOutageSchema).meta({ description: "The longest, in order of time" }),
  }),
  exclusions: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      from: instantSchema,
      to: instantSchema,
      monitors: count.meta({ description: "How many it applied to" }),
    }),
  ),
  latencyFrom: z.object({
    resolution: z.string(),
    from: instantSchema,
    to: instantSchema,
    relativeError: z.number(),
  }),
  kpis: z.array(kpiSchema),
});

export type ReportDocument = z.infer<typeof reportDocumentSchema>;

/** What a report was computed from. */
export const reportBasisSchema = z.object({
  software: z.string().meta({ description: "Our version" }),
  planRevision: z.int(),
  ledgerVersion: z.int().meta({ description: "How far recording had come" }),
  inputs: z
    .record(z.string(), z.string())
    .meta({ description: "SHA-256 of what was read, by kind, in canonical JSON" }),
});

export type ReportBasis = z.infer<typeof reportBasisSchema>;
