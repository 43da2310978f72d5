/** /api/monitoring/incidents: what people handle, and how. */
import { z } from "zod";
import { deadlines, priorities } from "../../domain/alerting/priority.ts";
import { reviewFieldsSchema } from "../alerting/review.ts";
import { levelSchema } from "../alerting/rule.ts";
import {
  authoredSchema,
  bySchema,
  momentSchema,
  nextCursorSchema,
  pageQueryFields,
  textOf,
} from "./authored.ts";
import { instantSchema, secondsSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

const prioritySchema = z.enum(priorities, `one of ${Object.keys(deadlines).join(", ")}`);

const deadlineSchema = z.object({
  kind: z.enum(["response", "resolution"]),
  dueAt: instantSchema,
  warnAt: instantSchema.meta({ description: "When people are warned of it" }),
  metAt: instantSchema.nullable(),
  state: z.enum(["open", "near", "met", "missed"]),
});

const memberOutageSchema = z.object({
  incident: z.int().meta({ description: "The incident that it came with" }),
  monitor: z.object({ id: z.string(), name: z.string().nullable() }),
  startedAt: instantSchema,
  detectedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  durationSeconds: secondsSchema,
});

export const handledSchema = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  origin: z.enum(["outage", "alert", "manual"]),
  severity: levelSchema,
  priority: prioritySchema,
  priorityFixed: z.boolean().meta({ description: "A person has set it" }),
  monitor: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  startedAt: instantSchema,
  detectedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  durationSeconds: secondsSchema.meta({ description: "Up to now while it is open" }),
  acknowledged: authoredSchema.nullable(),
  snoozedUntil: instantSchema.nullable(),
  assignee: z.string().nullable(),
  falseAlarm: authoredSchema.nullable(),
  mergedInto: z.int().nullable(),
  labels: z.record(z.string(), z.string()),
  deadlines: z.array(deadlineSchema),
  reviewed: z.boolean(),
  outages: z.array(memberOutageSchema).meta({ description: "With those of merged incidents" }),
  merged: z.array(z.int()).meta({ description: "Numbers of what is merged into it" }),
});

export type HandledDocument = z.infer<typeof handledSchema>;

export const handledListSchema = z.object({
  incidents: z.array(handledSchema),
  nextCursor: nextCursorSchema,
});

const timelineEntrySchema = z.object({
  at: instantSchema,
  kind: z.string(),
  by: z.string().nullable().meta({ description: "Null: the monitoring itself" }),
  public: z.boolean(),
  text: z.string(),
});

const actionSchema = z.object({
  text: z.string(),
  owner: z.string().nullable(),
  dueOn: z.string().nullable(),
  done: z.boolean(),
});

export const shownReviewSchema = z.object({
  summary: z.string(),
  impact: z.string(),
  rootCause: z.string(),
  detection: z.string(),
  wentWell: z.string(),
  wentBadly: z.string(),
  actions: z.array(actionSchema),
  writtenAt: instantSchema,
  writtenBy: z.string(),
});

export const singleHandledSchema = z.object({
  incident: handledSchema,
  alerts: z.array(z.string()).meta({ description: "Ids of its alerts, over all time" }),
  timeline: z
    .array(timelineEntrySchema)
    .meta({ description: "Everything that happened, in order" }),
  review: shownReviewSchema.nullable(),
});

export const handledQuerySchema = z.strictObject({
  state: z
    .enum(["open", "closed", "all"], { error: onceMessage("open, closed or all") })
    .default("all"),
  ...pageQueryFields,
});

export const handledParamsSchema = z.strictObject({
  number: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "the number of an incident, as the list gives it")
    .transform(Number),
});

const minutesMessage = "a whole number of minutes, 1 to 10080 (7 days)";

export const snoozeBodySchema = z
  .strictObject({
    until: momentSchema.optional(),
    minutes: z.int(minutesMessage).min(1, minutesMessage).max(10_080, minutesMessage).optional(),
    by: bySchema,
  })
  .refine(({ until, minutes }) => (until === undefined) !== (minutes === undefined), {
    path: ["until"],
    error: "until or minutes, one of them",
  });

export const assignBodySchema = z.strictObject({
  to: textOf(100).nullable().meta({ description: "Null: nobody" }),
  by: bySchema,
});

export const mergeBodySchema = z.strictObject({
  into: z.int("the number of an incident").positive("the number of an incident"),
  by: bySchema,
});

export const priorityBodySchema = z.strictObject({ priority: prioritySchema, by: bySchema });

export const updateBodySchema = z.strictObject({
  text: textOf(2_000),
  public: z
    .boolean("true or false")
    .default(true)
    .meta({ description: "false: a note for operators only" }),
  by: bySchema,
});

export const reviewBodySchema = z.strictObject({ ...reviewFieldsSchema.shape, by: bySchema });
