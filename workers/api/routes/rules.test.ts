import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  removedSchema,
  ruleListSchema,
  singleRuleSchema,
} from "../../../shared/contract/api/rules.ts";
import { send } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  plainMonitors,
  resetWorld,
} from "../testing/world.ts";

const path = "/api/monitoring/rules";
const slow = {
  id: "slow-api",
  name: "Slow API",
  signal: { kind: "response-time", statistic: "p99", windowSeconds: 600 },
  selector: { monitors: ["home"] },
  thresholds: { direction: "above", warning: 300, critical: null },
  severity: "warning",
};

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "api")), minute(0));
});

const rulesNow = async () =>
  (await readAnswer(await ask(path, { at: minute(1) }), ruleListSchema)).rules;

describe("rules", () => {
  it("come with what NetPost asked for", async () => {
    const ids = (await rulesNow()).map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        "service-down",
        "response-time",
        "error-rate",
        "memory",
        "health-score",
      ]),
    );
  });

  it("are created with their defaults, by PUT of alerts and by id, and keep who did it", async () => {
    const first = await send("PUT", "/api/monitoring/alerts?by=Ann", slow, minute(1));
    expect(first.status).toBe(201);
    const again = await readAnswer(
      await send("PUT", `${path}/slow-api?by=Bob`, { ...slow, name: "Slower" }, minute(2)),
      singleRuleSchema,
    );
    expect(again.rule).toMatchObject({ name: "Slower", policy: "default", forSeconds: 0 });
    expect(again.changes.map(({ at, by }) => ({ at, by }))).toEqual([
      { at: iso(minute(2)), by: "Bob" },
      { at: iso(minute(1)), by: "Ann" },
    ]);
  });

  it("said again change nothing, and are nobody's change", async () => {
    const body = { ...slow, name: "Slower" };
    const same = await readAnswer(
      await send("PUT", `${path}/slow-api?by=Cyd`, body, minute(3)),
      singleRuleSchema,
    );
    expect(same.changes).toHaveLength(2);
  });

  it("change in parts", async () => {
    const patch = { enabled: false, cooldownSeconds: 60 };
    const changed = await readAnswer(
      await send("PATCH", `${path}/slow-api`, patch, minute(4)),
      singleRuleSchema,
    );
    expect(changed.rule).toMatchObject({ name: "Slower", enabled: false, cooldownSeconds: 60 });
  });

  it("are deleted, and what they were stays known", async () => {
    const removed = await readAnswer(
      await send("DELETE", "/api/monitoring/alerts?rule=slow-api&by=Dee", undefined, minute(5)),
      removedSchema,
    );
    expect(removed).toEqual({ removed: { id: "slow-api", at: iso(minute(5)), by: "Dee" } });
    await readProblem(await ask(`${path}/slow-api`, { at: minute(5) }), "not-found", 404);
    const gone = await send("DELETE", `${path}/slow-api`, undefined, minute(5));
    await readProblem(gone, "not-found", 404);
    const kept = await env.DB.prepare(
      "SELECT count(*) AS n FROM alerting_changes WHERE id = 'slow-api'",
    ).first();
    expect(kept).toEqual({ n: 4 });
  });

  it("POST creates only what is new", async () => {
    expect((await send("POST", path, slow, minute(6))).status).toBe(201);
    await readProblem(await send("POST", path, slow, minute(6)), "conflict", 409);
  });

  it.each([
    [{ ...slow, id: "No" }, "id", /lower-case/],
    [{ ...slow, id: "manual" }, "id", /kept for what people trigger/],
    [{ ...slow, policy: "nope" }, "policy", /no such policy; allowed: default/],
    [{ ...slow, selector: { monitors: ["x"] } }, "selector.monitors", /allowed: home, api/],
    [{ ...slow, selector: { groups: ["x"] } }, "selector.groups", /no such group/],
    [{ ...slow, selector: { tags: ["x"] } }, "selector.tags", /there is none/],
    [{ ...slow, selector: { regions: ["x"] } }, "selector.regions", /us-east, us-west, eu-west/],
    [{ ...slow, thresholds: null }, "thresholds", /needed for every signal but/],
    [
      { ...slow, thresholds: { direction: "above", warning: 9, critical: 1 } },
      "thresholds",
      /beyond/,
    ],
    [
      { ...slow, signal: { kind: "response-time", statistic: "p99", windowSeconds: 1 } },
      "signal.windowSeconds",
      /60/,
    ],
    [{ ...slow, forSeconds: -1 }, "forSeconds", /0 to 604800/],
    [{ ...slow, runbook: "ftp://x" }, "runbook", /http/],
    [{ ...slow, other: 1 }, "body", /does not take/],
  ])("%# is refused, and nothing is changed", async (body, field, message) => {
    const before = await rulesNow();
    const response = await send("PUT", "/api/monitoring/alerts", body, minute(7));
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toMatchObject([{ field, message: expect.stringMatching(message) }]);
    expect(await rulesNow()).toEqual(before);
  });

  it("a patch is held against the whole", async () => {
    const response = await send("PATCH", `${path}/memory`, { thresholds: null }, minute(8));
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map(({ field }) => field)).toEqual(["thresholds"]);
    const renamed = await send("PATCH", `${path}/memory`, { id: "other" }, minute(8));
    await readProblem(renamed, "invalid-request", 400);
    await readProblem(await send("PATCH", `${path}/nope`, {}, minute(8)), "not-found", 404);
  });
});
