/** /api/monitoring/alerts: what fires, triggered and resolved by hand, and explained. */
import { z } from "zod";
import { idSchema, levelSchema } from "../alerting/rule.ts";
import { authoredSchema, bySchema, textOf } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

export const alertPhases = ["pending", "firing", "resolved"] as const;

const idMessage = "the id of an alert, as the list gives it";

/** The id of an alert in addresses: its key, without the slashes that part it. */
export function alertIdOf(key: string): string {
  return key.replaceAll("/", "~");
}

export const alertParamsSchema = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,300}$/, idMessage)
    .meta({ description: "Its id" }),
});

/** The key of an alert by its id. */
export function alertKeyOf(id: string): string {
  return id.replaceAll("~", "/");
}

const states = ["active", "all", ...alertPhases] as const;
const oneId = z.string({ error: onceMessage("one id") });

export const alertQuerySchema = z.strictObject({
  state: z
    .enum(states, { error: onceMessage(`one of ${states.join(", ")}`) })
    .default("active")
    .meta({ description: "active: pending or firing" }),
  level: z.enum(["warning", "critical"], { error: onceMessage("warning or critical") }).optional(),
  monitor: oneId.optional().meta({ description: "Only of this monitor" }),
  rule: oneId.optional().meta({ description: "Only of this rule; manual: those made by hand" }),
});

export type AlertQuery = z.output<typeof alertQuerySchema>;

const named = z.object({
  id: z.string(),
  name: z.string().nullable().meta({ description: "Null: there is no such one any more" }),
});

export const alertSchema = z.object({
  id: z.string(),
  rule: named,
  runbook: z
    .url()
    .nullable()
    .meta({ description: "What to do about it: the rule's own, or under `RUNBOOK_URL`" }),
  state: z.enum(alertPhases),
  level: levelSchema,
  monitor: named.nullable().meta({ description: "Null: about the whole" }),
  region: z.string().nullable(),
  metric: z.string().nullable(),
  since: instantSchema.meta({ description: "Since when its condition has held" }),
  firedAt: instantSchema.nullable(),
  resolvedAt: instantSchema.nullable(),
  value: z
    .number()
    .nullable()
    .meta({ description: "When something was last decided, in the signal's unit" }),
  detail: z.string(),
  verdict: z
    .string()
    .nullable()
    .meta({ description: "Why people are told of it, or are not; null: not decided" }),
  incident: z.int().nullable().meta({ description: "The one that people handle" }),
  acknowledged: authoredSchema.nullable(),
  snoozedUntil: instantSchema.nullable(),
  labels: z
    .record(z.string(), z.string())
    .meta({ description: "Of whoever triggered it by hand; empty for what rules fire" }),
});

export type AlertDocument = z.infer<typeof alertSchema>;

export const alertListSchema = z.object({ alerts: z.array(alertSchema) });

export const singleAlertSchema = z.object({ alert: alertSchema });

const labelsMessage =
  "at most 16 labels, with names of letters, digits and _ (at most 32) and texts of 1 to 100 characters";

export const triggerBodySchema = z.strictObject({
  title: textOf(200),
  severity: levelSchema,
  message: textOf(2_000),
  monitor: z.string("the id of a monitor").nullable().default(null),
  labels: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/), z.string().trim().min(1).max(100), {
      error: labelsMessage,
    })
    .refine((labels) => Object.keys(labels).length <= 16, labelsMessage)
    .default({}),
  id: idSchema
    .optional()
    .meta({ description: "While an alert of this id fires, the same again is that alert" }),
  by: bySchema,
});

export type TriggerBody = z.output<typeof triggerBodySchema>;

export const removeRuleQuerySchema = z.strictObject({
  rule: z.string({ error: onceMessage("the id of a rule") }),
  by: bySchema,
});

const dataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const deliveryStates = ["pending", "leased", "sent", "dead", "superseded"] as const;

export const explainedNotificationSchema = z.object({
  id: z.string(),
  channel: z.string(),
  kind: z.string(),
  because: z.string(),
  onCall: z.string().nullable(),
  fallbackOf: z.string().nullable(),
  state: z.enum(deliveryStates),
  createdAt: instantSchema,
  attempts: z.int(),
  nextAttemptAt: instantSchema.nullable().meta({ description: "Null: there will be none" }),
  sentAt: instantSchema.nullable(),
  receipt: z.string().nullable(),
  failure: z.string().nullable(),
  failureDetail: z.string().nullable(),
});

export const explanationSchema = z.object({
  id: z.string(),
  words: z.array(z.string()).meta({ description: "The whole story, a sentence each, in order" }),
  alert: alertSchema.nullable().meta({ description: "Null: it is over and forgotten" }),
  rule: z
    .object({
      id: z.string(),
      asOf: instantSchema.nullable().meta({ description: "Null: it was never changed" }),
      document: z.unknown(),
    })
    .nullable()
    .meta({ description: "As it was when the alert was last decided about" }),
  decisions: z.array(
    z.object({
      at: instantSchema,
      incident: z.int().nullable(),
      decision: z.enum(["told", "not-told"]),
      because: z.string(),
      data: dataSchema,
      words: z.string(),
    }),
  ),
  incident: z
    .object({ number: z.int(), title: z.string(), mergedFrom: z.int().nullable() })
    .nullable(),
  escalation: z
    .object({
      policy: z.string(),
      stepsTaken: z.int(),
      startedAt: instantSchema,
      channels: z.array(z.string()),
      stopped: z.string().nullable().meta({ description: "Why it goes no further" }),
      nextStepAt: instantSchema.nullable(),
      steps: z.array(
        z.object({
          afterSeconds: z.int(),
          channels: z.array(z.string()),
          onCall: z.string().nullable(),
          levels: z.array(levelSchema),
          dueAt: instantSchema.nullable(),
          state: z.enum(["taken", "due", "waiting", "not-for-this-level", "stopped"]),
        }),
      ),
    })
    .nullable()
    .meta({ description: "Null: nobody was told" }),
  notifications: z.array(explainedNotificationSchema),
});

export type Explanation = z.infer<typeof explanationSchema>;
