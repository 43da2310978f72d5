import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { kpiDocumentSchema } from "../../../shared/contract/api/kpis.ts";
import { kpiKinds } from "../../../shared/domain/kpi.ts";
import { hour } from "../../../shared/domain/rollup.ts";
import { probedMetrics } from "../../../shared/storage/metric-rollups.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { readWork } from "../../../shared/storage/rollup-work.ts";
import { decide, outageSample, sampleOf, send } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  minute,
  plainMonitors,
  record,
  recordingDelay,
  resetWorld,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/kpis";
const at = minute(60) + 10;

async function list(query = "?window=1h") {
  const document = await readAnswer(await ask(`${path}${query}`, { at }), kpiDocumentSchema);
  return new Map(document.kpis.map((kpi) => [kpi.id, kpi] as const));
}

describe("GET /api/monitoring/kpis", () => {
  beforeAll(async () => {
    await resetWorld();
    await applyConfig(
      {
        ...configOf([
          {
            id: "home",
            name: "Home",
            url: "/",
            metrics: { databaseQueryMs: "$.queryMs" },
          },
          ...plainMonitors("login"),
        ]),
        kpis: { docsReviewedOn: "2026-09-01", targets: { uptime: 90, timeToRecover: 60 } },
      },
      minute(0),
    );
    await record(
      { from: minute(0), to: minute(60) },
      (monitor, _, time) =>
        monitor === "home" && time >= minute(10) && time < minute(16) ? down() : up,
      undefined,
      (monitor) => (monitor === "home" ? { databaseQueryMs: 40 } : {}),
    );
    // The first hour ends at minute 46; the present one is not rolled up.
    const [work] = await readWork(env.DB, at - hour);
    if (work !== undefined)
      await rollUpSlice(env.DB, await readPlan(env.DB), work, 100_000, [probedMetrics]);
  });

  it("tells every indicator, in one order, with its target and what it rests on", async () => {
    const kpis = await list();
    expect([...kpis.keys()]).toEqual(Object.keys(kpiKinds));
    expect(kpis.get("uptime")).toMatchObject({
      value: 95,
      unit: "percent",
      target: { bound: "at-least", value: 90 },
      met: true,
      from: { monitors: 2, downSeconds: 360, unknownSeconds: 0 },
    });
    expect(kpis.get("slaTargetsMet")).toMatchObject({ value: 50, met: false });
    expect(kpis.get("timeToDetect")).toMatchObject({ value: recordingDelay, met: true });
    expect(kpis.get("timeToRecover")).toMatchObject({ value: 360, met: false });
    expect(kpis.get("alertAccuracy")).toMatchObject({ value: 100, met: true });
    expect(kpis.get("docsReviewed")).toMatchObject({
      value: "2026-09-01",
      unit: "date",
      met: null,
    });
  });

  it("tells of the present hour before it is rolled up, and only of the window", async () => {
    const kpis = await list("?window=10m");
    const responses = { responses: 60 };
    expect(kpis.get("averageResponseTime")).toMatchObject({ met: true, from: responses });
    expect(kpis.get("p95ResponseTime")).toMatchObject({ met: true, from: responses });
    expect(kpis.get("errorRate")).toMatchObject({ value: 0, from: { results: 60, failed: 0 } });
    const all = await list();
    expect(all.get("errorRate")).toMatchObject({ value: 5, from: { results: 360, failed: 18 } });
    expect(all.get("databaseQueryTime")).toMatchObject({ value: 40, from: { values: 180 } });
    expect(all.get("requestErrorRate")?.reason).toBe(
      "no value of errorRatePercent is known in this time",
    );
  });

  it("says why what is not known is not, and never 0", async () => {
    for (const kpi of (await list()).values()) {
      expect(kpi.value === null).toBe(kpi.reason !== null);
      if (kpi.value === null) expect(kpi.met).toBeNull();
    }
    const kpis = await list();
    expect(kpis.get("p1Recovery")).toMatchObject({ value: null, target: { value: 7_200 } });
    expect(kpis.get("healthScore")?.reason).toBe("no health score is known in this time");
    expect(kpis.get("maintenanceAdherence")?.reason).toBe(
      "no maintenance window ended in this time",
    );
  });

  it("of a calm time has no mean of nothing", async () => {
    const kpis = await list(`?from=${new Date(minute(30) * 1000).toISOString()}`);
    expect(kpis.get("uptime")).toMatchObject({ value: 100 });
    for (const id of ["timeToDetect", "timeToRecover", "alertAccuracy"] as const) {
      expect(kpis.get(id)).toMatchObject({ value: null, met: null });
    }
  });

  it.each([
    ["window=7w", "window"],
    ["window=1h&window=2h", "window"],
    ["from=yesterday", "from"],
    ["period=decade", "period"],
    ["period=month&of=2026-13", "of"],
    ["period=month&zone=Mars/Olympus", "zone"],
    ["monitor=home", "query"],
  ])("refuses ?%s and says what is allowed", async (query, field) => {
    const response = await ask(`${path}?${query}`, { at });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
    expect(problem.errors?.[0]?.message.length).toBeGreaterThan(5);
  });
});

describe("what people did with incidents", () => {
  const lasting = { from: minute(10), to: minute(16) };

  beforeAll(async () => {
    await resetWorld();
    await applyConfig(configOf(plainMonitors("home", "login")), minute(0));
    await record({ from: minute(0), to: minute(60) }, (_, __, time) =>
      time >= lasting.from && time < lasting.to ? down() : up,
    );
    const both = ["home", "login"].map((id) => outageSample(id, minute(10), minute(10) + 5));
    await decide(both, minute(10) + 6);
    await send("POST", "/api/monitoring/incidents/1/acknowledge", undefined, minute(12));
    await decide([], minute(16) + 6);
    const score = { rule: "health-score", value: 40 };
    await decide([sampleOf({ ...score, level: "critical" })], minute(20));
    await decide([sampleOf({ ...score, level: "critical" })], minute(23));
    await decide([sampleOf({ ...score, level: "well" })], minute(30));
  });

  it("is in the time to recover of P1 and in the deadlines met, by priority", async () => {
    const kpis = await list();
    expect(kpis.get("p1Recovery")).toMatchObject({
      value: 366,
      met: true,
      from: { incidents: 1, stillOpen: 0, longestSeconds: 366 },
    });
    // P1 was answered and ended in time, and so was the alert's own incident.
    expect(kpis.get("responseDeadlinesMet")).toMatchObject({
      value: 100,
      from: { deadlines: 4, responsesMissed: 0, resolutionsMissed: 0 },
    });
    expect(kpis.get("alertAccuracy")).toMatchObject({
      value: 100,
      from: { outages: 2, otherIncidents: 1, falseAlarms: 0 },
    });
  });

  it("counts a false alarm that an alert began, rounded for people", async () => {
    await send("POST", "/api/monitoring/incidents/3/false-alarm", undefined, minute(40));
    const kpis = await list();
    expect(kpis.get("alertAccuracy")).toMatchObject({
      value: 66.6667,
      met: false,
      from: { outages: 2, otherIncidents: 1, falseAlarms: 1 },
    });
    expect(kpis.get("responseDeadlinesMet")?.from).toMatchObject({ deadlines: 2 });
  });

  it("of another time is not in it", async () => {
    const kpis = await list(`?from=${new Date(minute(45) * 1000).toISOString()}`);
    for (const id of ["p1Recovery", "responseDeadlinesMet", "alertAccuracy"] as const) {
      expect(kpis.get(id)).toMatchObject({ value: null, met: null });
    }
  });
});
