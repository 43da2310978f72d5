/** The post-incident review, as people write it and as it is kept. */
import { z } from "zod";
import type { Review } from "../../domain/alerting/review.ts";

const longMessage = "at most 10000 characters";
const long = z.string(longMessage).max(10_000, longMessage);
const date = z.iso.date("a date, for example 2026-10-05");

export const reviewFieldsSchema = z.strictObject({
  summary: long.default(""),
  impact: long.default(""),
  rootCause: long.default(""),
  detection: long.default(""),
  wentWell: long.default(""),
  wentBadly: long.default(""),
  actions: z
    .array(
      z.strictObject({
        text: z.string().min(1, "1 to 500 characters").max(500, "1 to 500 characters"),
        owner: z.string().max(100, "at most 100 characters").nullable().default(null),
        dueOn: date.nullable().default(null),
        done: z.boolean("true or false").default(false),
      }),
    )
    .max(50, "at most 50 actions")
    .default([]),
});

/** Times in epoch seconds. */
export const reviewSchema = reviewFieldsSchema.extend({
  writtenAt: z.int(),
  writtenBy: z.string(),
}) satisfies z.ZodType<Review>;
