import { z } from "zod";
import type { HeartbeatProbe, Timetable } from "../../domain/probes/heartbeat.ts";

const timetableSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("every"), seconds: z.int().positive() }),
  z.object({ kind: z.literal("cron"), expression: z.string(), timeZone: z.string() }),
]) satisfies z.ZodType<Timetable>;

export const heartbeatProbeSchema = z.object({
  kind: z.literal("heartbeat"),
  timetable: timetableSchema,
  graceSeconds: z.int().nonnegative(),
  maxRunSeconds: z.int().positive().nullable(),
}) satisfies z.ZodType<HeartbeatProbe>;
