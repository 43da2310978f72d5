/** Every receiver is away for an hour while things go wrong; then they are back. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { messageSchema } from "../../../shared/contract/alerting/message.ts";
import { commitAlerts, readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { applyConfig, configOf, freshSurroundings, select, start } from "../testing/harness.ts";
import { deliver } from "./deliver.ts";
import type { TickSurroundings } from "./surroundings.ts";

const secret = "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==";
const row = z.object({
  incident: z.string(),
  channel: z.string(),
  state: z.string(),
  fallback_of: z.string().nullable(),
});

let now = start;
let boxes: { readonly webhook: Box; readonly discord: Box; readonly ntfy: Box };

beforeEach(async () => {
  const tables = ["alerts", "incidents", "notifications", "channel_pace"];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await applyConfig(configOf([]), start);
  boxes = { webhook: new Box(), discord: new Box(), ntfy: new Box() };
  now = start;
});

/** The clock moves on where somebody waits for it. */
function surroundings(): TickSurroundings {
  let ms = now * 1000;
  const clock = {
    now: () => ms,
    sleep: (pauseMs: number) => {
      ms += pauseMs;
      return Promise.resolve();
    },
  };
  const settings = {
    ALERT_WEBHOOK_URL: boxes.webhook.url,
    ALERT_WEBHOOK_SECRET: secret,
    DISCORD_WEBHOOK_URL: boxes.discord.url,
    NTFY_URL: boxes.ntfy.url,
    NTFY_TOPIC: "netpost",
  };
  const around = freshSurroundings(clock);
  return { ...around, env: { ...env, ...settings } };
}

async function minute() {
  now += 60;
  const plan = await readPlan(env.DB);
  if (!plan) throw new Error("no plan");
  return deliver(surroundings(), plan);
}

/** An incident that a channel is to be told of. */
async function give(key: string, severity: "warning" | "critical", kind: "trigger" | "update") {
  const { version, memory } = await readAlertMemory(env.DB, now);
  const incident = memory.incidents.get(key) ?? {
    ...{ key, origin: "alert" as const, monitor: null, title: key, startedAt: now },
    ...{ detectedAt: now, endedAt: null, mergedInto: null, severity, priority: "P2" as const },
    ...{ priorityFixed: false, acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null },
    page: null,
  };
  const sequence = kind === "trigger" ? 0 : 1;
  const told = (channel: string) => {
    return { incident: key, channel, kind, sequence, onCall: null, because: "begins" };
  };
  const notifications = [told("webhook"), told("discord")];
  await commitAlerts(env.DB, version, { alerts: [], incidents: [incident], notifications }, now);
}

async function heard(box: Box): Promise<string[]> {
  const body = z.object({ data: messageSchema });
  return (await box.requests()).map(
    (request) => body.parse(JSON.parse(request.body)).data.incident.title,
  );
}

const answerAll = (status: number) =>
  Promise.all(Object.values(boxes).map((box) => box.answer({ status, body: { id: "1" } })));

it("nothing is lost, and what is told afterwards is told once, in order", async () => {
  await answerAll(503);
  let attempts = 0;
  for (let index = 0; index < 60; index += 1) {
    if (index === 1) await give("first", "warning", "trigger");
    if (index === 12) await give("second", "warning", "trigger");
    if (index === 24) await give("third", "critical", "trigger");
    if (index === 30) await give("first", "warning", "update");
    const { sent, dead, fault } = await minute();
    expect({ sent, dead, fault }).toEqual({ sent: 0, dead: 0, fault: null });
  }
  for (const box of Object.values(boxes)) attempts += (await box.requests()).length;
  // Two at a time at most, a few minutes apart: not each incident by itself.
  expect(attempts).toBeLessThan(3 * 2 * 45);
  // The third channel was to be told in their place.
  const fallbacks = await select(row, "SELECT * FROM notifications WHERE channel = 'ntfy'");
  expect(new Set(fallbacks.map(({ incident }) => incident))).toEqual(
    new Set(["first", "second", "third"]),
  );
  await answerAll(200);
  for (let index = 0; index < 8; index += 1) await minute();
  const told = await heard(boxes.webhook);
  expect(told).toEqual(["third", "first", "second"]);
  for (const box of Object.values(boxes)) expect((await box.requests()).length).toBe(3);
  const states = await select(row, "SELECT * FROM notifications");
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["sent", "superseded"]));
});

it("one that is away is told by another, at once where that has been so for long", async () => {
  await answerAll(200);
  await boxes.webhook.answer({ status: 503 });
  await give("first", "warning", "trigger");
  for (let index = 0; index < 8; index += 1) await minute();
  expect((await boxes.discord.requests()).length).toBe(1);
  expect((await boxes.ntfy.requests()).length).toBe(1);
  await give("second", "warning", "trigger");
  await minute();
  expect((await boxes.ntfy.requests()).length).toBe(2);
});

it("a pause that a receiver asks for holds for all that is sent to it", async () => {
  await answerAll(200);
  await boxes.webhook.answer({ status: 429, headers: { "Retry-After": "200" } });
  await give("first", "warning", "trigger");
  await give("second", "critical", "trigger");
  await minute();
  await minute();
  expect(await heard(boxes.webhook)).toEqual(["second"]);
  await boxes.webhook.answer({ status: 200 });
  await minute();
  expect(await heard(boxes.webhook)).toEqual([]);
  for (let index = 0; index < 3; index += 1) await minute();
  expect(await heard(boxes.webhook)).toEqual(["second", "first"]);
});

it("one message that its receiver cannot take holds up no other", async () => {
  await answerAll(200);
  await boxes.webhook.answer({ status: 500 }, { status: 200 });
  await give("first", "critical", "trigger");
  await give("second", "warning", "trigger");
  expect(await minute()).toMatchObject({ sent: 3, retried: 1 });
  expect(await heard(boxes.webhook)).toEqual(["first", "second"]);
});

it("more than a receiver takes at once is spread over time, critical first", async () => {
  await answerAll(200);
  const keys = Array.from({ length: 8 }, (_, index) => `incident ${index}`);
  for (const key of keys) await give(key, key.endsWith("7") ? "critical" : "warning", "trigger");
  const before = now + 60;
  expect(await minute()).toMatchObject({ sent: 16, retried: 0 });
  expect((await heard(boxes.webhook))[0]).toBe("incident 7");
  const sentAt = z.object({ sent_at: z.int() });
  const discord = "SELECT sent_at FROM notifications WHERE channel = 'discord' ORDER BY sent_at";
  const times = (await select(sentAt, discord)).map((one) => one.sent_at - before);
  // Four at once, then one every half second.
  expect(times).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
});
