/** Alerts and incidents as the database keeps them. */
import { z } from "zod";
import type { AlertState, Subject } from "../../domain/alerting/alert.ts";
import type { Page } from "../../domain/alerting/incident.ts";
import { levelSchema } from "./rule.ts";

const epoch = z.int();
const quiet = z.object({ until: epoch, level: levelSchema }).nullable();

export const alertStateSchema = z.discriminatedUnion("phase", [
  z.object({
    phase: z.literal("pending"),
    level: levelSchema,
    since: epoch,
    criticalSince: epoch.nullable(),
    quiet,
  }),
  z.object({
    phase: z.literal("firing"),
    level: levelSchema,
    since: epoch,
    firedAt: epoch,
    criticalSince: epoch.nullable(),
    wellSince: epoch.nullable(),
    quiet,
  }),
  z.object({
    phase: z.literal("resolved"),
    level: levelSchema,
    since: epoch,
    firedAt: epoch,
    resolvedAt: epoch,
  }),
]) satisfies z.ZodType<AlertState>;

export const subjectSchema = z.object({
  monitor: z.string().nullable(),
  region: z.string().nullable(),
  metric: z.string().nullable(),
}) satisfies z.ZodType<Subject>;

export const pageSchema = z.object({
  policy: z.string(),
  level: levelSchema,
  startedAt: epoch,
  stepsTaken: z.int().nonnegative(),
  channels: z.array(z.string()),
  sequence: z.int().nonnegative(),
  alertsTold: z.array(z.string()),
  // Pages written before this was told have none.
  alertsOver: z.array(z.string()).default([]),
  updatedAt: epoch,
  deadlinesTold: z.array(z.enum(["response", "resolution"])),
  endTold: z.boolean(),
}) satisfies z.ZodType<Page>;
