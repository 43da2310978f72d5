/** POST /api/monitoring/monitors/{id}/probe. */
import { z } from "zod";
import { regionTranscriptSchema } from "../transcript.ts";
import { instantSchema } from "./common.ts";

export const probeNowBodySchema = z.strictObject({
  regions: z
    .array(z.string(), "a list of regions' ids, or left out for all of the monitor's")
    .min(1, "at least one region, or left out for all of the monitor's")
    .refine((ids) => new Set(ids).size === ids.length, "each region once")
    .optional()
    .meta({ description: "Any of the plan's regions; the monitor's own if left out" }),
});

export const probeNowResponseSchema = z.object({
  monitor: z.string(),
  askedAt: instantSchema,
  regions: z.record(z.string(), regionTranscriptSchema).meta({
    description: "By region's id; `failed` is a fault of ours and says nothing of the target",
  }),
});
