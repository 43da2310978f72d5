/** GET /api/monitoring/sla. */
import { z } from "zod";
import { instantSchema, secondsSchema } from "./common.ts";
import { onceMessage } from "./query.ts";
import { periodSchema, selectionQueryFields, windowQueryFields, windowSchema } from "./window.ts";

const fraction = z.number().min(0).max(1).nullable();
const mean = z.number().nonnegative().nullable();

export const availabilitySchema = z.object({
  availability: fraction.meta({ description: "up / (up + down), degraded is up; null: unknown" }),
  percent: z.number().nullable().meta({ description: "Rounded down to 4 decimals" }),
  worst: fraction.meta({ description: "If all unknown time had been down" }),
  best: fraction.meta({ description: "If all unknown time had been up" }),
  upSeconds: secondsSchema,
  degradedSeconds: secondsSchema,
  downSeconds: secondsSchema,
  unknownSeconds: secondsSchema,
  excludedSeconds: secondsSchema.meta({ description: "Maintenance and exclusions" }),
  outages: z.int().nonnegative(),
  mttrSeconds: mean.meta({ description: "Down for each outage; null: there was none" }),
  mtbfSeconds: mean.meta({ description: "Up for each outage; null: there was none" }),
  longestOutageSeconds: secondsSchema.nullable(),
});

export const coverageSchema = z.object({
  expectedChecks: z.int().nonnegative(),
  coveredChecks: z.int().nonnegative(),
  fraction,
});

export const budgetSchema = z.object({
  totalSeconds: z.number().nonnegative().meta({
    description: "1 - target of the time known, and of what is left of a period under way",
  }),
  leftSeconds: z.number().meta({ description: "Below 0: overspent" }),
  leftFraction: z.number().nullable().meta({ description: "Null: nothing is known" }),
});

export const outageSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  downSeconds: secondsSchema.meta({ description: "Without what is excluded or unknown in it" }),
  ongoing: z.boolean().meta({ description: "It reaches the end of the window" }),
});

export const measuredSchema = availabilitySchema.extend({
  target: z.number(),
  met: z.boolean().nullable().meta({ description: "Null: unknown throughout" }),
  budget: budgetSchema,
  coverage: coverageSchema,
  outageList: z.array(outageSchema).optional().meta({ description: "With outages=true" }),
});

export type Measured = z.infer<typeof measuredSchema>;

export const totalSchema = availabilitySchema.extend({ coverage: coverageSchema });

export type Total = z.infer<typeof totalSchema>;

/** Of several monitors; every second of one counts as often as its weight says. */
export const manySchema = z.object({
  monitors: z.int(),
  met: z.int(),
  missed: z.int(),
  overall: totalSchema,
  regions: z.record(z.string(), totalSchema),
});

export type Many = z.infer<typeof manySchema>;

export const slaDocumentSchema = z.object({
  window: windowSchema,
  period: periodSchema.nullable().meta({ description: "Null: no period was asked for" }),
  asOf: instantSchema.nullable(),
  stale: z.boolean(),
  monitors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      group: z.string(),
      weight: z.number(),
      window: windowSchema.meta({
        description: "Not before the monitor was added, not after what is known of it",
      }),
      overall: measuredSchema,
      regions: z.record(z.string(), measuredSchema),
    }),
  ),
  groups: z.array(manySchema.extend({ name: z.string() })),
  total: manySchema,
});

export type SlaDocument = z.infer<typeof slaDocumentSchema>;

export const slaQuerySchema = z.strictObject({
  ...windowQueryFields,
  ...selectionQueryFields,
  region: z
    .string({ error: onceMessage("one id") })
    .optional()
    .meta({ description: "Of the regions, only this" }),
  outages: z
    .enum(["true", "false"], { error: onceMessage("true or false") })
    .optional()
    .transform((text) => text === "true")
    .meta({ description: "Whether every outage is listed" }),
});
