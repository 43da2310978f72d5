import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Notification } from "../../domain/alerting/memory.ts";
import { commitAlerts, readAlertMemory } from "./alert-ledger.ts";
import { freeChannel, holdChannel } from "./channel-pace.ts";
import { readNotificationPage } from "./deliveries.ts";
import { claimNotifications, isAnythingDue } from "./outbox.ts";
import { type FailedSettlement, type Settlement, settleNotifications } from "./outbox-settle.ts";
import { readOutboxState } from "./outbox-state.ts";
import { planOf, watchedDatabase } from "./testing/watched-database.ts";
import { readToldChannels } from "./told-channels.ts";

const now = 1_790_000_000;

beforeEach(async () => {
  await env.DB.batch(
    ["notifications", "channel_pace", "incidents"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
});

let incidents = 0;

/** Puts notifications into the outbox. */
async function give(at: number, ...given: readonly Partial<Notification>[]): Promise<void> {
  const { version } = await readAlertMemory(env.DB, at);
  const notifications = given.map((one, sequence) => ({
    incident: "one",
    channel: "slack",
    kind: "trigger" as const,
    sequence,
    onCall: null,
    because: "begins",
    ...one,
  }));
  await commitAlerts(env.DB, version, { alerts: [], incidents: [], notifications }, at);
}

function claim(at: number, lease = `lease-${++incidents}`, more = {}) {
  const limits = { leaseSeconds: 60, most: 30, mostOf: new Map(), mostOfOthers: 10, ...more };
  return claimNotifications(env.DB, { lease, now: at, ...limits });
}

function settle(lease: string, at: number, ...settlements: readonly Settlement[]) {
  return settleNotifications(env.DB, lease, settlements, at);
}

const sent = (id: string): Settlement => {
  return { kind: "sent", id, sentAt: now, receipt: `r:${id}`, message: "{}", note: null };
};

const failed = (id: string, more: Partial<FailedSettlement> = {}): FailedSettlement => ({
  kind: "retry",
  id,
  nextAt: now + 30,
  failure: "timeout",
  detail: "no answer",
  fallback: null,
  fellBack: false,
  tried: true,
  ...more,
});

async function states(): Promise<Record<string, string>> {
  const { results } = await env.DB.prepare("SELECT id, state FROM notifications").all();
  const rows = z.array(z.object({ id: z.string(), state: z.string() })).parse(results);
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
}

describe("the outbox", () => {
  it("gives a notification to one of two that ask, until its lease ends", async () => {
    await give(now, {});
    const claims = await Promise.all([claim(now), claim(now)]);
    expect(claims.flat().map(({ id, attempts }) => [id, attempts])).toEqual([
      ["one/slack/0/trigger", 1],
    ]);
    expect(await claim(now + 59)).toEqual([]);
    expect((await claim(now + 60)).map(({ id, attempts }) => [id, attempts])).toEqual([
      ["one/slack/0/trigger", 2],
    ]);
  });

  it("takes nobody's word whose lease is over", async () => {
    await give(now, {});
    await claim(now, "first");
    await claim(now + 60, "second");
    await settle("first", now + 61, sent("one/slack/0/trigger"));
    expect(await states()).toEqual({ "one/slack/0/trigger": "leased" });
    await settle("second", now + 61, sent("one/slack/0/trigger"));
    expect(await states()).toEqual({ "one/slack/0/trigger": "sent" });
    expect(await claim(now + 10_000)).toEqual([]);
  });

  it("sends one at a time of an incident through a channel, in order", async () => {
    await give(now, {});
    await claim(now, "first");
    await give(now + 1, { kind: "update", sequence: 1 }, { channel: "email", sequence: 2 });
    expect((await claim(now + 1)).map(({ channel }) => channel)).toEqual(["email"]);
    await settle("first", now + 2, sent("one/slack/0/trigger"));
    expect((await claim(now + 2)).map(({ kind }) => kind)).toEqual(["update"]);
  });

  it("takes up a lease that ended before what came after it", async () => {
    await give(now, {});
    await claim(now);
    await give(now + 1, { kind: "resolve", sequence: 1 });
    expect((await claim(now + 60)).map(({ kind }) => kind)).toEqual(["trigger"]);
  });

  it("folds what could not be sent into the newest, which remembers since when people wait", async () => {
    await give(now, {});
    await claim(now, "first");
    await settle(
      "first",
      now,
      failed("one/slack/0/trigger", { fellBack: true, fallback: "email" }),
    );
    await give(now + 10, { kind: "update", sequence: 1 }, { kind: "resolve", sequence: 2 });
    const claimed = await claim(now + 11);
    expect(
      claimed.map(({ channel, kind, waitingSince, fellBack }) => {
        return [channel, kind, waitingSince - now, fellBack];
      }),
    ).toEqual([
      ["email", "trigger", 0, false],
      ["slack", "resolve", 0, true],
    ]);
    expect(await states()).toMatchObject({
      "one/slack/0/trigger": "superseded",
      "one/slack/1/update": "superseded",
      "one/slack/2/resolve": "leased",
    });
  });

  it("tells another channel in the place of one that failed for good, once", async () => {
    await give(now, {});
    await claim(now, "first");
    const dead = { kind: "dead", fallback: "email", failure: "not-found", fellBack: true } as const;
    await settle("first", now, { ...failed("one/slack/0/trigger"), ...dead });
    await settle("first", now, { ...failed("one/slack/0/trigger"), ...dead });
    expect(await states()).toEqual({
      "one/slack/0/trigger": "dead",
      "one/slack/0/trigger/for/email": "pending",
    });
    const [fallback] = await claim(now);
    expect(fallback).toMatchObject({
      channel: "email",
      because: "slack could not be reached: not-found",
      fallbackOf: "one/slack/0/trigger",
    });
    const filter = { state: "dead", channel: null, before: null } as const;
    expect(await readNotificationPage(env.DB, filter, 10)).toMatchObject([
      { channel: "slack", failure: "not-found", failureDetail: "no answer", attempts: 1 },
    ]);
  });

  it("waits until the next attempt is due, and gives back what was not tried", async () => {
    await give(now, {}, { incident: "two", sequence: 0 });
    await claim(now, "first");
    const [one, two] = ["one/slack/0/trigger", "two/slack/0/trigger"];
    await settle("first", now, failed(one), { kind: "released", id: two });
    expect((await claim(now + 29)).map(({ id, attempts }) => [id, attempts])).toEqual([[two, 1]]);
    expect((await claim(now + 30)).map(({ id, attempts }) => [id, attempts])).toEqual([[one, 2]]);
    expect(await readOutboxState(env.DB, now)).toMatchObject({ waiting: 2, oldestSince: now });
  });

  it("gives no more of a channel at once than it takes", async () => {
    const of = (channel: string) =>
      Array.from({ length: 20 }, (_, index) => ({ incident: `i${index}`, channel }));
    await give(now, ...of("slack"), ...of("email"));
    const claimed = await claim(now, "first", {
      most: 12,
      mostOf: new Map([["slack", 7]]),
      mostOfOthers: 20,
    });
    const channels = claimed.map(({ channel }) => channel);
    expect(channels.length).toBe(12);
    expect(channels.filter((channel) => channel === "slack").length).toBe(7);
  });

  it("gives what is critical first, then the oldest, also where a channel takes few", async () => {
    const incident = (key: string, severity: string) =>
      env.DB.prepare(
        `INSERT INTO incidents (key, origin, title, started_at, detected_at, severity, priority,
           priority_fixed) VALUES (?1, 'alert', 't', 0, 0, ?2, 'P2', 0)`,
      ).bind(key, severity);
    await env.DB.batch([incident("small", "warning"), incident("large", "critical")]);
    await give(now, { incident: "small" });
    await give(now + 1, { incident: "none" });
    await give(now + 2, { incident: "large" });
    const two = { mostOf: new Map([["slack", 2]]) };
    expect((await claim(now + 3, "first", two)).map((one) => one.incident)).toEqual([
      "large",
      "small",
    ]);
    expect((await claim(now + 3, "second", two)).map((one) => one.incident)).toEqual(["none"]);
  });

  it("leaves a channel alone that is held back, but for what waits for too long", async () => {
    await give(now, {}, { channel: "email" });
    await holdChannel(env.DB, "slack", { until: now + 1_000, failure: "rate-limited" }, now + 200);
    expect((await claim(now + 200, "first")).map(({ channel }) => channel)).toEqual(["email"]);
    // After five minutes another channel is to be told, once.
    expect((await claim(now + 300, "second")).map(({ channel }) => channel)).toContain("slack");
    const told = { fellBack: true, fallback: "webhook", nextAt: now + 1_000, tried: false };
    await settle("second", now + 300, failed("one/slack/0/trigger", told));
    const others = await claim(now + 301, "third");
    expect(others.map(({ id }) => id)).toEqual(["one/slack/0/trigger/for/webhook"]);
    expect((await claim(now + 999, "fourth")).map(({ channel }) => channel)).not.toContain("slack");
    // What comes when nothing has got through for five minutes does not wait five more.
    await give(now + 600, { incident: "two" });
    expect((await claim(now + 600, "fifth")).map(({ incident }) => incident)).toContain("two");
    // It was not tried: that is no attempt.
    await freeChannel(env.DB, "slack", now + 700);
    const back = await claim(now + 700, "sixth");
    expect(back.map(({ id, attempts }) => [id, attempts])).toContainEqual([
      "one/slack/0/trigger",
      1,
    ]);
  });

  it("knows which channels heard of an incident, and the thread of each", async () => {
    await give(now, {}, { channel: "email" }, { channel: "webhook", sequence: 3 });
    await claim(now, "first");
    await settle("first", now, sent("one/slack/0/trigger"), failed("one/email/1/trigger"));
    const told = await readToldChannels(env.DB, ["one", "none"]);
    expect(told.sent).toEqual([
      { incident: "one", channel: "slack", receipt: "r:one/slack/0/trigger" },
    ]);
    expect(told.given.map(({ channel }) => channel)).toEqual(["email", "slack", "webhook"]);
  });

  it("takes as many statements for 200 as for one, and one where nothing is due", async () => {
    const watched = watchedDatabase(env.DB);
    const limits = { leaseSeconds: 60, most: 500, mostOf: new Map(), mostOfOthers: 500 };
    const ask = (lease: string) => claimNotifications(watched.db, { lease, now, ...limits });
    expect(await isAnythingDue(watched.db, now)).toBe(false);
    expect(watched.sent.splice(0).length).toBe(1);
    await give(now, ...Array.from({ length: 200 }, (_, index) => ({ incident: `i${index}` })));
    const claimed = await ask("all");
    expect(claimed.length).toBe(200);
    expect(watched.sent.splice(0).length).toBe(3);
    await settleNotifications(
      watched.db,
      "all",
      claimed.map(({ id }) => sent(id)),
      now,
    );
    expect(watched.sent.length).toBe(1);
    expect(new Set(Object.values(await states()))).toEqual(new Set(["sent"]));
  });

  it("reads nothing of what was sent", async () => {
    await give(now, {});
    const { db, sent: asked } = watchedDatabase(env.DB);
    const claimed = await claimNotifications(db, {
      lease: "a",
      now,
      leaseSeconds: 60,
      most: 5,
      mostOf: new Map(),
      mostOfOthers: 5,
    });
    const [first] = claimed;
    if (!first) throw new Error("nothing was claimed");
    await settleNotifications(db, "a", [failed(first.id, { fallback: "email" })], now);
    await readToldChannels(db, ["one"]);
    await freeChannel(db, "slack", now);
    await readOutboxState(db, now);
    const plans = (await Promise.all(asked.map((one) => planOf(env.DB, one)))).flat();
    const scans = plans.filter((line) =>
      /^SCAN (notifications|older|newer|due|one|other)\b/.test(line),
    );
    expect(scans.filter((line) => !/INDEX (due|dead)_notifications/.test(line))).toEqual([]);
  });
});
