import { z } from "zod";
import { cronProblem, isTimeZone } from "../../cron.ts";
import type { HeartbeatProbe, Timetable } from "../../domain/probes/heartbeat.ts";

const daySeconds = 86_400;

const cron = z
  .string()
  .max(200, "at most 200 characters")
  .superRefine((expression, context) => {
    const problem = cronProblem(expression);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

/** What a heartbeat has besides id, name, group and sloTarget: nobody probes it. */
export const heartbeatFields = {
  type: z.literal("heartbeat"),
  /** Seconds within which the job calls in again, whenever that may be. */
  every: z
    .int()
    .min(60)
    .max(366 * daySeconds)
    .optional(),
  /** In place of `every`: when the job runs, as in its crontab. */
  cron: cron.optional(),
  /** Of `cron`; UTC unless said. */
  timeZone: z
    .string()
    .refine(isTimeZone, "an IANA time zone, for example UTC or Europe/Berlin")
    .optional(),
  /** How late a ping may be before it is missing. */
  graceSeconds: z
    .int()
    .min(0)
    .max(30 * daySeconds)
    .default(300),
  /** How long a run may take that says when it starts; a longer one is down. */
  maxRunSeconds: z
    .int()
    .min(1)
    .max(30 * daySeconds)
    .optional(),
};

const heartbeatShape = z.object(heartbeatFields);
type HeartbeatConfig = z.infer<typeof heartbeatShape>;

/** Adds what is wrong between the settings of a heartbeat. */
export function checkTimetable(
  { every, cron: expression, timeZone }: HeartbeatConfig,
  context: z.RefinementCtx,
): void {
  const mistake = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (every === undefined && expression === undefined) {
    mistake("every", "when it is to call in: either every (seconds) or cron");
  }
  if (every !== undefined && expression !== undefined) mistake("cron", "either every or cron");
  if (timeZone !== undefined && expression === undefined) {
    mistake("timeZone", "only with cron: an interval has no time zone");
  }
}

/** Compiles a heartbeat. Throws RangeError on one without a timetable, which none valid is. */
export function compileHeartbeat(heartbeat: HeartbeatConfig): HeartbeatProbe {
  return {
    kind: "heartbeat",
    timetable: compileTimetable(heartbeat),
    graceSeconds: heartbeat.graceSeconds,
    maxRunSeconds: heartbeat.maxRunSeconds ?? null,
  };
}

function compileTimetable({ every, cron: expression, timeZone = "UTC" }: HeartbeatConfig) {
  if (every !== undefined) return { kind: "every", seconds: every } satisfies Timetable;
  if (expression === undefined) throw new RangeError("a heartbeat without every and cron");
  const fields = expression.trim().split(/\s+/).join(" ");
  return { kind: "cron", expression: fields, timeZone } satisfies Timetable;
}
