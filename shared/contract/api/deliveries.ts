/** /api/monitoring/notifications and /channels: what was sent to whom, and how fast. */
import { z } from "zod";
import { deliveredSchema } from "../alerting/delivery.ts";
import { deliveryStates, explainedNotificationSchema } from "./alerts.ts";
import { nextCursorSchema, pageQueryFields } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";
import { parseDuration, windowMessages } from "./window.ts";

const states = ["all", "waiting", ...deliveryStates] as const;

export const notificationQuerySchema = z.strictObject({
  state: z
    .enum(states, { error: onceMessage(`one of ${states.join(", ")}`) })
    .default("all")
    .meta({ description: "waiting: pending or leased; dead: those that could not be delivered" }),
  channel: z.string({ error: onceMessage("one id") }).optional(),
  ...pageQueryFields,
});

export const listedNotificationSchema = explainedNotificationSchema.extend({
  incident: z.int().nullable(),
});

export const notificationListSchema = z.object({
  notifications: z.array(listedNotificationSchema),
  nextCursor: nextCursorSchema,
});

export const singleNotificationSchema = z.object({ notification: listedNotificationSchema });

const idMessage = "the id of a notification, as the list gives it";

export const notificationParamsSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9._~-]{1,600}$/, idMessage),
});

const longestWindow = 90 * 86_400;
const windowMessage = `${windowMessages.window}; at most 90d`;

export const deliveryTimesQuerySchema = z.strictObject({
  window: z
    .string({ error: onceMessage(windowMessage) })
    .default("30d")
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds !== null && seconds <= longestWindow) return seconds;
      context.addIssue({ code: "custom", message: windowMessage });
      return z.NEVER;
    }),
});

const spreadSchema = z
  .object({ median: z.number(), p95: z.number(), worst: z.number() })
  .nullable()
  .meta({ description: "Seconds; null: nothing was delivered" });

const timesSchema = z.object({
  delivered: z.int(),
  fromFirstFailure: spreadSchema.meta({
    description: "From the first failed attempt to the first notification delivered",
  }),
  detection: spreadSchema.meta({ description: "Of that: until the change was recorded" }),
  decision: spreadSchema.meta({
    description: "Of that: until it was decided to tell, mutes included",
  }),
  delivery: spreadSchema.meta({ description: "Of that: until it was delivered" }),
});

export const deliveryTimesSchema = z.object({
  window: z.object({ from: instantSchema, to: instantSchema }),
  incidents: timesSchema.meta({ description: "Through whichever channel was first" }),
  channels: z.array(timesSchema.extend({ channel: z.string() })),
  complete: z.boolean().meta({ description: "false: there were more than could be read" }),
});

export const channelSchema = z.object({
  id: z.string(),
  type: z.string().nullable().meta({ description: "Null: it is off" }),
  on: z.boolean(),
  because: z.string().nullable().meta({ description: "Why it is off; names settings, no values" }),
  broken: z.boolean().meta({
    description:
      "Off because a setting of it is malformed: what is due waits until it is put right",
  }),
  usedBy: z.array(z.string()).meta({ description: "Ids of the policies that name it" }),
  lastDeliveredAt: instantSchema.nullable().meta({ description: "Within 30 days" }),
  lastGivenUpAt: instantSchema.nullable().meta({ description: "Within 30 days" }),
  waiting: z.int(),
  failing: z.int().meta({ description: "Of those waiting: tried already, without success" }),
  dead: z.int().meta({ description: "Within 30 days" }),
  awaySince: instantSchema
    .nullable()
    .meta({ description: "Since when nothing gets through; null: the last message did" }),
  heldUntil: instantSchema.nullable().meta({ description: "Nothing is sent before" }),
  lastTest: z
    .object({
      at: instantSchema,
      by: z.string().meta({ description: "Who asked for it, or `schedule`" }),
      tries: z.int(),
      delivered: deliveredSchema.nullable().meta({ description: "Null: it is under way" }),
      toldThrough: z
        .string()
        .nullable()
        .meta({ description: "The channel through which people heard that it failed" }),
    })
    .nullable(),
  nextTestAt: instantSchema.nullable().meta({ description: "Null: by no schedule" }),
});

export const channelListSchema = z.object({
  channels: z.array(channelSchema),
  testFault: z
    .string()
    .nullable()
    .meta({ description: "What is wrong with CHANNEL_TEST_SCHEDULE; null: nothing" }),
});

export const channelParamsSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "the id of a channel, as the list gives it"),
});

export const channelTestSchema = z.object({
  channel: z.string(),
  at: instantSchema,
  by: z.string(),
  delivered: deliveredSchema,
});
