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
});

export type Slice = z.infer<typeof sliceSchema>;

export const runRequestSchema = z.object({
  round: roundSchema,
  /** The revision to probe by; an object that has another asks for the slice. */
  revision: z.int().nonnegative(),
  slice: sliceSchema.nullable(),
  /** How long the round may take, ms; what has not begun by then is not run. */
  budgetMs: z.int().positive(),
  /** Rounds that begin before this (epoch seconds) and still wait here are handed over too. */
  overdueBefore: z.int().nonnegative(),
});

export type RunRequest = z.infer<typeof runRequestSchema>;

const detail = z.string();

const outcomeSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("up") }),
  z.object({ outcome: z.literal("degraded"), reason: z.enum(failureReasons), detail }),
  z.object({ outcome: z.literal("down"), reason: z.enum(failureReasons), detail }),
  z.object({ outcome: z.literal("unknown"), reason: z.enum(ownFaults), detail }),
]);

export const resultSchema = z.object({
  monitor: z.int().positive(),
  outcome: outcomeSchema,
  latencyMs: z.int().nonnegative().nullable(),
  attempts: z.int().nonnegative(),
}) satisfies z.ZodType<Result>;

export const roundResultsSchema = z.object({
  round: roundSchema,
  results: z.array(resultSchema),
});

export type RoundResults = z.infer<typeof roundResultsSchema>;

export const runAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slice-needed") }),
  /** The round asked for and the overdue ones, in order of time. */
  z.object({ kind: z.literal("reported"), rounds: z.array(roundResultsSchema) }),
]);

export type RunAnswer = z.infer<typeof runAnswerSchema>;
