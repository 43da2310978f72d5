/** What the api Worker asks the probe Worker about channels, whose secrets it does not have. */
import { z } from "zod";
import { deliveredSchema } from "./delivery.ts";

export const configuredChannelSchema = z.object({
  id: z.string(),
  /** Null where it is off. */
  type: z.string().nullable(),
  on: z.boolean(),
  /** Why it is off: names settings, never a value. */
  because: z.string().nullable(),
  /** Its settings are malformed: what is due waits until they are put right. */
  broken: z.boolean().default(false),
});

export type ConfiguredChannel = z.infer<typeof configuredChannelSchema>;

export const channelsAnswerSchema = z.object({
  channels: z.array(configuredChannelSchema),
  /** When every channel is tested next, epoch seconds; null: by no schedule. */
  nextTestAt: z.int().nullable().default(null),
  /** What is wrong with the schedule; names the setting, no value. */
  testFault: z.string().nullable().default(null),
});

export type ChannelsAnswer = z.infer<typeof channelsAnswerSchema>;

export const testOrderSchema = z.strictObject({
  channel: z.string().min(1).max(64),
  by: z.string().min(1).max(100),
});

export const testAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tried"), delivered: deliveredSchema }),
  z.object({ kind: z.literal("unknown-channel") }),
  z.object({ kind: z.literal("off"), because: z.string() }),
]);

export type TestAnswer = z.infer<typeof testAnswerSchema>;
