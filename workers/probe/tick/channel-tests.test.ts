import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { readChannelTests } from "../../../shared/storage/alerting/channel-tests.ts";
import { readOutboxState } from "../../../shared/storage/alerting/outbox-state.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { sendTest } from "../channel-test.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { applyConfig, configOf, freshSurroundings, standingClock } from "../testing/harness.ts";
import { channelTestStep } from "./channel-tests.ts";

/** A Monday at nine, UTC. */
const due = Date.UTC(2026, 8, 21, 9) / 1000;
const secret = "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==";

let webhook: Box;
let ntfy: Box;

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM channel_tests").run();
  await applyConfig(configOf([]), due - 60);
  webhook = new Box();
  ntfy = new Box();
  await ntfy.answer({ status: 200, body: { id: "n" } });
});

function settings(more = {}) {
  const urls = { ALERT_WEBHOOK_URL: webhook.url, ALERT_WEBHOOK_SECRET: secret };
  return { ...env, ...urls, NTFY_URL: ntfy.url, NTFY_TOPIC: "netpost", ...more };
}

/** The step in the tick of a time. */
async function stepAt(time: number, more = {}) {
  const plan = await readPlan(env.DB);
  if (!plan) throw new Error("no plan");
  const around = freshSurroundings(standingClock(time + 5));
  return channelTestStep({ ...around, env: settings(more) }, plan, time);
}

const came = async (box: Box) => (await box.requests()).length;

describe("the scheduled test", () => {
  it("goes through every channel once, whatever ticks repeat or come at once", async () => {
    expect(await stepAt(due - 60)).toBeNull();
    await Promise.all([stepAt(due), stepAt(due), stepAt(due)]);
    await stepAt(due + 60);
    expect([await came(webhook), await came(ntfy)]).toEqual([1, 1]);
    const [first] = await webhook.requests();
    expect(first?.headers["webhook-id"]).toBe(encodeURIComponent(`test/webhook/${due}`));
    expect(await readChannelTests(env.DB)).toMatchObject([
      { channel: "ntfy", author: null, dueAt: due, delivered: { ok: true } },
      { channel: "webhook", author: null, dueAt: due, delivered: { ok: true } },
    ]);
    await stepAt(due + 7 * 86_400 + 120);
    expect(await came(webhook)).toBe(2);
  });

  it("is left out where nobody could send it for hours, and where it is off", async () => {
    await stepAt(due + 5 * 3_600);
    await stepAt(due, { CHANNEL_TEST_SCHEDULE: "off" });
    expect(await came(webhook)).toBe(0);
  });

  it("that fails for good is told through another channel, once, and shows in the state", async () => {
    await webhook.answer({ status: 404 });
    await stepAt(due);
    await stepAt(due + 60);
    const requests = await ntfy.requests();
    expect(requests.length).toBe(2);
    expect(requests[1]?.body).toContain("Channel webhook does not get through");
    expect(requests[1]?.body).toContain("not-found");
    const tests = await readChannelTests(env.DB);
    expect(tests.find(({ channel }) => channel === "webhook")).toMatchObject({
      delivered: { ok: false, reason: "not-found" },
      toldThrough: "ntfy",
    });
    expect((await readOutboxState(env.DB, 0)).failedTests).toEqual(["webhook"]);
  });

  it("that may still get through is tried three times before anybody is told", async () => {
    await webhook.answer({ status: 503 });
    for (let minutes = 0; minutes <= 9; minutes += 1) await stepAt(due + minutes * 60);
    expect([await came(webhook), await came(ntfy)]).toEqual([2, 1]);
    await stepAt(due + 600);
    expect([await came(webhook), await came(ntfy)]).toEqual([3, 2]);
  });

  it("that a dead process had begun is sent again with the same key", async () => {
    await env.DB.prepare(
      `INSERT INTO channel_tests (channel, due_at, at, tries, next_at)
       VALUES ('webhook', ?1, ?1, 1, ?1 + 300)`,
    )
      .bind(due)
      .run();
    await stepAt(due + 60);
    expect(await came(webhook)).toBe(0);
    await stepAt(due + 300);
    const [request] = await webhook.requests();
    expect(request?.headers["webhook-id"]).toBe(encodeURIComponent(`test/webhook/${due}`));
  });

  it.each(["every monday", "* * * * *", "0 9 * * 1 2027"])(
    "of a malformed schedule is a fault that names the setting: %s",
    async (schedule) => {
      const step = stepAt(due, { CHANNEL_TEST_SCHEDULE: schedule });
      await expect(step).rejects.toThrow(/^CHANNEL_TEST_SCHEDULE: off, or a cron expression/);
    },
  );
});

it("a test that somebody asks for arrives, signed, and says that nothing is wrong", async () => {
  const order = { channel: "webhook", by: "Ann" };
  expect(await sendTest(settings(), standingClock(due), order)).toMatchObject({
    kind: "tried",
    delivered: { ok: true },
  });
  const { headers, body } = await webhook.request();
  expect(headers["webhook-signature"]).toMatch(/^v1,/);
  expect(body).toContain("asked for by Ann; nothing is wrong");
});
