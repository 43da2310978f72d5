import { beforeAll, describe, expect, it } from "vitest";
import {
  policyListSchema,
  rotationListSchema,
  singlePolicySchema,
  singleRotationSchema,
} from "../../../shared/contract/api/escalations.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import { ask, iso, minute, resetWorld, start } from "../testing/world.ts";

const policies = "/api/monitoring/escalations";
const rotations = "/api/monitoring/rotations";
const day = 86_400;

const team = {
  id: "team",
  people: ["Ann", "Bob"],
  anchor: start - day,
  turnDays: 7,
  timeZone: "Europe/Berlin",
};
const night = {
  id: "night",
  name: "Night",
  steps: [{ afterSeconds: 0, channels: ["slack"], onCall: "team" }],
};

const probe = {
  channels: () =>
    Promise.resolve({
      channels: [
        { id: "slack", type: "slack", on: true, because: null },
        { id: "ops", type: "webhook", on: true, because: null },
      ],
    }),
};
const put = (
  path: string,
  body: unknown,
  environment: Record<string, unknown> = { PROBE: probe },
) =>
  ask(path, {
    at: minute(1),
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    environment,
  });
const remove = (path: string) => ask(path, { at: minute(2), method: "DELETE" });

beforeAll(resetWorld);

describe("rotations and policies", () => {
  it("a rotation tells who is on call, until when, and who then", async () => {
    expect((await put(`${rotations}/team`, team)).status).toBe(201);
    const { rotations: all } = await readAnswer(
      await ask(rotations, { at: start }),
      rotationListSchema,
    );
    expect(all).toMatchObject([
      {
        onCall: { person: "Ann", until: iso(start - day + 7 * day), next: "Bob", override: false },
        usedBy: [],
      },
    ]);
  });

  it("handovers are at the same local hour when the clocks change", async () => {
    // Berlin leaves summer time on 2026-10-25: that turn is an hour longer.
    const at = start + 33 * day;
    const { onCall } = await readAnswer(
      await ask(`${rotations}/team`, { at }),
      singleRotationSchema,
    );
    expect(onCall.until).toBe(iso(start - day + 35 * day + 3_600));
  });

  it("somebody who stands in is on call, and then the one whose turn it is", async () => {
    const overrides = [{ from: start, to: start + 3_600, person: "Cyd" }];
    await put(`${rotations}/team`, { ...team, overrides });
    const { onCall } = await readAnswer(
      await ask(`${rotations}/team`, { at: start + 60 }),
      singleRotationSchema,
    );
    expect(onCall).toEqual({
      person: "Cyd",
      until: iso(start + 3_600),
      next: "Ann",
      override: true,
    });
  });

  it("a policy names known channels, also those that only the probe Worker knows", async () => {
    const response = await put(`${policies}/night?by=Ann`, {
      ...night,
      steps: [{ afterSeconds: 0, channels: ["ops"], onCall: "team" }],
    });
    expect(response.status).toBe(201);
    const { policy, changes } = singlePolicySchema.parse(await response.json());
    expect(policy.steps[0]).toMatchObject({ channels: ["ops"], levels: ["warning", "critical"] });
    expect(changes).toMatchObject([{ by: "Ann" }]);
  });

  it("channels in use need nobody's answer", async () => {
    const broken = { PROBE: { channels: () => Promise.reject(new Error("away")) } };
    await readAnswer(await put(`${policies}/night`, night, broken), singlePolicySchema);
    const steps = [{ afterSeconds: 0, channels: ["unheard-of"] }];
    await readProblem(
      await put(`${policies}/night`, { ...night, steps }, broken),
      "not-ready",
      503,
    );
  });

  it("what is in use is not deleted", async () => {
    const inUse = await readProblem(await remove(`${rotations}/team`), "conflict", 409);
    expect(inUse.detail).toBe("In use by the policies night: change them first.");
    const needed = await readProblem(await remove(`${policies}/default`), "conflict", 409);
    expect(needed.detail).toMatch(/triggered by hand/);
    const rule = {
      id: "mine",
      name: "Mine",
      signal: { kind: "health-score" },
      thresholds: { direction: "below", warning: 80, critical: null },
      policy: "night",
    };
    await put("/api/monitoring/rules/mine", rule);
    const named = await readProblem(await remove(`${policies}/night`), "conflict", 409);
    expect(named.detail).toBe("In use by the rules mine: change them first.");
    const { policies: all } = await readAnswer(
      await ask(policies, { at: start }),
      policyListSchema,
    );
    expect(all.map(({ policy, usedBy }) => [policy.id, usedBy.length > 0])).toEqual([
      ["default", true],
      ["night", true],
    ]);
    await remove("/api/monitoring/rules/mine");
    expect((await remove(`${policies}/night`)).status).toBe(200);
    expect((await remove(`${rotations}/team`)).status).toBe(200);
    await readProblem(await remove(`${policies}/night`), "not-found", 404);
  });

  const step = { afterSeconds: 0, channels: ["slack"] };
  const hours = { timeZone: "UTC", weekdays: [1], fromMinute: 60, toMinute: 120 };
  it.each([
    [`${policies}/p`, { id: "p", name: "P", steps: [] }, "steps"],
    [`${policies}/p`, { id: "q", name: "P", steps: [step] }, "id"],
    [
      `${policies}/p`,
      { id: "p", name: "P", steps: [{ ...step, channels: ["x"] }] },
      "steps.0.channels",
    ],
    [`${policies}/p`, { id: "p", name: "P", steps: [{ ...step, onCall: "x" }] }, "steps.0.onCall"],
    [`${policies}/p`, { id: "p", name: "P", steps: [{ ...step, afterSeconds: 9 }, step] }, "steps"],
    [
      `${policies}/p`,
      { id: "p", name: "P", steps: [{ ...step, during: { ...hours, timeZone: "x/y" } }] },
      "steps.0.during.timeZone",
    ],
    [
      `${policies}/p`,
      { id: "p", name: "P", steps: [{ ...step, during: { ...hours, toMinute: 60 } }] },
      "steps.0.during.toMinute",
    ],
    [`${rotations}/r`, { ...team, id: "r", timeZone: "Mars/North" }, "timeZone"],
    [`${rotations}/r`, { ...team, id: "r", people: [] }, "people"],
    [`${rotations}/r`, { ...team, id: "r", turnDays: 0 }, "turnDays"],
    [
      `${rotations}/r`,
      { ...team, id: "r", overrides: [{ from: 2, to: 1, person: "x" }] },
      "overrides.0",
    ],
  ])("%# is refused", async (path, body, field) => {
    const problem = await readProblem(await put(path, body), "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });
});
