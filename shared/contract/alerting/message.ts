/** A message as it is kept in the outbox and sent to webhooks. */
import { z } from "zod";
import { messageKinds, severities } from "../../domain/alerting/message.ts";
import { priorities } from "../../domain/alerting/priority.ts";
import { statuses } from "../../domain/status.ts";

const epochSeconds = z.int().nonnegative().meta({ description: "Epoch seconds" });
const status = z.enum(statuses);
const link = z.url({ protocol: /^https?$/ }).nullable();

export const messageSchema = z.object({
  kind: z.enum(messageKinds),
  idempotencyKey: z.string().min(1).max(255),
  incident: z.object({
    number: z.int().nullable(),
    title: z.string(),
    severity: z.enum(severities),
    priority: z.enum(priorities),
    startedAt: epochSeconds,
    endedAt: epochSeconds.nullable(),
    dedupKey: z.string().min(1).max(255),
  }),
  monitors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      group: z.string(),
      status,
      since: epochSeconds,
      regions: z.array(z.object({ id: z.string(), colo: z.string().nullable(), status })),
      reason: z.string().nullable(),
      detail: z.string(),
      actual: z.string().nullable(),
      threshold: z.string().nullable(),
    }),
  ),
  moreMonitors: z.int().nonnegative(),
  note: z.string().nullable(),
  budget: z.object({ burnedFraction: z.number(), burnRate: z.number() }).nullable(),
  labels: z.record(z.string(), z.string()),
  links: z.object({ incident: link, acknowledge: link, runbook: link }),
  at: epochSeconds,
});
