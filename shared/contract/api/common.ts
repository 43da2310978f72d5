/** What several answers of the API have in common. */
import { z } from "zod";
import { unknownReasons } from "../../domain/present-status.ts";
import { failureReasons, ownFaults } from "../../domain/reason.ts";
import { statuses } from "../../domain/status.ts";

export const instantSchema = z.iso
  .datetime()
  .meta({ description: "ISO 8601, UTC", example: "2026-11-23T18:45:00Z" });

export const secondsSchema = z.int().nonnegative();

export const statusSchema = z
  .enum(statuses)
  .meta({ description: "Unknown: nobody was looking, which is our fault, not the target's" });

export const unknownReasonSchema = z.enum(unknownReasons).meta({
  description:
    "not-known-yet: no check has settled its status so far; region-not-reporting: none of its regions took part in the newest round; stale: no round was recorded for two minutes; own-fault: the probe itself failed",
});

export const failureReasonSchema = z.enum(failureReasons);
export const resultReasonSchema = z.enum([...failureReasons, ...ownFaults]);

/** How recent the answer is. */
export const freshnessFields = {
  asOf: instantSchema.nullable().meta({ description: "Up to when we know; null: nothing yet" }),
  stale: z.boolean().meta({
    description: "No round was recorded for two minutes: present statuses are unknown",
  }),
};

export const monitorCountsSchema = z.object({
  up: z.int(),
  degraded: z.int(),
  down: z.int(),
  unknown: z.int(),
});

export const regionStateSchema = z.object({
  id: z.string(),
  state: z.enum(["reporting", "not-reporting"]),
  lastRoundAt: instantSchema
    .nullable()
    .meta({ description: "The newest round that the region reported" }),
  colos: z
    .array(z.string())
    .meta({ description: "Cloudflare's data centres in which it really runs, where known" }),
  placement: z
    .enum(["as-asked", "elsewhere", "not-known"])
    .meta({ description: "Whether it runs on the continent that it was asked to run on" }),
  droppedRounds: z.int().meta({
    description: "Rounds whose results it had to drop, because nobody took them for a day",
  }),
});
