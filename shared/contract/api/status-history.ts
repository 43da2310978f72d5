/** GET /api/status/history: incidents by month, as everybody may know of them. */
import { z } from "zod";
import { onceMessage } from "./query.ts";
import { publicIncidentSchema } from "./status.ts";

const monthMessage = "a month, for example 2026-10";

export const monthSchema = z
  .string({ error: onceMessage(monthMessage) })
  .regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, monthMessage);

export const statusHistoryQuerySchema = z.object({
  month: monthSchema
    .optional()
    .meta({ description: "In UTC; the present one if left out", example: "2026-10" }),
});

export const statusHistorySchema = z.object({
  month: monthSchema,
  previous: monthSchema,
  incidents: z
    .array(publicIncidentSchema)
    .meta({ description: "Those that began in it, the newest first" }),
  truncated: z.boolean().meta({ description: "There are more than 200, and these are the newest" }),
});

export type StatusHistory = z.infer<typeof statusHistorySchema>;
