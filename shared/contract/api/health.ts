/** GET /api/health and /api/monitoring/health/{live,ready,detailed}. */
import { z } from "zod";
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

export const planPartSchema = z.object({
  ok: z.boolean().meta({ description: "A plan was applied" }),
  revision: z.int(),
  monitors: z.int(),
});

export const ticksPartSchema = z.object({
  ok: z.boolean().meta({ description: "Not stale" }),
  ...freshnessFields,
  lagSeconds: secondsSchema.nullable(),
});

/** The parts that readiness depends on; null: could not be asked, as the database did not answer. */
export const readinessPartsSchema = z.object({
  database: databasePartSchema,
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
  waiting: z.int(),
  waitingSince: instantSchema.nullable().meta({ description: "The oldest; null: nothing waits" }),
  dead: z.int().meta({ description: "Could not be delivered, of the last 24 hours" }),
  away: z.array(z.string()).meta({ description: "Channels through which nothing gets" }),
  failedTests: z.array(z.string()).meta({ description: "Channels whose last test failed" }),
});

export type DeliveryPart = z.infer<typeof deliveryPartSchema>;

const assessedMonitorSchema = z.object({ id: z.string(), status: statusSchema });

/** All that we know about ourselves, and about NetPost. */
export const detailedHealthSchema = z.object({
  status: z.enum(["ok", "impaired"]).meta({ description: "Of the monitoring itself" }),
  version: z.string(),
  checkedAt: instantSchema,
  parts: z.object({
    database: databasePartSchema,
    probe: probePartSchema,
    plan: planPartSchema,
    ticks: ticksPartSchema.extend({ regions: z.array(regionStateSchema) }),
    delivery: deliveryPartSchema,
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
