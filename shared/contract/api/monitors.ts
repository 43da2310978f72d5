/** GET /api/monitoring/monitors and /api/monitoring/monitors/{id}. */
import { z } from "zod";
import {
  failureReasonSchema,
  freshnessFields,
  instantSchema,
  resultReasonSchema,
  statusSchema,
  unknownReasonSchema,
} from "./common.ts";

export const causeSchema = z.object({
  reason: failureReasonSchema,
  detail: z.string(),
  regions: z.array(z.string()),
});

export const latestResultSchema = z.object({
  scheduledAt: instantSchema,
  outcome: statusSchema,
  reason: resultReasonSchema.nullable(),
  detail: z.string().nullable(),
  latencyMs: z.int().nullable(),
  attempts: z.int(),
});

export type LatestResult = z.infer<typeof latestResultSchema>;

const presentStatusFields = {
  status: statusSchema,
  since: instantSchema,
  unknownReason: unknownReasonSchema.nullable(),
  cause: causeSchema.nullable(),
};

const outcomeOfCondition = z.enum(["down", "degraded"]);

/** A demand as people read it, for example `$.status equals "ok"`. */
export const conditionSchema = z.object({
  kind: z.enum(["status", "latency", "text", "json"]),
  demand: z.string(),
  otherwise: outcomeOfCondition,
});

/** Without header values, body, user information and query values: each may hold a secret. */
export const shownProbeSchema = z.object({
  kind: z.literal("http"),
  method: z.string(),
  url: z.string(),
  headerNames: z.array(z.string()),
  hasBody: z.boolean(),
  conditions: z.array(conditionSchema),
});

export const monitorDocumentSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  addedAt: instantSchema,
  target: z.number().meta({ description: "Availability promised, as a fraction" }),
  probe: shownProbeSchema,
  intervalSeconds: z.int(),
  retry: z.object({
    attempts: z.int(),
    timeoutMs: z.int(),
    backoffBaseMs: z.int(),
    backoffCapMs: z.int(),
    budgetMs: z.int(),
  }),
  verdict: z.object({
    quorum: z.string().meta({ description: "majority, any, all, or atLeast-n" }),
    failuresToOpen: z.int(),
    successesToClose: z.int(),
  }),
  ...presentStatusFields,
  regional: z.boolean(),
  regions: z.record(
    z.string(),
    z.object({ ...presentStatusFields, latest: latestResultSchema.nullable() }),
  ),
});

export type MonitorDocument = z.infer<typeof monitorDocumentSchema>;

export const monitorListSchema = z.object({
  ...freshnessFields,
  monitors: z.array(monitorDocumentSchema),
});

export const singleMonitorSchema = z.object({ ...freshnessFields, monitor: monitorDocumentSchema });

export const monitorParamsSchema = z.object({
  id: z
    .string()
    .max(64, "at most 64 characters")
    .regex(
      /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
      "lower-case letters, digits and single hyphens, for example api-health",
    ),
});
