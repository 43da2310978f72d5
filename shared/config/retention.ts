/** The settings of retention: how long what was measured is kept, in days. */
import { z } from "zod";
import { defaultRetention, leastRawDays } from "../domain/retention.ts";
import { settings } from "./settings.ts";

/** Longer than anybody asks, and short enough for a calendar. */
const mostDays = 36_500;

const days = (least: number, why: string) =>
  z
    .int("whole days")
    .min(least, `at least ${least} days${why}`)
    .max(mostDays, `at most ${mostDays} days`);

export const retentionSchema = settings({
  /** Every single result. */
  rawDays: days(leastRawDays, ", for results can be a day late").default(defaultRetention.rawDays),
  /** What they came to in an hour. */
  hourDays: days(leastRawDays, "").default(defaultRetention.hourDays),
  /** What they came to in a day. */
  dayDays: days(leastRawDays, "").default(defaultRetention.dayDays),
}).superRefine(({ rawDays, hourDays, dayDays }, context) => {
  const shorter = (path: string, than: string, least: number) =>
    context.addIssue({
      code: "custom",
      path: [path],
      message: `shorter than ${than}, which it outlives; at least ${least} days`,
    });
  if (hourDays < rawDays) shorter("hourDays", "rawDays", rawDays);
  if (dayDays < hourDays) shorter("dayDays", "hourDays", hourDays);
});
