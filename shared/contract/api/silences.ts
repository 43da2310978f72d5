/** /api/monitoring/silences: what operators mute, why, and what it muted. */
import { z } from "zod";
import { matcherFields } from "../../domain/alerting/silence.ts";
import { bySchema, momentSchema, nextCursorSchema, pageQueryFields, textOf } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { mutedSchema } from "./muted.ts";
import { onceMessage } from "./query.ts";

export const matcherSchema = z.strictObject({
  field: z.enum(matcherFields, `one of ${matcherFields.join(", ")}`),
  equals: z.boolean("true or false").default(true),
  value: textOf(200).meta({ description: "With * at its end: whatever begins with it" }),
});

const minutesMessage = "a whole number of minutes, 1 to 43200 (30 days)";

export const silenceBodySchema = z.strictObject({
  matchers: z
    .array(matcherSchema, "a list of matchers")
    .min(1, "at least one matcher: a silence of everything is a maintenance window")
    .max(20, "at most 20 matchers"),
  reason: textOf(500),
  startsAt: momentSchema.optional().meta({ description: "Now if left out" }),
  endsAt: momentSchema.optional(),
  minutes: z
    .int(minutesMessage)
    .min(1, minutesMessage)
    .max(43_200, minutesMessage)
    .optional()
    .meta({ description: "How long, in place of endsAt" }),
  by: bySchema,
});

const idMessage = "the number of a silence";

export const silenceParamsSchema = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, idMessage)
    .transform(Number),
});

export const silenceStates = ["active", "pending", "past"] as const;
const asked = ["current", ...silenceStates, "all"] as const;

export const silenceQuerySchema = z.strictObject({
  state: z
    .enum(asked, { error: onceMessage(`one of ${asked.join(", ")}`) })
    .default("current")
    .meta({ description: "current: active or pending" }),
  ...pageQueryFields,
});

export const silenceSchema = z.object({
  id: z.int(),
  state: z.enum(silenceStates),
  matchers: z.array(matcherSchema),
  author: z.string(),
  reason: z.string(),
  startsAt: instantSchema,
  endsAt: instantSchema,
  createdAt: instantSchema,
  endedBy: z.string().nullable().meta({ description: "Who ended it early" }),
  muted: z.int().meta({ description: "How often an alert was muted by it" }),
});

export const silenceListSchema = z.object({
  silences: z.array(silenceSchema),
  nextCursor: nextCursorSchema,
});

export const singleSilenceSchema = z.object({
  silence: silenceSchema,
  muted: z.array(mutedSchema).meta({ description: "What it muted, the newest first, at most 100" }),
});
