/**
 * Settings of how delivery is looked after. They are parsed apart from the others: a mistake in one
 * stops its own step, which says so every minute, and not the probing.
 */
import { z } from "zod";
import { cronProblem, nextCronTime } from "../../shared/cron.ts";
import { usualAlertingRetention } from "../../shared/domain/alerting/care.ts";

const shortestSeconds = 3_600;
const cronWords = "off, or a cron expression in UTC, at most once an hour, for example 0 9 * * 1";

const schedule = z
  .string(cronWords)
  .trim()
  .refine((text) => text === "off" || isRareEnough(text), cronWords)
  .transform((text) => (text === "off" ? null : text));

const days = (usual: number) =>
  z
    .string()
    .regex(/^\s*[1-9]\d{0,3}\s*$/, "a number of days: 1 to 9999")
    .transform(Number)
    .default(usual);

/** What they are; docs/configuration.md is made from this. */
export const careSettingsSchema = z.object({
  CHANNEL_TEST_SCHEDULE: schedule.default("0 9 * * 1").meta({
    description: "When every channel gets a test message; `off` for never",
    example: "0 9 * * 1",
    unit: "cron expression, UTC",
  }),
  ALERT_DECISIONS_DAYS: days(usualAlertingRetention.decisionDays).meta({
    description: "How long it is kept why people were told of something, or were not",
    example: "90",
    unit: "days",
  }),
  NOTIFICATIONS_DAYS: days(usualAlertingRetention.notificationDays).meta({
    description: "How long notifications, tests of channels and former rules are kept",
    example: "400",
    unit: "days",
  }),
});

const { shape } = careSettingsSchema;

export type CareSetting = keyof typeof shape;

/** @throws Error naming the setting and what is allowed, never a value */
export function channelTestSchedule(env: object): string | null {
  return read("CHANNEL_TEST_SCHEDULE", shape.CHANNEL_TEST_SCHEDULE, env);
}

/** How long what alerting wrote is kept. @throws Error naming the setting and what is allowed */
export function alertingRetention(env: object) {
  return {
    decisionDays: read("ALERT_DECISIONS_DAYS", shape.ALERT_DECISIONS_DAYS, env),
    notificationDays: read("NOTIFICATIONS_DAYS", shape.NOTIFICATIONS_DAYS, env),
  };
}

/** The first time of a test schedule after a time, epoch seconds. */
export function nextTestTime(expression: string, after: number): number {
  return nextCronTime({ kind: "cron", expression, timeZone: "UTC" }, after);
}

function read<T>(name: CareSetting, schema: z.ZodType<T>, env: object): T {
  const given: unknown = Reflect.get(env, name);
  const parsed = schema.safeParse(given === "" ? undefined : given);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.map(({ message }) => message).join("; ");
  throw new Error(`${name}: ${words}`);
}

function isRareEnough(expression: string): boolean {
  if (cronProblem(expression) !== null) return false;
  let before = nextTestTime(expression, 0);
  for (let index = 0; index < 24; index += 1) {
    const next = nextTestTime(expression, before);
    if (next - before < shortestSeconds) return false;
    before = next;
  }
  return true;
}
