import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type SloDocument, sloDocumentSchema } from "../../../shared/contract/api/slo.ts";
import { readPresent } from "../../../shared/measure/material.ts";
import { measureBurn } from "../../../shared/measure/slo.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  record,
  resetWorld,
  start,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/slo";

async function slo(query: string, at: number): Promise<SloDocument> {
  return readAnswer(await ask(`${path}?${query}`, { at }), sloDocumentSchema);
}

async function homeOf(query: string, at: number) {
  const [home] = (await slo(query, at)).monitors;
  if (!home) throw new Error("no monitor");
  return home;
}

beforeEach(async () => {
  await resetWorld();
  const config = configOf(plainMonitors("home"));
  await applyConfig({ ...config, defaults: { sloTarget: 0.9 } });
});

/** Home is down in minutes 3 to 5, of ten. */
function recordOutage(): Promise<void> {
  return record({ from: minute(0), to: minute(10) }, (_, __, time) =>
    time >= minute(3) && time < minute(6) ? down() : up,
  );
}

describe("GET /api/monitoring/slo", () => {
  it("tells the budget, how fast it burns and what that means", async () => {
    await recordOutage();
    const home = await homeOf("window=24h", minute(10));
    expect(home).toMatchObject({ id: "home", target: 0.9, availability: 0.7, met: false });
    expect(home.budget).toEqual({ totalSeconds: 60, leftSeconds: -120, leftFraction: -2 });
    // Of the last five minutes one was down, of the last ten three.
    expect(home.burnRates["5m"].rate).toBeCloseTo(2, 9);
    expect(home.burnRates["1h"].rate).toBeCloseTo(3, 9);
    expect(home.burnRates["3d"]).toMatchObject({ downSeconds: 180, knownSeconds: 600 });
    expect(
      home.signals.map(({ severity, burnRate, firing }) => [severity, burnRate, firing]),
    ).toEqual([
      ["page", 14.4, false],
      ["page", 6, false],
      ["ticket", 3, false],
      ["ticket", 1, true],
    ]);
    expect(home.forecast).toMatchObject({ runsOutAt: null, reason: "spent" });
  });

  it("forecasts when the budget of a period runs out", async () => {
    await recordOutage();
    // Ten hours of the day are left, which makes an hour of budget.
    const home = await homeOf("period=day", minute(10));
    const left = (86_400 - 14 * 3_600 - 14 * 60) * 0.1 - 180;
    expect(home.budget.leftSeconds).toBeCloseTo(left, 3);
    // At three times the rate, 0.3 of every second.
    expect(home.forecast.runsOutAt).toBe(iso(minute(10) + Math.floor(left / 0.3)));
    const over = await homeOf("period=day&of=previous", minute(10));
    expect(over.forecast).toMatchObject({ runsOutAt: null, reason: "window-over" });
    expect(over.burnRates["1h"].rate).toBeCloseTo(3, 9);
  });

  it("says why it knows nothing", async () => {
    const home = await homeOf("", start + 30);
    expect(home).toMatchObject({ availability: null, met: null });
    expect(home.burnRates["5m"].rate).toBeNull();
    expect(home.signals.map(({ firing }) => firing)).toEqual([null, null, null, null]);
    expect(home.forecast).toEqual({ runsOutAt: null, reason: "nothing-known", burnRate: null });
  });

  it("burns nothing where nothing was down", async () => {
    await record({ from: minute(0), to: minute(3) }, () => up);
    const home = await homeOf("window=1h", minute(3));
    expect(home.forecast).toMatchObject({ runsOutAt: null, reason: "not-burning", burnRate: 0 });
  });

  it("burns nothing in maintenance", async () => {
    await recordOutage();
    const timing = { kind: "once", from: iso(minute(3)), to: iso(minute(6)) };
    await ask("/api/monitoring/maintenance", {
      at: minute(10),
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Move", timing }),
    });
    const home = await homeOf("window=1h", minute(10));
    expect(home).toMatchObject({ availability: 1, met: true });
    expect(home.burnRates["1h"]).toEqual({ rate: 0, downSeconds: 0, knownSeconds: 420 });
  });

  it("gives alert rules the same rates and signals", async () => {
    await recordOutage();
    const home = await homeOf("window=1h", minute(10));
    const present = await readPresent(env.DB, minute(10));
    const [burn] = await measureBurn(env.DB, present, present.plan.monitors);
    expect(burn?.rates).toEqual(home.burnRates);
    expect(burn?.signals.map(({ firing }) => firing)).toEqual(
      home.signals.map(({ firing }) => firing),
    );
  });

  it.each([
    ["window=x", "window"],
    ["period=year", "period"],
    ["period=day&of=2026-W01", "of"],
    ["period=day&zone=Nowhere", "zone"],
    ["monitor=nothing", "monitor"],
    ["group=nothing", "group"],
    ["region=us-east", "query"],
  ])("refuses ?%s and names %s", async (query, field) => {
    const response = await ask(`${path}?${query}`, { at: minute(1) });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });
});
