/** GET /api/health and /api/monitoring/health/{live,ready,detailed}. */
import { z } from "zod";
import { ownFaultKinds } from "../../domain/own-faults.ts";
import { planNames } from "../../domain/platform-limits.ts";
import { usageItems } from "../../domain/quota.ts";
import {
  freshnessFields,
  instantSchema,
  monitorCountsSchema,
  regionStateSchema,
  secondsSchema,
  statusSchema,
} from "./common.ts";
import { healthScoreSchema } from "./health-score.ts";
import { problemSchema } from "./problem.ts";

/** NetPost's health in one look. */
export const basicHealthSchema = z.object({
  status: statusSchema,
  ...freshnessFields,
  monitors: monitorCountsSchema,
});

export type BasicHealth = z.infer<typeof basicHealthSchema>;

/** The api Worker runs. */
export const livenessSchema = z.object({ status: z.literal("live"), version: z.string() });

export const databasePartSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), latencyMs: z.number() }),
  z.object({ ok: z.literal(false), reason: z.literal("no-answer") }),
]);

export type DatabasePart = z.infer<typeof databasePartSchema>;

const reason = z.string().nullable().meta({ description: "Why it is not ok, in words" });

export const schemaPartSchema = z.object({
  ok: z.boolean().meta({ description: "Every migration that this version needs was applied" }),
  reason,
  applied: z.string().nullable().meta({ description: "The newest migration of the database" }),
  needed: z.string().meta({ description: "The newest that this version knows" }),
});

export const planPartSchema = z.object({
  ok: z.boolean().meta({ description: "A plan was applied" }),
  reason,
  revision: z.int(),
  monitors: z.int(),
});

export const ticksPartSchema = z.object({
  ok: z.boolean().meta({ description: "Not stale" }),
  reason,
  ...freshnessFields,
  lagSeconds: secondsSchema.nullable(),
});

/** The parts that readiness depends on; null: could not be asked, as the database did not answer. */
export const readinessPartsSchema = z.object({
  database: databasePartSchema,
  schema: schemaPartSchema.nullable(),
  plan: planPartSchema.nullable(),
  ticks: ticksPartSchema.nullable(),
});

export type ReadinessParts = z.infer<typeof readinessPartsSchema>;

export const readinessSchema = z.object({
  status: z.literal("ready"),
  parts: readinessPartsSchema,
});

export const notReadyProblemSchema = problemSchema.extend({ parts: readinessPartsSchema });

/** The probe Worker as seen over its service binding. */
export const probePartSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), version: z.string() }),
  z.object({
    ok: z.literal(false),
    reason: z.enum(["unreachable", "timeout", "unexpected-answer"]),
  }),
]);

export type ProbePart = z.infer<typeof probePartSchema>;

/** How people are told. */
export const deliveryPartSchema = z.object({
  ok: z.boolean().meta({
    description: "Nothing waits for ten minutes, every channel gets through, no test failed",
  }),
  reason,
  waiting: z.int(),
  waitingSince: instantSchema.nullable().meta({ description: "The oldest; null: nothing waits" }),
  dead: z.int().meta({ description: "Could not be delivered, of the last 24 hours" }),
  away: z.array(z.string()).meta({ description: "Channels through which nothing gets" }),
  failedTests: z.array(z.string()).meta({ description: "Channels whose last test failed" }),
});

export type DeliveryPart = z.infer<typeof deliveryPartSchema>;

/** Regions' objects, each on its own. */
export const objectsPartSchema = z.object({
  ok: z.boolean().meta({ description: "Every object of the plan answers" }),
  reason,
  objects: z.array(
    z.object({
      region: z.string(),
      shard: z.int(),
      colo: z.string().nullable().meta({ description: "Where it really runs; null: not known" }),
      country: z.string().nullable(),
      droppedRounds: z.int().meta({ description: "Ever; its buffer holds a day" }),
      silentSince: instantSchema.nullable().meta({ description: "Null: it answers" }),
      detail: z.string().nullable().meta({ description: "How it failed to answer" }),
    }),
  ),
});

/** The channels through which people are told, as the probe Worker has them. */
export const channelsPartSchema = z.object({
  ok: z.boolean().meta({ description: "No setting of one is malformed" }),
  reason,
  on: z.array(z.string()),
  broken: z.array(z.object({ id: z.string(), because: z.string().nullable() })),
});

export type ChannelsPart = z.infer<typeof channelsPartSchema>;

/** What failed of the monitoring lately. */
export const faultsPartSchema = z.object({
  ok: z.boolean().meta({ description: "Nothing did" }),
  reason,
  windowSeconds: secondsSchema,
  kinds: z.array(
    z.object({
      kind: z.enum(ownFaultKinds),
      what: z.string(),
      count: z.int(),
      lastAt: instantSchema.meta({ description: "The minute" }),
      detail: z.string(),
    }),
  ),
});

/** Services outside that are told something, or asked what they saw. */
export const servicesPartSchema = z.object({
  ok: z.boolean().meta({
    description: "None failed three times in a row or more, the last time in the last 15 minutes",
  }),
  reason,
  services: z.array(
    z.object({
      name: z.string().meta({ description: "For example otlp, statuspage, pingdom" }),
      use: z.enum(["told", "asked"]),
      failures: z.int().meta({ description: "In a row" }),
      lastSuccessAt: instantSchema.nullable(),
      lastFailureAt: instantSchema.nullable(),
      lastFailure: z
        .object({ reason: z.string(), detail: z.string().nullable() })
        .nullable()
        .meta({ description: "Of the last failure, while nothing has succeeded since" }),
      heldUntil: instantSchema
        .nullable()
        .meta({ description: "It is left alone until then: its limit, or it is away" }),
    }),
  ),
});

/** What ticks took of Cloudflare's limits on the present day (UTC). */
export const quotaPartSchema = z.object({
  ok: z.boolean().meta({ description: "No limit is used by 80 %" }),
  reason,
  plan: z
    .enum(planNames)
    .nullable()
    .meta({ description: "Null: `CLOUDFLARE_PLAN` is not set, and no limit is watched" }),
  limits: z.array(
    z.object({
      item: z.enum(usageItems),
      what: z.string(),
      used: z.number(),
      allowed: z.number(),
      percent: z.number(),
    }),
  ),
});

const assessedMonitorSchema = z.object({ id: z.string(), status: statusSchema });

/** All that we know about ourselves, and about NetPost. */
export const detailedHealthSchema = z.object({
  status: z.enum(["ok", "impaired"]).meta({ description: "Of the monitoring itself" }),
  version: z.string(),
  checkedAt: instantSchema,
  parts: z.object({
    database: databasePartSchema,
    schema: schemaPartSchema,
    probe: probePartSchema,
    plan: planPartSchema,
    ticks: ticksPartSchema.extend({ regions: z.array(regionStateSchema) }),
    objects: objectsPartSchema,
    delivery: deliveryPartSchema,
    channels: channelsPartSchema,
    faults: faultsPartSchema,
    services: servicesPartSchema,
    quota: quotaPartSchema,
  }),
  netpost: z.object({
    status: statusSchema,
    monitors: monitorCountsSchema,
    health: healthScoreSchema,
    groups: z.array(
      z.object({
        name: z.string(),
        status: statusSchema,
        counts: monitorCountsSchema,
        monitors: z.array(assessedMonitorSchema),
      }),
    ),
  }),
});

export type DetailedHealth = z.infer<typeof detailedHealthSchema>;
