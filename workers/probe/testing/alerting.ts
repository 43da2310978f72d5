/** For tests of alerting through the whole tick: a clean record, and a receiver of messages. */
import { env } from "cloudflare:workers";
import { z } from "zod";
import { messageSchema } from "../../../shared/contract/alerting/message.ts";
import type { Box } from "../notifiers/testing/receiving.ts";
import { setFaults } from "./harness.ts";

const tables = [
  ...["results", "coverage", "statuses", "transitions", "outages", "maintenance"],
  ...["alerts", "incidents", "incident_events", "alert_decisions", "notifications", "silences"],
];

/** Forgets what was recorded and told; alerting has seen all of it. */
export async function beginAnew(): Promise<void> {
  await setFaults([]);
  await env.DB.batch([
    ...tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    env.DB.prepare("UPDATE alert_ledger SET seen = (SELECT version FROM ledger)"),
    // Tests go from one minute to a much later one: that the ticks between never came is on purpose.
    env.DB.prepare("DELETE FROM alert_rules WHERE id = 'missed-ticks'"),
  ]);
}

/** A monitor that one failed check brings down. */
export const monitorOf = (id: string, path: string, more = {}) => ({
  id,
  name: `Monitor ${id}`,
  group: "API",
  url: path,
  intervalSeconds: 60,
  failuresToOpen: 1,
  ...more,
});

/** Settings by which a box is the only channel. */
export const webhookTo = (box: Box) => ({
  ALERT_WEBHOOK_URL: box.url,
  ALERT_WEBHOOK_SECRET: "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==",
});

const bodySchema = z.object({ type: z.string(), data: messageSchema });

/** The messages that a box received, in order. */
export async function messagesIn(box: Box) {
  return (await box.requests()).map(({ body }) => bodySchema.parse(JSON.parse(body)).data);
}
