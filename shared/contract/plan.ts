/** The wire form of a plan: as D1 keeps it, and as region objects receive it. */
import { z } from "zod";
import { categories } from "../domain/labels.ts";
import { locationHints, type Monitor, probingModes, type Region } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import type { Retention } from "../domain/retention.ts";
import { vantageRoles, vantageServices } from "../domain/vantage-point.ts";
import { healthSettingsSchema, metricDefinitionSchema } from "./plan-metrics.ts";
import { kpiSettingsSchema, reportSettingsSchema } from "./plan-reports.ts";
import { probeSchema } from "./probes/probe.ts";

const quorumSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("majority") }),
  z.object({ kind: z.literal("any") }),
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.literal("atLeast"), regions: z.int().positive() }),
]);

export const monitorSchema = z.object({
  id: z.string(),
  number: z.int().positive(),
  name: z.string(),
  group: z.string(),
  probe: probeSchema,
  schedule: z.object({
    intervalSeconds: z.int().positive(),
    phaseSeconds: z.int().nonnegative(),
  }),
  regions: z.array(z.string()),
  mode: z.enum(probingModes).default("parallel"),
  retry: z.object({
    attempts: z.int().positive(),
    timeoutMs: z.int().positive(),
    backoffBaseMs: z.int().nonnegative(),
    backoffCapMs: z.int().nonnegative(),
    budgetMs: z.int().positive(),
  }),
  verdict: z.object({
    quorum: quorumSchema,
    failuresToOpen: z.int().positive(),
    successesToClose: z.int().positive(),
  }),
  sloTarget: z.number(),
  vantagePoints: z
    .array(
      z.object({
        service: z.enum(vantageServices),
        check: z.string(),
        role: z.enum(vantageRoles),
      }),
    )
    .optional(),
  // Plans applied by an earlier version have none of these.
  category: z.enum(categories).nullable().default(null),
  tags: z.array(z.string()).default([]),
  weight: z.number().positive().default(1),
  dependsOn: z.array(z.string()).default([]),
  public: z.boolean().optional(),
  addedAt: z.int(),
  shard: z.int().nonnegative(),
}) satisfies z.ZodType<Monitor>;

const retentionSchema = z.object({
  rawDays: z.int().positive(),
  hourDays: z.int().positive(),
  dayDays: z.int().positive(),
}) satisfies z.ZodType<Retention>;

export const regionSchema = z.object({
  id: z.string(),
  number: z.int().positive(),
  locationHint: z.enum(locationHints),
  generation: z.int().positive(),
}) satisfies z.ZodType<Region>;

/** What a plan's document in D1 holds; the revision is its row's key. */
export const planDocumentSchema = z.object({
  regions: z.array(regionSchema),
  monitors: z.array(monitorSchema),
  shards: z.int().positive(),
  controls: z.array(z.string()).default([]),
  reports: reportSettingsSchema.optional(),
  kpis: kpiSettingsSchema.optional(),
  retention: retentionSchema.optional(),
  metrics: z.array(metricDefinitionSchema).optional(),
  healthScore: healthSettingsSchema.optional(),
});

export const planSchema = planDocumentSchema.extend({
  revision: z.int().nonnegative(),
}) satisfies z.ZodType<Plan>;
