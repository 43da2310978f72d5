/** /api/ping, and what GET /api/monitoring/monitors/{id} says of a heartbeat. */
import { z } from "zod";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

export const pingSignalSchema = z.enum(["start", "success", "failure"]);

const token = z.string().meta({ description: "From `pingUrl` of the monitor" });

export const pingParamsSchema = z.object({ token });

const signalAllowed = "start, fail, or an exit status from 0 to 255";
const anyExitStatus = /^(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/;

export const signalParamsSchema = z.object({
  token,
  signal: z
    .string()
    .refine(
      (signal) => /^(?:start|fail)$/.test(signal) || anyExitStatus.test(signal),
      signalAllowed,
    )
    .meta({ description: signalAllowed }),
});

/** Of a job that has a key to ping. */
export const keyedPingParamsSchema = z.object({
  id: z.string().min(1, "the id of a heartbeat").max(64, "the id of a heartbeat"),
  signal: z
    .string()
    .regex(/^(?:success|start|fail|\d{1,3})$/, "success, start, fail, or an exit status")
    .meta({ description: "success, start, fail, or an exit status: 0 is success" }),
});

export const pingQuerySchema = z.object({
  rid: z
    .string(onceMessage("1 to 64 letters, digits and any of . _ -"))
    .regex(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 letters, digits and any of . _ -")
    .optional()
    .meta({ description: "What the run calls itself: its finish then ends no other run" }),
});

export const pingTakenSchema = z.object({ taken: pingSignalSchema });

export const doorSchema = z.object({
  status: z.literal("open").meta({ description: "Pings can be taken" }),
});

/** When a job is to call in, and how patient we are. */
export const shownHeartbeatSchema = z.object({
  kind: z.literal("heartbeat"),
  timetable: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("every"), seconds: z.int() }),
    z.object({ kind: z.literal("cron"), expression: z.string(), timeZone: z.string() }),
  ]),
  graceSeconds: z.int(),
  maxRunSeconds: z.int().nullable(),
});

export const heartbeatSchema = z.object({
  pingUrl: z.url().nullable().optional().meta({
    description: "To operators only; null: HEARTBEAT_SECRET is not set. Who has it can ping.",
  }),
  lastStartAt: instantSchema.nullable(),
  lastSuccessAt: instantSchema.nullable(),
  lastFailureAt: instantSchema.nullable(),
  lastExitStatus: z.int().nullable().meta({ description: "Of the last failure, if it gave one" }),
  runningSince: instantSchema.nullable().meta({ description: "A run that has not finished" }),
  nextDueAt: instantSchema.nullable().meta({ description: "When the next ping is due" }),
  missingAt: instantSchema.nullable().meta({ description: "When it is missing: after the grace" }),
  pings: z
    .array(
      z.object({
        at: instantSchema,
        signal: pingSignalSchema,
        run: z.string().nullable(),
        exitStatus: z.int().nullable(),
      }),
    )
    .meta({ description: "The last hundred, newest first" }),
});

export type HeartbeatDocument = z.infer<typeof heartbeatSchema>;
