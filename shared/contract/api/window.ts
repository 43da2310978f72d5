/** Windows of time, as every route takes them that answers over one. */
import { z } from "zod";
import { periodKinds } from "../../domain/calendar.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

export const defaultWindow = "30d";

/** What is allowed, in words, by parameter. */
export const windowMessages = {
  window: "a whole number and a unit, m, h or d, up to 3660d: for example 90m, 24h, 7d, 30d, 90d",
  moment: "an ISO 8601 date, or date and time with Z or an offset (+ is written %2B in a URL)",
  period: "day, week, month or quarter",
  of: {
    day: "present, previous, or a day, for example 2026-10-05",
    week: "present, previous, or a week of ISO 8601, for example 2026-W41",
    month: "present, previous, or a month, for example 2026-10",
    quarter: "present, previous, or a quarter, for example 2026-Q4",
  },
  zone: "an IANA time zone, for example UTC or Europe/Berlin",
} as const;

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
  .string({ error: onceMessage(windowMessages.window) })
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== null) return seconds;
    context.addIssue({ code: "custom", message: windowMessages.window });
    return z.NEVER;
  });

/** Epoch seconds, parts of a second dropped. */
export const momentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: onceMessage(windowMessages.moment),
  })
  .transform((text) => Math.floor(Date.parse(text) / 1000));

/** The parameters that say which window; what they mean together is `parseWindow`'s to say. */
export const windowQueryFields = {
  window: durationSchema.optional().meta({
    description: `Back from the newest data, for example 24h; ${defaultWindow} if nothing else says which`,
  }),
  from: momentSchema.optional().meta({ description: "Beginning of the window, ISO 8601" }),
  to: momentSchema.optional().meta({ description: "Its end, ISO 8601; now if left out" }),
  period: z
    .enum(periodKinds, { error: onceMessage(windowMessages.period) })
    .optional()
    .meta({ description: "A period of the calendar" }),
  of: z
    .string({ error: onceMessage("one name of a period") })
    .optional()
    .meta({
      description:
        "Which: present (also if left out), previous, or its name: 2026-10-05, 2026-W41, 2026-10, 2026-Q4",
    }),
  zone: z
    .string({ error: onceMessage(windowMessages.zone) })
    .optional()
    .meta({ description: "The IANA time zone of the calendar; UTC if left out" }),
};

const windowQuerySchema = z.object(windowQueryFields);

export type WindowQuery = z.output<typeof windowQuerySchema>;

export const windowSchema = z.object({ from: instantSchema, to: instantSchema });

/** A period asked for, as it is as a whole: it may go on after the window. */
export const periodSchema = z.object({
  kind: z.enum(periodKinds),
  name: z.string(),
  zone: z.string(),
  from: instantSchema,
  to: instantSchema,
});

export type PeriodDocument = z.infer<typeof periodSchema>;

/** What says which of the monitors are meant. */
export const selectionQueryFields = {
  monitor: z
    .string({ error: onceMessage("one id") })
    .optional()
    .meta({ description: "Only this monitor" }),
  group: z
    .string({ error: onceMessage("one name") })
    .optional()
    .meta({ description: "Only the monitors of this group" }),
};
