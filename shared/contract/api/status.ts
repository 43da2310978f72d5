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
import { onceMessage } from "./query.ts";

/** Days that a page shows unless it says otherwise, and at most. */
export const usualDays = 90;

const daysMessage = `a whole number of days, 0 to ${usualDays}`;

export const statusQuerySchema = z.object({
  days: z
    .string({ error: onceMessage(daysMessage) })
    .regex(/^\d{1,2}$/, daysMessage)
    .transform(Number)
    .pipe(z.int().max(usualDays, daysMessage))
    .optional()
    .meta({ description: "Bars of each monitor, today included; 90 if left out" }),
});

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

const fractionSchema = z
  .number()
  .nullable()
  .meta({ description: "A fraction; null: nothing is known" });

/** A day. Seconds that are left out are 0: most days have none of them. */
export const dayBarSchema = z.object({
  status: statusSchema.nullable().meta({
    description: "The worst of the day; null: it was not monitored, or all of it was planned time",
  }),
  availability: fractionSchema,
  downSeconds: secondsSchema.optional(),
  degradedSeconds: secondsSchema.optional(),
  unknownSeconds: secondsSchema.optional(),
  excludedSeconds: secondsSchema.optional().meta({ description: "Planned time, left out" }),
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
  availability: fractionSchema.meta({ description: "Over all of `days`" }),
  bars: z.array(dayBarSchema).meta({ description: "One for each of `days`, in their order" }),
});

const namedMonitorSchema = z.object({ id: z.string(), name: z.string() });

export const publicIncidentSchema = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  severity: z.enum(["warning", "critical"]),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  durationSeconds: secondsSchema.nullable().meta({ description: "Null while it is open" }),
  monitors: z.array(namedMonitorSchema).meta({ description: "Those of the page that it is about" }),
  updates: z
    .array(z.object({ at: instantSchema, text: z.string() }))
    .meta({ description: "What was published about it, the oldest first" }),
});

export const publicMaintenanceSchema = z.object({
  id: z.int().meta({ description: "Of the window; one that recurs comes more than once" }),
  name: z.string(),
  state: z.enum(["active", "upcoming"]),
  from: instantSchema,
  to: instantSchema,
  monitors: z
    .array(namedMonitorSchema)
    .nullable()
    .meta({ description: "Null: everything is concerned" }),
});

export const statusDocumentSchema = z.object({
  status: statusSchema.meta({
    description: "The worst of the monitors: down, degraded, unknown, up, in this order",
  }),
  ...freshnessFields,
  stale: z.boolean().meta({
    description:
      "Nothing newer could be had: no round was recorded for two minutes, and present statuses are unknown; or the database does not answer, and this is the last answer that was known",
  }),
  staleSince: instantSchema.nullable(),
  days: z.array(z.iso.date()).meta({ description: "Of the bars, in UTC, the oldest first" }),
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
    recent: z
      .array(publicIncidentSchema)
      .meta({ description: "The last ten that are over, of the last 90 days" }),
  }),
  maintenance: z
    .array(publicMaintenanceSchema)
    .meta({ description: "In force now, or in the next 30 days; at most 20" }),
});

export type StatusDocument = z.infer<typeof statusDocumentSchema>;
export type PublicMonitor = z.infer<typeof publicMonitorSchema>;
export type PublicIncident = z.infer<typeof publicIncidentSchema>;
export type PublicMaintenance = z.infer<typeof publicMaintenanceSchema>;
export type DayBarDocument = z.infer<typeof dayBarSchema>;
