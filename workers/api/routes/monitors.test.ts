import { beforeEach, describe, expect, it } from "vitest";
import { monitorListSchema, singleMonitorSchema } from "../../../shared/contract/api/monitors.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  record,
  resetWorld,
  start,
  up,
  type Weather,
} from "../testing/world.ts";

const path = "/api/monitoring/monitors";

const config = configOf([
  {
    id: "home",
    name: "Home page",
    url: "/?token=planted-in-query",
    method: "POST",
    headers: { "X-Api-Key": "planted-in-header" },
    body: "planted-in-body",
    quorum: { atLeast: 2 },
    expect: {
      status: [200, { from: 301, to: 302 }],
      contains: ["Welcome"],
      notContains: ["Oops"],
      json: [
        { path: "$.status", oneOf: ["ok", "fine"] },
        { path: "$.queue", atMost: 10, otherwise: "degraded" },
      ],
      maxLatencyMs: 800,
    },
  },
  { id: "report", name: "Report", url: "/report", intervalSeconds: 300 },
]);

beforeEach(async () => {
  await resetWorld();
  await applyConfig(config);
});

async function homeAt(at: number) {
  return (await readAnswer(await ask(`${path}/home`, { at }), singleMonitorSchema)).monitor;
}

describe("GET /api/monitoring/monitors", () => {
  it("lists every monitor with how recent the data is", async () => {
    await record({ from: minute(0), to: minute(1) }, allUp);
    const list = await readAnswer(await ask(path, { at: minute(0) + 10 }), monitorListSchema);
    expect(list.asOf).toBe(iso(minute(0) + 10));
    expect(list.stale).toBe(false);
    expect(list.monitors.map(({ id }) => id)).toEqual(["home", "report"]);
  });

  it("is empty without a plan", async () => {
    await resetWorld();
    const list = await readAnswer(await ask(path, { at: start }), monitorListSchema);
    expect(list).toEqual({ asOf: null, stale: true, monitors: [] });
  });
});

describe("GET /api/monitoring/monitors/{id}", () => {
  it("shows the configuration without what may hold a secret", async () => {
    const home = await homeAt(start);
    expect(home).toMatchObject({
      id: "home",
      name: "Home page",
      group: "NetPost",
      addedAt: iso(start),
      target: 0.999,
      intervalSeconds: 60,
      verdict: { quorum: "atLeast-2", failuresToOpen: 1, successesToClose: 1 },
    });
    expect(home.probe).toEqual({
      kind: "http",
      method: "POST",
      url: "https://netpost.example/?token=hidden",
      headerNames: ["X-Api-Key"],
      hasBody: true,
      auth: null,
      redirects: 0,
      metrics: {},
      conditions: [
        { kind: "status", demand: "the status is 200 or 301 to 302", otherwise: "down" },
        { kind: "text", demand: 'the body contains "Welcome"', otherwise: "down" },
        { kind: "text", demand: 'the body does not contain "Oops"', otherwise: "down" },
        { kind: "json", demand: '$.status is one of "ok", "fine"', otherwise: "down" },
        { kind: "json", demand: "$.queue is at most 10", otherwise: "degraded" },
        { kind: "latency", demand: "it takes at most 800 ms", otherwise: "degraded" },
      ],
    });
  });

  it("shows status, cause and latest result of each region", async () => {
    const weather: Weather = (monitor, region) =>
      monitor === "home" && region === "us-west" ? down("status 500, allowed 200") : up;
    await record({ from: minute(0), to: minute(1) }, allUp);
    await record({ from: minute(1), to: minute(3) }, weather);
    const home = await homeAt(minute(2) + 10);
    const cause = { reason: "status", detail: "status 500, allowed 200", regions: ["us-west"] };
    expect(home).toMatchObject({
      status: "degraded",
      regional: true,
      since: iso(minute(1)),
      cause,
    });
    expect(home.regions["us-west"]).toEqual({
      status: "down",
      since: iso(minute(1)),
      unknownReason: null,
      cause,
      latest: {
        scheduledAt: iso(minute(2)),
        outcome: "down",
        reason: "status",
        detail: "status 500, allowed 200",
        latencyMs: 42,
        attempts: 1,
        metrics: {},
      },
    });
    expect(home.regions["us-east"]?.latest).toEqual({
      scheduledAt: iso(minute(2)),
      outcome: "up",
      reason: null,
      detail: null,
      latencyMs: 41,
      attempts: 1,
      metrics: {},
    });
  });

  it("finds the latest result of a region that missed rounds since", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(4) }, (_, region) =>
      region === "us-west" ? null : up,
    );
    const { regions } = await homeAt(minute(3) + 10);
    expect(regions["us-west"]?.latest?.scheduledAt).toBe(iso(minute(1)));
    expect(regions["us-east"]?.latest?.scheduledAt).toBe(iso(minute(3)));
  });

  it("finds the latest result of a monitor that is not due every minute", async () => {
    await record({ from: minute(0), to: minute(14) }, allUp);
    const at = minute(13) + 10;
    const response = await ask(`${path}/report`, { at });
    const { monitor } = await readAnswer(response, singleMonitorSchema);
    const scheduledAt = monitor.regions["eu-west"]?.latest?.scheduledAt ?? "";
    const age = at - Date.parse(scheduledAt) / 1000;
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(300 + 10);
  });

  it("says of a probe's own fault what it was", async () => {
    await record({ from: minute(0), to: minute(1) }, allUp);
    await record({ from: minute(1), to: minute(2) }, () => ({
      outcome: "unknown",
      reason: "internal",
      detail: "all control targets failed",
    }));
    expect((await homeAt(minute(1) + 10)).regions["us-east"]).toMatchObject({
      status: "unknown",
      unknownReason: "own-fault",
      latest: { outcome: "unknown", reason: "internal", detail: "all control targets failed" },
    });
  });

  it("names a monitor that does not exist", async () => {
    const response = await ask(`${path}/hom`, { at: start });
    const problem = await readProblem(response, "unknown-monitor", 404);
    expect(problem.detail).toBe("There is no monitor hom.");
  });

  it.each(["Home", "a--b", "%3Cscript%3E", "x".repeat(65)])(
    "says what an id looks like instead of repeating %j",
    async (id) => {
      const response = await ask(`${path}/${id}`, { at: start });
      const problem = await readProblem(response, "invalid-request", 400);
      expect(problem.errors?.[0]?.field).toBe("id");
      expect(problem.detail).toBe("Not valid: id.");
    },
  );
});
