/** Alert rules, escalation policies and rotations, as they are kept and as people write them. */
import { z } from "zod";
import type {
  BusinessHours,
  EscalationPolicy,
  EscalationStep,
  Rotation,
} from "../../domain/alerting/escalation.ts";
import { type AlertRule, levels, type Selector, type Signal } from "../../domain/alerting/rule.ts";
import { categories } from "../../domain/labels.ts";
import { ownFaultKinds } from "../../domain/own-faults.ts";

const idMessage = "lower-case letters, digits and single hyphens, at most 64: for example slow-api";

export const idSchema = z
  .string(idMessage)
  .max(64, idMessage)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, idMessage);

const windowMessage = "whole seconds from 60 to 259200 (3 days)";
const windowSeconds = z.int(windowMessage).min(60, windowMessage).max(259_200, windowMessage);
const secondsMessage = "whole seconds from 0 to 604800 (7 days)";
const seconds = z.int(secondsMessage).min(0, secondsMessage).max(604_800, secondsMessage);

export const levelSchema = z.enum(levels, "warning or critical");

export const signalSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("service-down") }),
  z.strictObject({
    kind: z.literal("response-time"),
    statistic: z.enum(["average", "p95", "p99"]),
    windowSeconds,
  }),
  z.strictObject({ kind: z.literal("error-rate"), windowSeconds }),
  z.strictObject({ kind: z.literal("metric"), name: z.string().min(1).max(64), windowSeconds }),
  z.strictObject({ kind: z.literal("health-score") }),
  z.strictObject({ kind: z.literal("certificate-days") }),
  z.strictObject({
    kind: z.literal("burn-rate"),
    longSeconds: windowSeconds,
    shortSeconds: windowSeconds,
  }),
  z.strictObject({ kind: z.literal("budget-forecast") }),
  z.strictObject({ kind: z.literal("region-fault") }),
  z.strictObject({ kind: z.literal("stale-data") }),
  z.strictObject({ kind: z.literal("heartbeat") }),
  z.strictObject({ kind: z.literal("missed-ticks"), windowSeconds }),
  z.strictObject({ kind: z.literal("object-fault") }),
  z.strictObject({ kind: z.literal("outbox-age") }),
  z.strictObject({ kind: z.literal("dead-letters"), windowSeconds }),
  z.strictObject({ kind: z.literal("channel-away") }),
  z.strictObject({
    kind: z.literal("own-faults"),
    faults: z.array(z.enum(ownFaultKinds)).min(1).max(ownFaultKinds.length),
    windowSeconds,
  }),
  z.strictObject({ kind: z.literal("quota") }),
  z.strictObject({ kind: z.literal("clock-skew") }),
]) satisfies z.ZodType<Signal>;

const names = z.array(z.string().min(1).max(100)).min(1).max(1_000);

export const selectorSchema = z.strictObject({
  monitors: names.exactOptional(),
  groups: names.exactOptional(),
  tags: names.exactOptional(),
  categories: z.array(z.enum(categories)).min(1).exactOptional(),
  regions: names.exactOptional(),
}) satisfies z.ZodType<Selector>;

const thresholdsSchema = z
  .strictObject({
    direction: z.enum(["above", "below"]),
    warning: z.number().nullable(),
    critical: z.number().nullable(),
    margin: z.number().min(0).max(0.5).default(0.05),
  })
  .refine(
    ({ warning, critical }) => warning !== null || critical !== null,
    "warning, critical, or both",
  )
  .refine(
    ({ direction, warning, critical }) =>
      warning === null ||
      critical === null ||
      (direction === "above" ? critical >= warning : critical <= warning),
    "critical lies beyond warning, in the direction that is bad",
  );

/** Signals that are bad or well by themselves. */
const withoutThresholds: readonly string[] = ["service-down", "heartbeat"];

export const alertRuleSchema = z
  .strictObject({
    id: idSchema,
    name: z.string().min(1).max(100),
    enabled: z.boolean().default(true),
    signal: signalSchema,
    selector: selectorSchema.default({}),
    thresholds: thresholdsSchema.nullable().default(null),
    severity: levelSchema.default("critical"),
    forSeconds: seconds.default(0),
    resolveSeconds: seconds.default(0),
    cooldownSeconds: seconds.default(0),
    policy: idSchema.default("default"),
    runbook: z
      .url({ protocol: /^https?$/, error: "an http(s) URL" })
      .nullable()
      .default(null),
  })
  .refine(
    ({ signal, thresholds }) => withoutThresholds.includes(signal.kind) === (thresholds === null),
    {
      path: ["thresholds"],
      error: `needed for every signal but ${withoutThresholds.join(", ")}, which have none`,
    },
  ) satisfies z.ZodType<AlertRule>;

const timeZone = z.string().min(1).max(64);

const businessHoursSchema = z.strictObject({
  timeZone,
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
  fromMinute: z.int().min(0).max(1_439),
  toMinute: z.int().min(1).max(1_440),
}) satisfies z.ZodType<BusinessHours>;

const stepSchema = z.strictObject({
  afterSeconds: seconds,
  channels: z.array(z.string().min(1).max(64)).max(20),
  onCall: idSchema.nullable().default(null),
  levels: z
    .array(levelSchema)
    .min(1)
    .default([...levels]),
  during: businessHoursSchema.nullable().default(null),
}) satisfies z.ZodType<EscalationStep>;

export const escalationPolicySchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1).max(100),
  steps: z
    .array(stepSchema)
    .min(1)
    .max(20)
    .refine(
      (steps) =>
        steps.every(
          ({ afterSeconds }, index) => afterSeconds >= (steps[index - 1]?.afterSeconds ?? 0),
        ),
      "steps in order of afterSeconds",
    ),
  repeatSeconds: z.int().min(60, "whole seconds from 60, or null").nullable().default(null),
  repeats: z.int().min(0).max(100).default(0),
}) satisfies z.ZodType<EscalationPolicy>;

export const rotationSchema = z.strictObject({
  id: idSchema,
  people: z.array(z.string().min(1).max(100)).min(1).max(100),
  anchor: z.int(),
  turnDays: z.int().min(1).max(365),
  timeZone,
  overrides: z
    .array(
      z
        .strictObject({ from: z.int(), to: z.int(), person: z.string().min(1).max(100) })
        .refine(({ from, to }) => from < to, "from before to"),
    )
    .max(500)
    .default([]),
}) satisfies z.ZodType<Rotation>;
