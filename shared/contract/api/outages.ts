/** GET /api/monitoring/outages. */
import { z } from "zod";
import { instantSchema, secondsSchema } from "./common.ts";
import { causeSchema } from "./monitors.ts";
import { onceMessage } from "./query.ts";

export const outageStates = ["open", "closed", "all"] as const;
export const defaultOutageLimit = 20;
export const largestOutageLimit = 100;

export const outageSchema = z.object({
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

export type OutageDocument = z.infer<typeof outageSchema>;

export const outageListSchema = z.object({
  outages: z.array(outageSchema),
  nextCursor: z.string().nullable().meta({ description: "Null: this was the last page" }),
});

export const outageQuerySchema = z.strictObject({
  state: z
    .enum(outageStates, { error: onceMessage("open, closed or all") })
    .default("all")
    .meta({ description: "Which outages" }),
  limit: z
    .string({ error: onceMessage(`a whole number from 1 to ${largestOutageLimit}`) })
    .default(String(defaultOutageLimit))
    .refine(
      (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= largestOutageLimit,
      `a whole number from 1 to ${largestOutageLimit}`,
    )
    .transform(Number)
    .meta({ description: `At most so many, up to ${largestOutageLimit}` }),
  cursor: z
    .string({ error: onceMessage("the nextCursor of an earlier answer") })
    .regex(/^[1-9]\d{0,14}$/, "the nextCursor of an earlier answer")
    .transform(Number)
    .optional()
    .meta({ description: "The nextCursor of an earlier answer" }),
});

export type OutageQuery = z.output<typeof outageQuerySchema>;
