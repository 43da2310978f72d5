/** What the tick and a region's object say to each other; during a deployment, across versions. */
import { z } from "zod";
import { failureReasons, ownFaults } from "../domain/reason.ts";
import type { Result } from "../domain/result.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import { monitorSchema } from "./plan.ts";

export const roundSchema = z.object({
  time: z.int().nonnegative(),
  step: z.union([z.literal(minuteStep), z.literal(fastStep)]),
});

/** The monitors that one region's shard probes, as of a plan's revision. */
export const sliceSchema = z.object({
  revision: z.int().nonnegative(),
  region: z.string(),
  monitors: z.array(monitorSchema),
  controls: z.array(z.string()).default([]),
});

export type Slice = z.infer<typeof sliceSchema>;

export const runRequestSchema = z.object({
  round: roundSchema,
  /** The revision to probe by; an object that has another asks for the slice. */
  revision: z.int().nonnegative(),
  slice: sliceSchema.nullable(),
  /** How long the round may take, ms; what has not begun by then is not run. */
  budgetMs: z.int().positive(),
  /** Rounds whose slot is over by then (epoch seconds) and that still wait are handed over too. */
  overdueBefore: z.int().nonnegative(),
  /** At most so many of them in one answer; if there are more, they come first. */
  mostOverdue: z.int().positive(),
});

export type RunRequest = z.infer<typeof runRequestSchema>;

const detail = z.string();

const outcomeSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("up") }),
  z.object({ outcome: z.enum(["degraded", "down"]), reason: z.enum(failureReasons), detail }),
  z.object({ outcome: z.literal("unknown"), reason: z.enum(ownFaults), detail }),
]);

export const resultSchema = z.object({
  monitor: z.int().positive(),
  outcome: outcomeSchema,
  latencyMs: z.int().nonnegative().nullable(),
  attempts: z.int().nonnegative(),
  metrics: z.record(z.string(), z.number()).exactOptional(),
}) satisfies z.ZodType<Result>;

export const roundResultsSchema = z.object({
  round: roundSchema,
  results: z.array(resultSchema),
});

export type RoundResults = z.infer<typeof roundResultsSchema>;

/** Asks a region to probe monitors of a round that was not its turn, or again under round-robin. */
export const confirmRequestSchema = z.object({
  round: roundSchema,
  monitors: z.array(z.int().positive()),
  budgetMs: z.int().positive(),
});

export type ConfirmRequest = z.infer<typeof confirmRequestSchema>;

/** How an object fares, told with every answer. */
export const objectStateSchema = z.object({
  /** Cloudflare's data centre that it runs in, and that one's country; null where not known. */
  colo: z.string().nullable(),
  country: z.string().nullable(),
  /** Rounds that it had to drop, because nobody took them for too long. */
  droppedRounds: z.int().nonnegative(),
});

export type ObjectState = z.infer<typeof objectStateSchema>;

export const runAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slice-needed") }),
  /** The round asked for and the overdue ones, in order of time. */
  z.object({
    kind: z.literal("reported"),
    rounds: z.array(roundResultsSchema),
    /** More is waiting; the round asked for is held back until it has been taken. */
    more: z.boolean(),
    state: objectStateSchema,
  }),
]);

export type RunAnswer = z.infer<typeof runAnswerSchema>;
