/** What the api, the probe Worker and a region's object say to each other of a benchmark. */
import { z } from "zod";
import { type BenchmarkRequest, type BenchmarkSummary, mostRequests } from "../domain/benchmark.ts";
import type { Monitor, Region } from "../domain/monitor.ts";
import { failureReasons, ownFaults } from "../domain/reason.ts";
import { connections } from "../domain/shard.ts";
import { statuses } from "../domain/status.ts";
import { monitorSchema, regionSchema } from "./plan.ts";

const load = {
  monitor: monitorSchema,
  count: z.int().min(1).max(mostRequests),
  concurrency: z.int().min(1).max(connections),
  /** For all of it, ms; what could not have its whole timeout any more is not begun. */
  budgetMs: z.int().positive(),
};

/** Asks the probe Worker for a benchmark from a region. */
export interface BenchmarkOrder {
  readonly monitor: Monitor;
  readonly region: Region;
  readonly count: number;
  readonly concurrency: number;
  readonly budgetMs: number;
}

export const benchmarkOrderSchema = z.object({
  ...load,
  region: regionSchema,
}) satisfies z.ZodType<BenchmarkOrder>;

/** Asks a region's object for a part of one. */
export const benchmarkPartSchema = z.object({
  ...load,
  /** The region's id, which targets are told. */
  region: z.string(),
  /** Names the run: an object has one at a time, so that none is slowed by another. */
  run: z.uuid(),
  /** Whether to find out where the object is, which takes a request. */
  locate: z.boolean(),
  last: z.boolean(),
});

export type BenchmarkPart = Omit<z.infer<typeof benchmarkPartSchema>, "monitor"> & {
  readonly monitor: Monitor;
};

export const timedRequestSchema = z.object({
  outcome: z.enum(statuses),
  reason: z.enum([...failureReasons, ...ownFaults]).nullable(),
  latencyMs: z.int().nonnegative().nullable(),
}) satisfies z.ZodType<BenchmarkRequest>;

const measuredFields = {
  kind: z.literal("measured"),
  /** In order of their beginning. */
  requests: z.array(timedRequestSchema),
  elapsedMs: z.int().nonnegative(),
  colo: z.string().nullable(),
};

/** What an object answers; busy with another run, it runs nothing. */
export const benchmarkPartAnswerSchema = z.discriminatedUnion("kind", [
  z.object(measuredFields),
  z.object({ kind: z.literal("busy") }),
]);
export type BenchmarkPartAnswer = z.infer<typeof benchmarkPartAnswerSchema>;

/** What the probe Worker answers. */
export const benchmarkAnswerSchema = z.discriminatedUnion("kind", [
  z.object(measuredFields),
  z.object({
    kind: z.literal("failed"),
    reason: z.enum(["busy", "region-unreachable"]),
    detail: z.string(),
  }),
]);
export type BenchmarkAnswer = z.infer<typeof benchmarkAnswerSchema>;

const ms = z.number().nonnegative().nullable();

/** Response times in figures. */
export const latencyFiguresFields = {
  averageMs: ms,
  p50Ms: ms,
  p90Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  p999Ms: ms,
  minMs: ms,
  maxMs: ms,
};

const count = z.int().nonnegative();

/** A run in figures: in answers, and as a baseline is kept. */
export const benchmarkSummarySchema = z.object({
  count,
  concurrency: z.int().positive(),
  answered: count.meta({ description: "Up or degraded: the response times are theirs" }),
  failed: count,
  unknown: count.meta({ description: "Could not be asked, by a fault of ours" }),
  notRun: count.meta({ description: "Not begun: the time was over" }),
  reasons: z.record(z.string(), count).meta({ description: "Of the failed and the unknown" }),
  ...latencyFiguresFields,
  requestsPerSecond: z.number().nonnegative().nullable(),
  elapsedMs: count,
}) satisfies z.ZodType<BenchmarkSummary>;
