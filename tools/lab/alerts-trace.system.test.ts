import { expect, it } from "vitest";
import { type AlertsTrace, runAlertsTrace } from "./testing/alerts-trace.ts";

/** What people got to know, each key once: kind and when the outage began. */
function told({ arrived }: AlertsTrace): string[] {
  const byKey = new Map(arrived.map(({ message }) => [message.idempotencyKey, message]));
  return [...byKey.values()].map(({ kind, incident }) => `${kind} of ${incident.startedAt}`);
}

it("an outage arrives within its tick and so does its end, each once", async () => {
  const trace = await runAlertsTrace({ outages: 1, kills: 0, seed: 1 });
  const [{ from, to }] = trace.outages as [{ from: number; to: number }];
  expect(trace.arrived.map(({ minute, message }) => [minute, message.kind])).toEqual([
    [from, "trigger"],
    [to, "resolve"],
  ]);
  expect(trace.outbox).toEqual({ sent: 2 });
});

it("killing workerd in the middle of ticks loses no message, and repeats none under another key", async () => {
  const outages = 3;
  const undisturbed = await runAlertsTrace({ outages, kills: 0, seed: 1 });
  const killed = await runAlertsTrace({ outages, kills: 5, seed: 2 });
  expect(undisturbed.arrived.length).toBe(outages * 2);
  expect(told(killed)).toEqual(told(undisturbed));
  expect(killed.outbox).toEqual(undisturbed.outbox);
});
