/** GET /api/monitoring/incidents. */
import { z } from "zod";
import { instantSchema, secondsSchema } from "./common.ts";
import { causeSchema } from "./monitors.ts";
import { onceMessage } from "./query.ts";

export const incidentStates = ["open", "closed", "all"] as const;
export const defaultIncidentLimit = 20;
export const largestIncidentLimit = 100;

export const incidentSchema = z.object({
  number: z.int(),
  monitor: z.object({
    id: z.string(),
    name: z.string().nullable().meta({ description: "Null: no longer monitored" }),
  }),
  state: z.enum(["open", "closed"]),
  startedAt: instantSchema.meta({ description: "The first failed check" }),
  detectedAt: instantSchema.meta({ description: "When its status change was recorded" }),
  endedAt: instantSchema.nullable().meta({ description: "The first check no longer down" }),
  durationSeconds: secondsSchema.meta({ description: "Up to now while it is open" }),
  reopenings: z.int().meta({ description: "How often it was taken up again soon after its end" }),
  flapping: z.boolean().meta({ description: "Whether its monitor comes and goes" }),
  cause: causeSchema.nullable(),
});

export type IncidentDocument = z.infer<typeof incidentSchema>;

export const incidentListSchema = z.object({
  incidents: z.array(incidentSchema),
  nextCursor: z.string().nullable().meta({ description: "Null: this was the last page" }),
});

export const incidentQuerySchema = z.strictObject({
  state: z
    .enum(incidentStates, { error: onceMessage("open, closed or all") })
    .default("all")
    .meta({ description: "Which incidents" }),
  limit: z
    .string({ error: onceMessage(`a whole number from 1 to ${largestIncidentLimit}`) })
    .default(String(defaultIncidentLimit))
    .refine(
      (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= largestIncidentLimit,
      `a whole number from 1 to ${largestIncidentLimit}`,
    )
    .transform(Number)
    .meta({ description: `At most so many, up to ${largestIncidentLimit}` }),
  cursor: z
    .string({ error: onceMessage("the nextCursor of an earlier answer") })
    .regex(/^[1-9]\d{0,14}$/, "the nextCursor of an earlier answer")
    .transform(Number)
    .optional()
    .meta({ description: "The nextCursor of an earlier answer" }),
});

export type IncidentQuery = z.output<typeof incidentQuerySchema>;
