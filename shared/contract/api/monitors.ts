/** GET /api/monitoring/monitors and /api/monitoring/monitors/{id}. */
import { z } from "zod";
import { categories } from "../../domain/labels.ts";
import { vantageRoles, vantageServices } from "../../domain/vantage-point.ts";
import { recordTypeSchema } from "../probes/dns.ts";
import {
  failureReasonSchema,
  freshnessFields,
  instantSchema,
  resultReasonSchema,
  statusSchema,
  unknownReasonSchema,
} from "./common.ts";
import { heartbeatSchema, shownHeartbeatSchema } from "./heartbeats.ts";

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
  metrics: z.record(z.string(), z.number()).meta({
    description: "Numbers taken from the answer, and of a transaction the time of each step",
  }),
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
  kind: z.enum([
    "status",
    "latency",
    "size",
    "header",
    "text",
    "regex",
    "json",
    "days-left",
    "name",
    "issued",
    "issuer",
    "version",
    "contains",
    "equals",
    "at-least",
  ]),
  demand: z.string(),
  otherwise: outcomeOfCondition,
});

/** Without header values, body, user information and query values: each may hold a secret. */
const shownExchangeFields = {
  method: z.string(),
  url: z.string(),
  headerNames: z.array(z.string()),
  hasBody: z.boolean(),
  auth: z.enum(["basic", "bearer"]).nullable(),
  redirects: z.int().meta({ description: "How many are followed" }),
  conditions: z.array(conditionSchema),
};

const queriesSchema = z
  .record(z.string(), z.string())
  .meta({ description: "JSONPath queries by name" });

const shownHttpSchema = z.object({
  kind: z.literal("http"),
  ...shownExchangeFields,
  metrics: queriesSchema,
});

const shownTransactionSchema = z.object({
  kind: z.literal("transaction"),
  steps: z.array(z.object({ name: z.string(), ...shownExchangeFields, extract: queriesSchema })),
  conditions: z.array(conditionSchema),
});

/** What is sent is not shown: it may hold a secret. */
const shownTalkFields = {
  sends: z.boolean(),
  expect: z.string().nullable().meta({ description: "Text that the answer must contain" }),
  conditions: z.array(conditionSchema),
};

const shownTcpSchema = z.object({
  kind: z.literal("tcp"),
  host: z.string(),
  port: z.int(),
  tls: z.boolean(),
  ...shownTalkFields,
});

const shownTlsSchema = z.object({
  kind: z.literal("tls"),
  host: z.string(),
  port: z.int(),
  serverName: z.string(),
  conditions: z.array(conditionSchema),
});

const shownDnsSchema = z.object({
  kind: z.literal("dns"),
  name: z.string(),
  recordType: recordTypeSchema,
  resolver: z.string(),
  conditions: z.array(conditionSchema),
});

const shownWebSocketSchema = z.object({
  kind: z.literal("websocket"),
  url: z.string(),
  headerNames: z.array(z.string()),
  ...shownTalkFields,
});

/** One line for each kind of probe. */
export const shownProbeSchema = z.discriminatedUnion("kind", [
  shownHttpSchema,
  shownTransactionSchema,
  shownTcpSchema,
  shownTlsSchema,
  shownDnsSchema,
  shownWebSocketSchema,
  shownHeartbeatSchema,
]);

export const monitorDocumentSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  addedAt: instantSchema,
  target: z.number().meta({ description: "Availability promised, as a fraction" }),
  category: z
    .enum(categories)
    .nullable()
    .meta({ description: "The part of the health score that it counts towards; null: none" }),
  tags: z.array(z.string()),
  weight: z.number().meta({ description: "Among the monitors of its group" }),
  dependsOn: z
    .array(z.string())
    .meta({ description: "Ids of the monitors without which it cannot be up" }),
  public: z.boolean().meta({ description: "Whether the status page shows it" }),
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
  vantagePoints: z
    .array(
      z.object({
        service: z.enum(vantageServices),
        check: z.string().meta({ description: "The service's own id of it" }),
        role: z
          .enum(vantageRoles)
          .meta({ description: "verdict: it votes like a region; beside: it changes nothing" }),
        ...presentStatusFields,
      }),
    )
    .meta({ description: "Checks of other services on the same target, and what they see" }),
});

export type MonitorDocument = z.infer<typeof monitorDocumentSchema>;

export const monitorListSchema = z.object({
  ...freshnessFields,
  monitors: z.array(monitorDocumentSchema),
});

export const singleMonitorSchema = z.object({
  ...freshnessFields,
  monitor: monitorDocumentSchema,
  heartbeat: heartbeatSchema.optional(),
});

export const monitorParamsSchema = z.object({
  id: z
    .string()
    .max(64, "at most 64 characters")
    .regex(
      /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
      "lower-case letters, digits and single hyphens, for example api-health",
    ),
});
