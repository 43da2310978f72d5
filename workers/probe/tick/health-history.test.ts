import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { day, rollupStart } from "../../../shared/domain/rollup.ts";
import { readHealthDays, readHealthScores } from "../../../shared/storage/health-history.ts";
import { readMetricRollups } from "../../../shared/storage/metric-rollups.ts";
import { pushPoints, readMetricSeries } from "../../../shared/storage/metrics.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  applyConfig,
  configOf,
  start as first,
  freshSurroundings,
  setFaults,
  standIn,
  standingClock,
  tickAt,
} from "../testing/harness.ts";
import { healthHistoryStep } from "./health-history.ts";

const db = env.DB;

/** A day for each test: the regions' objects remember the rounds of the one before. */
let start = first;

beforeEach(async () => {
  start += day;
  const tables = ["health_scores", "health_days", "metric_series", "metric_points"];
  await db.batch([
    ...[...tables, "metric_rollups", "metric_work", "results", "coverage", "statuses"].map(
      (table) => db.prepare(`DELETE FROM ${table}`),
    ),
    db.prepare("UPDATE ledger SET version = 0, plan_revision = 0"),
    db.prepare("DELETE FROM plans"),
  ]);
  await setFaults([]);
});

const always = { from: 0, to: first + 99 * day };

/** A tick, a second after its minute's start; what the two steps had to tell. */
async function upkeepAt(minute: number) {
  const { upkeep } = await tickAt(minute);
  const { metricPoints = null, healthHistory = null } = upkeep?.told ?? {};
  return { failed: upkeep?.failed, metrics: metricPoints, health: healthHistory };
}

const monitor = {
  id: "metrics",
  name: "Metrics",
  url: `${standIn.url}/api/metrics`,
  category: "system",
  metrics: { memoryMb: "$.memoryMb" },
} as const;

describe("the health score in the tick", () => {
  it("is kept once in five minutes, from what the tick just recorded", async () => {
    await applyConfig(configOf([monitor]), start - 60);
    expect((await upkeepAt(start)).health).toEqual({ score: 100, level: "ok" });
    expect(await upkeepAt(start)).toMatchObject({ health: null });
    const scores = await readHealthScores(db, always);
    expect(scores).toEqual([
      { at: Math.floor(start / 300) * 300, score: 100, parts: { system: 100 } },
    ]);
  });

  it("is lower when a target is down, and unknown when nobody looked", async () => {
    await applyConfig(configOf([monitor]), start - 60);
    await setFaults([{ kind: "status", status: 503 }]);
    expect((await upkeepAt(start)).health).toEqual({ score: 0, level: "critical" });
  });

  it("is unknown while no region reports", async () => {
    await applyConfig(configOf([monitor]), start - 60);
    await upkeepAt(start);
    const surroundings = freshSurroundings(standingClock(start + 3_601));
    const plan = await readPlan(db);
    expect(await healthHistoryStep(surroundings, plan, start + 3_600)).toEqual({
      score: null,
      level: null,
    });
  });

  it("is summed up by day, when the day is over", async () => {
    await applyConfig(configOf([monitor]), start - 60);
    await upkeepAt(start);
    const midnight = rollupStart(day, start) + day;
    expect((await upkeepAt(midnight)).health).toMatchObject({
      summedUp: new Date(start * 1000).toISOString().slice(0, 10),
    });
    const days = await readHealthDays(db, always);
    expect(days.map(({ summary }) => summary.known)).toEqual([{ count: 1, sum: 100 }]);
  });

  it("is not made of nothing", async () => {
    expect(await upkeepAt(start)).toEqual({ failed: [], metrics: null, health: null });
  });
});

describe("pushed metrics in the tick", () => {
  it("are rolled up when their hour is over, with its day", async () => {
    await applyConfig(configOf([monitor]), start - 60);
    const hour = rollupStart(3_600, start);
    await pushPoints(db, [{ name: "queue", labels: {}, time: hour, value: 3 }], null, start);
    expect((await upkeepAt(hour + 3_600 + 60)).metrics).toBeNull();
    const { metrics } = await upkeepAt(hour + 3_600 + 120);
    expect(metrics).toMatchObject({ slices: 2, rolled: 2, deleted: 0 });
    const series = (await readMetricSeries(db, [0])).map(({ number }) => number);
    for (const step of [3_600, 86_400] as const) {
      expect(await readMetricRollups(db, step, series, always)).toHaveLength(1);
    }
  });
});
