/** What a probe did, told step by step: for a person who wonders why. It is never stored. */
import { z } from "zod";
import type { Monitor, Region } from "../domain/monitor.ts";
import { failureReasons, ownFaults } from "../domain/reason.ts";
import { statuses } from "../domain/status.ts";
import { monitorSchema, regionSchema } from "./plan.ts";

const offsetMs = z.int().meta({ description: "Since the probe began" });

const headersSchema = z
  .array(z.tuple([z.string(), z.string()]))
  .meta({ description: "Name and value; a value that may be a secret is `<secret>`" });

export const transcriptEventSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("request"),
    atMs: offsetMs,
    line: z.string().meta({ example: "GET https://netpost.example/api/health" }),
    headers: headersSchema,
    bodyLength: z.int().nullable().meta({ description: "The body itself is never told" }),
  }),
  z.object({
    kind: z.literal("response"),
    atMs: offsetMs,
    status: z.int(),
    headers: headersSchema,
  }),
  z.object({
    kind: z.literal("body"),
    atMs: offsetMs,
    text: z.string().meta({ description: "Its beginning, redacted" }),
    truncated: z.boolean().meta({ description: "There was more" }),
  }),
  z.object({
    kind: z.literal("condition"),
    atMs: offsetMs,
    expected: z.string(),
    actual: z.string(),
    held: z.boolean(),
  }),
  z.object({ kind: z.literal("note"), atMs: offsetMs, text: z.string() }),
]);

export type TranscriptEvent = z.infer<typeof transcriptEventSchema>;

const outcomeSchema = z.object({
  outcome: z.enum(statuses),
  reason: z.enum([...failureReasons, ...ownFaults]).nullable(),
  detail: z.string().nullable(),
});

const attemptSchema = z.object({
  startedAtMs: offsetMs,
  tookMs: z.int(),
  timeoutMs: z.int(),
  ...outcomeSchema.shape,
  latencyMs: z.int().nullable(),
  events: z.array(transcriptEventSchema),
  next: z
    .discriminatedUnion("retry", [
      z.object({ retry: z.literal(true), pauseMs: z.int(), timeoutMs: z.int() }),
      z.object({
        retry: z.literal(false),
        because: z.enum(["answered", "incurable", "attempts-spent", "budget-spent", "own-fault"]),
      }),
    ])
    .meta({ description: "Whether there was another attempt, and why not" }),
});

export type TranscriptAttempt = z.infer<typeof attemptSchema>;

const diagnosisSchema = z.object({
  startedAtMs: offsetMs,
  tookMs: z.int(),
  reason: z.enum(failureReasons),
  findings: z.array(z.string()),
});

export const transcriptSchema = z.object({
  startedAt: z.iso.datetime(),
  tookMs: z.int(),
  budgetMs: z.int(),
  result: outcomeSchema.extend({
    latencyMs: z.int().nullable(),
    metrics: z.record(z.string(), z.number()),
  }),
  attempts: z.array(attemptSchema),
  diagnosis: diagnosisSchema
    .nullable()
    .meta({ description: "Only where no answer came and time was left" }),
});

export type Transcript = z.infer<typeof transcriptSchema>;

/** What one region answers; a region that fails is our own fault, and says so. */
export const regionTranscriptSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("probed"), transcript: transcriptSchema }),
  z.object({
    kind: z.literal("failed"),
    reason: z.enum(ownFaults),
    detail: z.string(),
  }),
]);

export type RegionTranscript = z.infer<typeof regionTranscriptSchema>;

/** Asks the probe Worker for one probe now, from each of these regions. */
export interface ProbeNowRequest {
  readonly monitor: Monitor;
  readonly regions: readonly Region[];
}

export const probeNowRequestSchema = z.object({
  monitor: monitorSchema,
  regions: z.array(regionSchema).min(1),
}) satisfies z.ZodType<ProbeNowRequest>;

/** By region's id. */
export const probeNowAnswerSchema = z.record(z.string(), regionTranscriptSchema);

export type ProbeNowAnswer = z.infer<typeof probeNowAnswerSchema>;

/** Asks one region's object. */
export const regionProbeNowSchema = z.object({ region: z.string(), monitor: monitorSchema });
