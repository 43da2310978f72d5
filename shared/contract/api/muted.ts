/** What a silence or a maintenance window muted. */
import { z } from "zod";
import { instantSchema } from "./common.ts";

/** A decision to tell nobody of an alert. */
export const mutedSchema = z.object({
  alert: z.string(),
  at: instantSchema,
  level: z.string().nullable(),
  detail: z.string().nullable(),
});

export const mutedListSchema = z.object({
  count: z.int().meta({ description: "How often an alert was muted" }),
  muted: z.array(mutedSchema).meta({ description: "The newest first, at most 100" }),
});
