import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { detailedHealthSchema } from "../../../shared/contract/api/health.ts";
import { healthHistorySchema } from "../../../shared/contract/api/health-score.ts";
import { summarise } from "../../../shared/domain/health-history.ts";
import { day, rollupStart } from "../../../shared/domain/rollup.ts";
import { keepHealthDay, keepHealthScore } from "../../../shared/storage/health-history.ts";
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
  up,
} from "../testing/world.ts";

const categories = ["database", "system", "security"] as const;

beforeEach(async () => {
  await resetWorld();
  await applyConfig(
    configOf(
      categories.map((category) => ({
        id: `${category}-check`,
        name: category,
        url: `/${category}`,
        category,
        metrics: category === "system" ? { memoryMb: "$.memoryMb" } : {},
      })),
    ),
  );
});

const scoreAt = async (at: number) => {
  const response = await ask("/api/monitoring/health/detailed", { at });
  return (await readAnswer(response, detailedHealthSchema)).netpost.health;
};

const memory = (memoryMb: number) => (monitor: string) =>
  monitor === "system-check" ? { memoryMb } : {};

describe("the health score in GET /api/monitoring/health/detailed", () => {
  it("is 100 of what is known, and says what is not", async () => {
    await record({ from: minute(0), to: minute(1) }, allUp, 1, memory(250));
    const health = await scoreAt(minute(0) + 10);
    expect(health).toMatchObject({
      score: 100,
      level: "ok",
      levels: { warningBelow: 80, criticalBelow: 60 },
      leftOut: ["external", "dependencies"],
      deductions: [],
    });
    expect(health.parts.map(({ category, share }) => [category, share])).toEqual([
      ["database", 0.4615],
      ["external", 0],
      ["system", 0.3077],
      ["security", 0.2308],
      ["dependencies", 0],
    ]);
    expect(health.missing).toContainEqual({
      kind: "metric",
      category: "database",
      metric: "databaseQueryMs",
      reason: "no-value",
    });
  });

  it("names what it is not 100 for, with values and thresholds", async () => {
    await record(
      { from: minute(0), to: minute(1) },
      (monitor) => (monitor === "database-check" ? down() : up),
      1,
      memory(475),
    );
    const health = await scoreAt(minute(0) + 10);
    expect(health).toMatchObject({ score: 30.7, level: "critical" });
    expect(health.deductions).toEqual([
      {
        kind: "monitor",
        category: "database",
        points: 46.1538,
        why: "database-check is down",
        monitor: "database-check",
        status: "down",
      },
      {
        kind: "metric",
        category: "system",
        points: 23.0769,
        why: "memoryMb is 475 MB; warning above 400 MB, critical above 500 MB",
        metric: "memoryMb",
        value: 475,
        unit: "MB",
        thresholds: { direction: "above", warning: 400, critical: 500 },
      },
    ]);
  });

  it("does not go by what is no longer true (law 7)", async () => {
    await record({ from: minute(0), to: minute(1) }, () => down(), 1, memory(900));
    const health = await scoreAt(minute(30));
    expect(health).toMatchObject({ score: null, level: null, deductions: [] });
    expect(health.missing).toContainEqual({
      kind: "monitor",
      category: "security",
      monitor: "security-check",
    });
  });
});

describe("GET /api/monitoring/health/history", () => {
  const history = async (query: string, at: number) =>
    readAnswer(await ask(`/api/monitoring/health/history${query}`, { at }), healthHistorySchema);
  const today = rollupStart(day, minute(0));

  it("shows every five minutes, and how many are missing", async () => {
    const scores = [90, null, 70.06];
    for (const [index, score] of scores.entries()) {
      const parts = score === null ? {} : { system: score };
      await keepHealthScore(env.DB, { at: today + index * 300, score, parts });
    }
    expect(await history("?window=1h", today + 3_599)).toEqual({
      window: { from: iso(today - 1), to: iso(today + 3_599) },
      asOf: null,
      stale: true,
      resolution: "5m",
      average: 80,
      min: 70,
      max: 90,
      samples: { known: 2, unknown: 1, missing: 10 },
      points: [
        { start: iso(today), seconds: 300, score: 90, min: 90, max: 90, parts: { system: 90 } },
        { start: iso(today + 300), seconds: 300, score: null, min: null, max: null, parts: {} },
        {
          start: iso(today + 600),
          seconds: 300,
          score: 70,
          min: 70,
          max: 70,
          parts: { system: 70 },
        },
      ],
    });
  });

  it("shows longer windows by day, the present one so far", async () => {
    const sample = (at: number, score: number) => ({ at, score, parts: {} });
    const start = today - 5 * day;
    const summary = summarise([sample(start, 60), sample(start + 300, 80)]);
    await keepHealthDay(env.DB, { start, summary });
    await keepHealthScore(env.DB, sample(today + 300, 100));
    const found = await history("?window=7d", today + 600);
    expect(found).toMatchObject({
      resolution: "day",
      window: { from: iso(today - 7 * day) },
      average: 80,
      samples: { known: 3, unknown: 0 },
      points: [
        { start: iso(start), seconds: day, score: 70, min: 60, max: 80 },
        { start: iso(today), seconds: 600, score: 100 },
      ],
    });
  });

  it.each(["?window=0d", "?window=1y", "?from=2026-01-01"])("refuses %s", async (query) => {
    const response = await ask(`/api/monitoring/health/history${query}`, { at: minute(0) });
    await readProblem(response, "invalid-request", 400);
  });
});
