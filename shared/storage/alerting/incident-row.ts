/** An incident as its row has it: for deciding about it, and for showing it. */
import { z } from "zod";
import { pageSchema } from "../../contract/alerting/alert.ts";
import { levelSchema } from "../../contract/alerting/rule.ts";
import type { Incident } from "../../domain/alerting/incident.ts";
import { priorities } from "../../domain/alerting/priority.ts";
import { jsonTextOrNull } from "../json-column.ts";

/** The columns that deciding reads and writes, in the order of the statements. */
export const incidentColumns = `key, origin, monitor, title, started_at, detected_at, ended_at,
  merged_into, severity, priority, priority_fixed, acknowledged_at, acknowledged_by, snoozed_until,
  page`;

/** Those columns, parsed. */
export const incidentFields = {
  key: z.string(),
  origin: z.enum(["outage", "alert", "manual"]),
  monitor: z.string().nullable(),
  title: z.string(),
  started_at: z.int(),
  detected_at: z.int(),
  ended_at: z.int().nullable(),
  merged_into: z.string().nullable(),
  severity: levelSchema,
  priority: z.enum(priorities),
  priority_fixed: z.int(),
  acknowledged_at: z.int().nullable(),
  acknowledged_by: z.string().nullable(),
  snoozed_until: z.int().nullable(),
  page: jsonTextOrNull(pageSchema),
};

const fields = z.object(incidentFields);

/** The incident of a parsed row. */
export function incidentOfRow(row: z.output<typeof fields>): Incident {
  return {
    key: row.key,
    origin: row.origin,
    monitor: row.monitor,
    title: row.title,
    startedAt: row.started_at,
    detectedAt: row.detected_at,
    endedAt: row.ended_at,
    mergedInto: row.merged_into,
    severity: row.severity,
    priority: row.priority,
    priorityFixed: row.priority_fixed === 1,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    snoozedUntil: row.snoozed_until,
    page: row.page,
  };
}

/** Reads an incident from its columns. */
export const incidentRow = fields.transform(incidentOfRow);
