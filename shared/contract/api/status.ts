/** GET /api/status: what a status page needs. Public, so nothing in it says where NetPost lives. */
import { z } from "zod";
import {
  failureReasonSchema,
  freshnessFields,
  instantSchema,
  regionStateSchema,
  secondsSchema,
  statusSchema,
  unknownReasonSchema,
} from "./common.ts";

/** Without the detail of a failure: it may quote the target's answer. */
export const publicCauseSchema = z.object({
  reason: failureReasonSchema,
  regions: z.array(z.string()).meta({ description: "Where it fails" }),
});

export const publicRegionStatusSchema = z.object({
  status: statusSchema,
  since: instantSchema,
  unknownReason: unknownReasonSchema.nullable(),
  latencyMs: z.int().nullable().meta({ description: "Of the newest check" }),
});

export const publicMonitorSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: statusSchema,
  since: instantSchema,
  regional: z.boolean().meta({
    description: "Degraded because some regions fail, too few to call the target down",
  }),
  cause: publicCauseSchema.nullable(),
  unknownReason: unknownReasonSchema.nullable(),
  regions: z.record(z.string(), publicRegionStatusSchema),
});

export const publicIncidentSchema = z.object({
  number: z.int(),
  monitor: z.object({
    id: z.string(),
    name: z.string().nullable().meta({ description: "Null: no longer monitored" }),
  }),
  state: z.enum(["open", "closed"]),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  durationSeconds: secondsSchema,
  reopenings: z.int(),
  flapping: z.boolean(),
  cause: publicCauseSchema.nullable(),
});

export const statusDocumentSchema = z.object({
  status: statusSchema.meta({
    description: "The worst of the monitors: down, degraded, unknown, up, in this order",
  }),
  ...freshnessFields,
  staleSince: instantSchema.nullable(),
  regions: z.array(regionStateSchema),
  groups: z.array(
    z.object({
      name: z.string(),
      status: statusSchema,
      monitors: z.array(publicMonitorSchema),
    }),
  ),
  incidents: z.object({
    open: z.array(publicIncidentSchema),
    recent: z.array(publicIncidentSchema).meta({ description: "The last ten that are over" }),
  }),
});

export type StatusDocument = z.infer<typeof statusDocumentSchema>;
export type PublicMonitor = z.infer<typeof publicMonitorSchema>;
export type PublicIncident = z.infer<typeof publicIncidentSchema>;
