import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ShownIncident } from "../../../shared/measure/public-incidents.ts";
import type { PublicMonitorState, PublicState } from "../../../shared/measure/public-state.ts";
import type { StatusPush } from "../../../shared/storage/exports-status.ts";
import { signWebhook } from "../notifiers/sign-webhook.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { mappedComponents } from "./settings.ts";
import type { PushContext } from "./status-page.ts";
import { bodyOf, componentStates, stepsOf } from "./statuspage-plan.ts";
import { statusWebhook } from "./webhook.ts";

const at = 1_790_000_100;
const secret = "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==";

const monitor = (id: string, more: Partial<PublicMonitorState> = {}): PublicMonitorState => ({
  ...{ id, name: id, group: "Core", status: "up", maintenance: false, ...more },
});
const incident = (more: Partial<ShownIncident> = {}): ShownIncident => ({
  ...{ number: 7, key: "outage/feed/1", title: "Feed is down", severity: "critical" },
  ...{ startedAt: at - 60, endedAt: null, monitors: [{ id: "feed", name: "Feed" }], updates: [] },
  ...more,
});
const stateOf = (more: Partial<PublicState> = {}): PublicState => ({
  ...{ at, monitors: [monitor("feed")], incidents: [], ...more },
});
const row = (more: Partial<StatusPush> = {}): StatusPush => ({
  ...{ service: "statuspage", kind: "incident", key: "outage/feed/1", remote: "inc1" },
  ...{ digest: null, updates: 0, triedAt: at, toldAt: at, done: false, ...more },
});

describe("a component", () => {
  const mapped = [{ of: "Core", component: "cmp1" }];
  it.each<[string, readonly PublicMonitorState[], string | undefined]>([
    ["all up", [monitor("a"), monitor("b")], "operational"],
    ["one degraded", [monitor("a"), monitor("b", { status: "degraded" })], "degraded_performance"],
    ["one down", [monitor("a"), monitor("b", { status: "down" })], "partial_outage"],
    ["all down", [monitor("a", { status: "down" })], "major_outage"],
    ["maintenance", [monitor("a", { status: "down", maintenance: true })], "under_maintenance"],
    [
      "one unknown, none bad: as it was",
      [monitor("a"), monitor("b", { status: "unknown" })],
      undefined,
    ],
    ["a group that is not there", [monitor("a", { group: "Other" })], undefined],
  ])("%s", (_, monitors, status) => {
    expect(componentStates(monitors, mapped).get("cmp1")).toBe(status);
  });

  it.each([
    ["Core=cmp1, feed=cmp2", 2],
    ["A=B group=cmp1\n", 1],
    ["", 0],
    ["=cmp1", null],
    ["feed", null],
    ["feed=a b", null],
  ])("STATUSPAGE_COMPONENTS %j", (text, count) => {
    expect(mappedComponents(text)?.length ?? null).toBe(count);
  });
});

describe("what Statuspage is told of an incident", () => {
  it("is its public updates that were not told yet, all in one", () => {
    const updates = ["First.", "Second.", "Third."].map((text) => ({ at, text }));
    const [step] = stepsOf(
      stateOf({ incidents: [incident({ updates })] }),
      [],
      [row({ updates: 1 })],
    );
    if (step?.kind !== "incident") throw new Error("no incident");
    expect(bodyOf(step, false)).toBe("Second.\n\nThird.");
    expect(bodyOf({ ...step, updates: [], row: null }, true)).toMatch(/investigating/);
  });

  it("is nothing where it began and ended before it could be told", () => {
    expect(stepsOf(stateOf({ incidents: [incident({ endedAt: at })] }), [], [])).toEqual([]);
  });

  it("is its end where it may not be shown any more", () => {
    expect(stepsOf(stateOf(), [], [row()])).toEqual([{ kind: "withdraw", row: row() }]);
  });
});

it("the webhook is sent the whole state, signed, with one id until it arrives and another after", async () => {
  const box = new Box();
  await box.answer({ status: 503 }, { status: 204 });
  const page = statusWebhook(new URL(box.url), [secret]);
  const kept: StatusPush[] = [];
  const context: PushContext = {
    clock: { now: () => at * 1000, sleep: async () => {} },
    ...{ redact: (text: string) => text, userAgent: "test", deadlineMs: at * 1000 + 5_000 },
    keep: async (push) => void kept.push(push),
  };
  const state = stateOf({ incidents: [incident()] });
  expect(await page.push(state, kept, context)).toMatchObject({ left: true, told: 0 });
  expect(await page.push(state, kept, context)).toMatchObject({ left: false, told: 1 });
  expect(page.isBehind(state, kept)).toBe(false);
  expect(page.isBehind(stateOf(), kept)).toBe(true);
  await page.push(stateOf(), kept, context);

  const requests = await box.requests();
  const ids = requests.map(({ headers }) => z.string().parse(headers["webhook-id"]));
  expect(ids).toHaveLength(3);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[1]);
  for (const { headers, body } of requests) {
    const id = z.string().parse(headers["webhook-id"]);
    expect(headers).toMatchObject(await signWebhook(id, at, body, [secret]));
  }
  expect(JSON.parse(requests[1]?.body ?? "")).toMatchObject({
    type: "status.changed",
    data: {
      monitors: [{ id: "feed", status: "up", maintenance: false }],
      incidents: [{ number: 7, title: "Feed is down", monitors: ["feed"] }],
    },
  });
});
