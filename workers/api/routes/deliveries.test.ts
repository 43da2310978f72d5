import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  channelListSchema,
  channelTestSchema,
  deliveryTimesSchema,
  notificationListSchema,
  singleNotificationSchema,
} from "../../../shared/contract/api/deliveries.ts";
import { claimNotifications } from "../../../shared/storage/alerting/outbox.ts";
import {
  type Settlement,
  settleNotifications,
} from "../../../shared/storage/alerting/outbox-settle.ts";
import { decide, outageSample } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  plainMonitors,
  readerKey,
  resetWorld,
} from "../testing/world.ts";

const notifications = "/api/monitoring/notifications";
const channels = "/api/monitoring/channels";
const listed = async (query: string) =>
  readAnswer(await ask(`${notifications}${query}`, { at: minute(3) }), notificationListSchema);

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")), minute(0));
  await decide([outageSample("home", minute(0), minute(0) + 5)], minute(0) + 6);
  const most = { most: 10, mostOf: new Map(), mostOfOthers: 5 };
  const claim = { lease: "a", now: minute(1), leaseSeconds: 60, ...most };
  const leased = await claimNotifications(env.DB, claim);
  const settlements = leased.flatMap(({ id, channel }): Settlement[] => {
    if (channel === "slack") {
      const sentAt = minute(0) + 8;
      return [{ kind: "sent", id, sentAt, receipt: "r-1", message: null, note: null }];
    }
    if (channel === "email") {
      const sentAt = minute(0) + 20;
      return [{ kind: "sent", id, sentAt, receipt: null, message: null, note: null }];
    }
    if (channel !== "webhook") return [];
    const failed = { failure: "not-found", detail: "no such hook", fallback: null } as const;
    return [{ kind: "dead", id, nextAt: minute(1), fellBack: true, tried: true, ...failed }];
  });
  await settleNotifications(env.DB, "a", settlements, minute(1));
});

// One story: each part goes on where the one before it ended.
describe("deliveries", () => {
  it("are listed by state and channel, a page at a time", async () => {
    expect((await listed("")).notifications).toHaveLength(4);
    const { notifications: dead } = await listed("?state=dead");
    expect(dead).toMatchObject([
      {
        channel: "webhook",
        incident: 1,
        state: "dead",
        failure: "not-found",
        failureDetail: "no such hook",
        nextAttemptAt: null,
      },
    ]);
    const { notifications: sent } = await listed("?state=sent&channel=slack");
    expect(sent).toMatchObject([{ receipt: "r-1", sentAt: iso(minute(0) + 8), attempts: 1 }]);
    const states = (await listed("?state=waiting")).notifications.map(({ state }) => state);
    expect(states).toEqual(["leased"]);
    const first = await listed("?limit=3");
    const rest = await listed(`?limit=3&cursor=${first.nextCursor}`);
    expect(rest.notifications).toHaveLength(1);
    expect(rest.nextCursor).toBeNull();
  });

  it("tell how long it took until people knew, first of all and by channel", async () => {
    const told = await readAnswer(
      await ask("/api/monitoring/delivery-times?window=1h", { at: minute(3) }),
      deliveryTimesSchema,
    );
    const only = (seconds: number) => ({ median: seconds, p95: seconds, worst: seconds });
    expect(told.incidents).toEqual({
      delivered: 1,
      fromFirstFailure: only(8),
      detection: only(5),
      decision: only(1),
      delivery: only(2),
    });
    expect(told.channels.map((one) => [one.channel, one.fromFirstFailure?.worst])).toEqual([
      ["email", 20],
      ["slack", 8],
    ]);
    expect(told.complete).toBe(true);
  });

  it("that are dead are sent again when somebody says so, once", async () => {
    const [dead] = (await listed("?state=dead")).notifications;
    const again = () =>
      ask(`${notifications}/${dead?.id}/retry`, {
        at: minute(4),
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"by":"Ann"}',
      });
    const { notification } = await readAnswer(await again(), singleNotificationSchema);
    expect(notification).toMatchObject({ state: "pending", nextAttemptAt: iso(minute(4)) });
    const problem = await readProblem(await again(), "conflict", 409);
    expect(problem.detail).toBe("It is pending: only a dead one is sent again.");
    const event = await env.DB.prepare("SELECT kind, author FROM incident_events").first();
    expect(event).toEqual({ kind: "retried", author: "Ann" });
  });

  it("what is not there is a 404, and what is malformed a 400", async () => {
    const nothing = await ask(`${notifications}/nothing/retry`, { at: minute(4), method: "POST" });
    await readProblem(nothing, "not-found", 404);
    for (const query of ["?state=x", "?limit=0", "?cursor=x", "?other=1"]) {
      const response = await ask(`${notifications}${query}`, { at: minute(4) });
      await readProblem(response, "invalid-request", 400);
    }
    const window = await ask("/api/monitoring/delivery-times?window=91d", { at: minute(4) });
    await readProblem(window, "invalid-request", 400);
  });
});

describe("channels", () => {
  it("are what the probe Worker has, with how they fare", async () => {
    const { channels: all } = await readAnswer(
      await ask(channels, { at: minute(3) }),
      channelListSchema,
    );
    expect(all.find(({ id }) => id === "slack")).toMatchObject({
      on: false,
      type: null,
      because: expect.stringContaining("SLACK_WEBHOOK_URL"),
      usedBy: ["default"],
      lastDeliveredAt: iso(minute(0) + 8),
      lastTest: null,
    });
  });

  it("that are off or not there are not tested", async () => {
    const off = await ask(`${channels}/slack/test`, { at: minute(3), method: "POST" });
    const problem = await readProblem(off, "conflict", 409);
    expect(problem.detail).toMatch(/^The channel is off: neither SLACK_WEBHOOK_URL/);
    const nothing = await ask(`${channels}/nope/test`, { at: minute(3), method: "POST" });
    await readProblem(nothing, "not-found", 404);
  });

  it("keep what became of their last test", async () => {
    const delivered = { ok: true, receipt: "r-2" };
    const PROBE = {
      sendTest: () => Promise.resolve({ kind: "tried", delivered }),
      channels: () =>
        Promise.resolve({
          channels: [{ id: "ops", type: "webhook", on: true, because: null }],
          nextTestAt: minute(90),
          testFault: null,
        }),
    };
    const tested = await readAnswer(
      await ask(`${channels}/ops/test`, { at: minute(5), method: "POST", environment: { PROBE } }),
      channelTestSchema,
    );
    expect(tested).toEqual({ channel: "ops", at: iso(minute(5)), by: "admin", delivered });
    const { channels: all } = await readAnswer(
      await ask(channels, { at: minute(6), environment: { PROBE } }),
      channelListSchema,
    );
    const told = { tries: 1, toldThrough: null };
    expect(all[0]?.lastTest).toEqual({ at: iso(minute(5)), by: "admin", delivered, ...told });
    expect(all[0]?.nextTestAt).toBe(iso(minute(90)));
  });

  it("need the probe Worker, and a reader tests nothing", async () => {
    const PROBE = { channels: () => Promise.reject(new Error("away")) };
    await readProblem(
      await ask(channels, { at: minute(6), environment: { PROBE } }),
      "not-ready",
      503,
    );
    const reader = { at: minute(6), method: "POST", key: readerKey };
    await readProblem(await ask(`${channels}/slack/test`, reader), "forbidden", 403);
  });
});
