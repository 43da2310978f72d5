/** GET /api/monitoring/sla. */
import { z } from "zod";
import { instantSchema, secondsSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

const fraction = z.number().min(0).max(1).nullable();

export const availabilitySchema = z.object({
  availability: fraction.meta({ description: "up / (up + down), degraded is up; null: unknown" }),
  percent: z.number().nullable().meta({ description: "Rounded down to 4 decimals" }),
  worst: fraction.meta({ description: "If all unknown time had been down" }),
  best: fraction.meta({ description: "If all unknown time had been up" }),
  upSeconds: secondsSchema,
  degradedSeconds: secondsSchema,
  downSeconds: secondsSchema,
  unknownSeconds: secondsSchema,
  excludedSeconds: secondsSchema,
  outages: z.int().nonnegative(),
});

export const coverageSchema = z.object({
  expectedChecks: z.int().nonnegative(),
  coveredChecks: z.int().nonnegative(),
  fraction,
});

export const measuredSchema = availabilitySchema.extend({
  target: z.number(),
  met: z.boolean().nullable().meta({ description: "Null: unknown throughout" }),
  coverage: coverageSchema,
});

export type Measured = z.infer<typeof measuredSchema>;

export const totalSchema = availabilitySchema.extend({ coverage: coverageSchema });

export type Total = z.infer<typeof totalSchema>;

const windowSchema = z.object({ from: instantSchema, to: instantSchema });

export const slaDocumentSchema = z.object({
  window: windowSchema,
  asOf: instantSchema.nullable(),
  stale: z.boolean(),
  monitors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      window: windowSchema.meta({
        description: "Not before the monitor was added, not after what is known of it",
      }),
      overall: measuredSchema,
      regions: z.record(z.string(), measuredSchema),
    }),
  ),
  total: z.object({
    monitors: z.int(),
    met: z.int(),
    missed: z.int(),
    overall: totalSchema,
    regions: z.record(z.string(), totalSchema),
  }),
});

export type SlaDocument = z.infer<typeof slaDocumentSchema>;

export const defaultSlaWindow = "30d";
const windowMessage =
  "a whole number and a unit, m, h or d, up to 3660d: for example 90m, 24h, 7d, 30d, 90d";
const instantMessage =
  "an ISO 8601 date, or date and time with Z or an offset (+ is written %2B in a URL)";
const secondsIn = { m: 60, h: 3_600, d: 86_400 } as const;
const longestWindowSeconds = 3_660 * 86_400;

/** The seconds in words like `24h`; null where it is no such word. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d{1,8})([mhd])$/.exec(text) ?? [];
  if (count === undefined || (unit !== "m" && unit !== "h" && unit !== "d")) return null;
  const seconds = Number(count) * secondsIn[unit];
  return seconds > 0 && seconds <= longestWindowSeconds ? seconds : null;
}

const durationSchema = z
  .string({ error: onceMessage(windowMessage) })
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== null) return seconds;
    context.addIssue({ code: "custom", message: windowMessage });
    return z.NEVER;
  });

/** Epoch seconds, parts of a second dropped. */
const momentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: onceMessage(instantMessage) })
  .transform((text) => Math.floor(Date.parse(text) / 1000));

const idText = z.string({ error: onceMessage("one id") });

export const slaQuerySchema = z.strictObject({
  window: durationSchema.optional().meta({
    description: `Back from the newest data, for example 24h; ${defaultSlaWindow} if neither it nor from is given`,
  }),
  from: momentSchema.optional().meta({ description: "Beginning of the window, ISO 8601" }),
  to: momentSchema.optional().meta({ description: "Its end, ISO 8601; now if left out" }),
  monitor: idText.optional().meta({ description: "Only this monitor" }),
  region: idText.optional().meta({ description: "Of the regions, only this" }),
});

export type SlaQuery = z.output<typeof slaQuerySchema>;
