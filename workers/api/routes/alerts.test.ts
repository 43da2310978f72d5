import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  alertListSchema,
  explanationSchema,
  singleAlertSchema,
} from "../../../shared/contract/api/alerts.ts";
import { commitAlerts, readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { decide, outageSample, sampleOf, send } from "../testing/alerting.ts";
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

const path = "/api/monitoring/alerts";
const list = async (query: string, at: number) =>
  (await readAnswer(await ask(`${path}${query}`, { at }), alertListSchema)).alerts;
const created = async (response: Response) => {
  expect(response.status, await response.clone().text()).toBe(201);
  return singleAlertSchema.parse(await response.json()).alert;
};

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "api")), minute(0));
  await decide(
    [
      outageSample("home", minute(1), minute(1) + 5),
      sampleOf({ rule: "response-time", level: "warning", value: 1_200 }, "api"),
    ],
    minute(1) + 6,
  );
});

// One story: each part goes on where the one before it ended.
describe("alerts", () => {
  it("are listed with the incident that people handle, those that fire first", async () => {
    const alerts = await list("", minute(2));
    expect(alerts).toMatchObject([
      {
        id: "service-down~home",
        rule: { id: "service-down", name: "Service down" },
        state: "firing",
        level: "critical",
        monitor: { id: "home", name: "Monitor home" },
        incident: 1,
        acknowledged: null,
      },
      { id: "response-time~api", state: "pending", level: "warning", incident: null },
    ]);
  });

  it("link to their runbooks, where RUNBOOK_URL says where those are", async () => {
    const environment = { RUNBOOK_URL: "https://docs.example/runbooks" };
    const at = minute(2);
    const told = await ask("/api/monitoring/alerts/service-down~home", { at, environment });
    const { alert } = await readAnswer(told, singleAlertSchema);
    expect(alert.runbook).toBe("https://docs.example/runbooks/service-down.md");
    expect((await list("", at))[0]?.runbook).toBeNull();
  });

  it.each([
    ["?state=firing", ["service-down~home"]],
    ["?state=pending", ["response-time~api"]],
    ["?level=warning", ["response-time~api"]],
    ["?monitor=home", ["service-down~home"]],
    ["?rule=response-time", ["response-time~api"]],
    ["?state=resolved", []],
    ["?rule=nothing", []],
  ])("are narrowed down by %s", async (query, ids) => {
    expect((await list(query, minute(2))).map(({ id }) => id)).toEqual(ids);
  });

  it("are triggered by hand, and told of by the next decision", async () => {
    const body = {
      title: "Payments look odd",
      severity: "critical",
      message: "Refunds doubled",
      labels: { team: "pay" },
      id: "refunds",
      by: "Ann",
    };
    const alert = await created(await send("POST", path, body, minute(3)));
    expect(alert).toMatchObject({
      id: "manual~~~refunds",
      state: "firing",
      detail: "Refunds doubled",
      labels: { team: "pay" },
    });
    const alerts = await list("?rule=manual", minute(3));
    expect(alerts.map(({ id, labels }) => ({ id, labels }))).toEqual([
      { id: "manual~~~refunds", labels: { team: "pay" } },
    ]);
    const { notifications } = await decide(
      [
        outageSample("home", minute(1), minute(1) + 5),
        sampleOf({ rule: "response-time", level: "well" }, "api"),
      ],
      minute(3) + 6,
    );
    expect(notifications.map(({ channel, kind }) => `${channel} ${kind}`)).toEqual([
      "slack trigger",
      "email trigger",
      "webhook trigger",
      "pagerduty trigger",
    ]);
    const row = await env.DB.prepare(
      "SELECT labels FROM incidents WHERE origin = 'manual'",
    ).first();
    expect(row).toEqual({ labels: '{"team":"pay"}' });
  });

  it("of the same id are one while it fires", async () => {
    const body = { title: "Again", severity: "warning", message: "Again", id: "refunds" };
    const again = await readAnswer(await send("POST", path, body, minute(4)), singleAlertSchema);
    expect(again.alert.detail).toBe("Refunds doubled");
  });

  it("by hand end by hand, once", async () => {
    const end = () => send("POST", `${path}/manual~~~refunds/resolve`, { by: "Bob" }, minute(5));
    const { alert } = await readAnswer(await end(), singleAlertSchema);
    expect(alert).toMatchObject({ state: "resolved", resolvedAt: iso(minute(5)) });
    const problem = await readProblem(await end(), "conflict", 409);
    expect(problem.detail).toBe("It is over already.");
  });

  it("that signals fire only signals end", async () => {
    const response = await send("POST", `${path}/service-down~home/resolve`, undefined, minute(5));
    const problem = await readProblem(response, "conflict", 409);
    expect(problem.detail).toMatch(/ends when its signal is well/);
    await readProblem(
      await send("POST", `${path}/nothing/resolve`, undefined, minute(5)),
      "not-found",
      404,
    );
  });

  it("survive a tick that decides in between: the action is made anew", async () => {
    let raced = 0;
    const database = new Proxy(env.DB, {
      get(target, name) {
        if (name === "batch") {
          return async (statements: D1PreparedStatement[]) => {
            // The write of the action, for which somebody else is faster, once.
            if (statements.length > 3 && raced === 0) {
              raced += 1;
              const { version } = await readAlertMemory(env.DB, minute(6));
              const nothing = { alerts: [], incidents: [], notifications: [] };
              await commitAlerts(env.DB, version, nothing, minute(6));
            }
            return target.batch(statements);
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const response = await ask(path, {
      at: minute(6),
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ title: "T", severity: "warning", message: "M", id: "raced" }),
      environment: { DB: database },
    });
    await created(response);
    expect(raced).toBe(1);
    const rows = await env.DB.prepare(
      "SELECT count(*) AS n FROM incidents WHERE title = 'T'",
    ).first();
    expect(rows).toEqual({ n: 1 });
  });
});

describe("GET /api/monitoring/alerts/{id}/explain", () => {
  const explain = async (id: string, at: number) =>
    readAnswer(await ask(`${path}/${id}/explain`, { at }), explanationSchema);

  it("tells the rule, the decisions, the steps and the notifications, in words and data", async () => {
    const told = await explain("service-down~home", minute(7));
    expect(told.rule).toMatchObject({ id: "service-down", asOf: null });
    expect(told.decisions).toMatchObject([
      {
        at: iso(minute(1) + 6),
        incident: 1,
        decision: "told",
        data: { level: "critical", detail: "service-down critical" },
      },
    ]);
    expect(told.incident).toEqual({ number: 1, title: "home: service-down", mergedFrom: null });
    expect(told.escalation).toMatchObject({
      policy: "default",
      stepsTaken: 2,
      stopped: null,
      channels: ["slack", "email", "webhook", "pagerduty"],
    });
    expect(told.notifications).toHaveLength(4);
    expect(told.words).toEqual([
      'Rule "Service down": service-down is critical.',
      "It fires at critical (service-down critical), for 5 min.",
      "Critical alert service-down/home (service-down critical): people are told, for nothing mutes it.",
      "Trigger to slack: on its way, 0 attempts.",
      "Trigger to email: on its way, 0 attempts.",
      "Trigger to webhook: on its way, 0 attempts.",
      "Trigger to pagerduty: on its way, 0 attempts.",
    ]);
  });

  it("shows the rule as it was, whatever it is by now", async () => {
    const changed = { id: "service-down", name: "Down!", signal: { kind: "service-down" } };
    await send("PUT", path, changed, minute(8));
    const told = await explain("service-down~home", minute(9));
    expect(told.rule).toMatchObject({ asOf: null, document: { name: "Service down" } });
  });

  it("of nothing is a 404", async () => {
    await readProblem(await ask(`${path}/nothing/explain`, { at: minute(9) }), "not-found", 404);
  });
});

describe("what is refused", () => {
  const good = { title: "T", severity: "warning", message: "M" };

  it.each([
    [{ ...good, title: "" }, "title", "1 to 200 characters"],
    [{ severity: "warning", message: "M" }, "title", "1 to 200 characters"],
    [{ ...good, severity: "bad" }, "severity", "warning or critical"],
    [{ ...good, message: 7 }, "message", "1 to 2000 characters"],
    [{ ...good, monitor: "nope" }, "monitor", "no such monitor; allowed: home, api"],
    [{ ...good, id: "No Id" }, "id", expect.stringContaining("lower-case letters")],
    [{ ...good, by: "" }, "by", "a name of 1 to 100 characters"],
    [{ ...good, more: 1 }, "body", "has a field that this route does not take"],
  ])("a trigger such as %j names %s", async (body, field, message) => {
    const before = await env.DB.prepare("SELECT version FROM alert_ledger").first();
    const response = await send("POST", path, body, minute(10));
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
    expect(await env.DB.prepare("SELECT version FROM alert_ledger").first()).toEqual(before);
  });

  it.each([
    ["?state=bad", "state"],
    ["?level=bad", "level"],
    ["?other=1", "query"],
    ["?rule=a&rule=b", "rule"],
  ])("a query %s names %s", async (query, field) => {
    const response = await ask(`${path}${query}`, { at: minute(10) });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });

  it("a reader's writes are, whatever they say", async () => {
    for (const [method, under, body] of [
      ["POST", "", {}],
      ["PUT", "", {}],
      ["DELETE", "?rule=memory", undefined],
      ["POST", "/x/resolve", undefined],
    ] as const) {
      const response = await send(method, `${path}${under}`, body, minute(10), readerKey);
      await readProblem(response, "forbidden", 403);
    }
  });

  it("a body of another type is", async () => {
    const response = await ask(path, { at: minute(10), method: "POST", body: "title=x" });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([{ field: "Content-Type", message: "application/json" }]);
  });
});
