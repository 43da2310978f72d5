import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { readPlan } from "../../../shared/storage/plans.ts";
import { enqueue } from "../../../shared/storage/rollup-work.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  standingClock,
} from "../testing/harness.ts";
import { reportStep } from "./reports.ts";

const at = (text: string) => Date.parse(text) / 1000;
/** A Monday, the first day of a month: of every kind one is due after midnight. */
const monday = at("2027-02-01T00:00:00Z");
const minutes = (count: number) => monday + count * 60;

const row = z.object({ kind: z.string(), zone: z.string(), from_time: z.int(), edition: z.int() });

async function stored(): Promise<string[]> {
  const rows = await select(
    row,
    "SELECT kind, zone, from_time, edition FROM reports ORDER BY number",
  );
  return rows.map(({ kind, from_time: from }) => {
    return `${kind} ${new Date(from * 1000).toISOString().slice(0, 13)}`;
  });
}

async function stepAt(time: number) {
  return reportStep(freshSurroundings(standingClock(time)), await readPlan(env.DB), time);
}

/** All ticks of some minutes. */
async function stepThrough(from: number, to: number): Promise<void> {
  for (let time = from; time < to; time += 60) await stepAt(time);
}

const monitors = [{ id: "home", name: "Home", url: "/" }];

beforeEach(async () => {
  const tables = ["reports", "report_parts", "coverage", "rollup_work"];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  const since = at("2026-01-01T00:00:00Z");
  await applyConfig(configOf(monitors), since);
  await env.DB.prepare(
    "INSERT INTO coverage (region, step, from_time, to_time) SELECT number, 60, ?1, ?2 FROM regions",
  )
    .bind(since, monday)
    .run();
});

describe("the reports of the tick", () => {
  it("are made twenty minutes after their period, one a tick, and once", async () => {
    await stepThrough(minutes(0), minutes(20));
    const before = await stored();
    expect(before).toHaveLength(3);
    expect(await stepAt(minutes(20))).toMatchObject({ outcome: "made" });
    expect(await stored()).toHaveLength(4);
    await stepThrough(minutes(21), minutes(30));
    expect((await stored()).slice(3).sort()).toEqual([
      "daily 2027-01-31T00",
      "monthly 2027-01-01T00",
      "weekly 2027-01-25T00",
    ]);
    expect(await stepAt(minutes(40))).toBeNull();
  });

  it("are one each, also where ticks overlap or repeat", async () => {
    await Promise.all([stepAt(minutes(20)), stepAt(minutes(20)), stepAt(minutes(20))]);
    await stepAt(minutes(20));
    const all = await stored();
    expect(new Set(all).size).toBe(all.length);
    const parts = await select(
      z.object({ parts: z.int() }),
      "SELECT count(*) AS parts FROM report_parts GROUP BY report, part",
    );
    expect(parts.map((one) => one.parts)).toEqual(all.map(() => 1));
  });

  it("are caught up, oldest first, after ticks that never came", async () => {
    await stepThrough(minutes(20), minutes(30));
    const later = minutes(3 * 1_440 + 20);
    await stepThrough(later, later + 600);
    const daily = (await stored()).filter((one) => one.startsWith("daily"));
    expect(daily).toEqual([
      "daily 2027-01-31T00",
      "daily 2027-02-01T00",
      "daily 2027-02-02T00",
      "daily 2027-02-03T00",
    ]);
  });

  it("wait for the rollups of their period, but not for ever", async () => {
    await env.DB.batch([enqueue(env.DB, 3_600, [monday - 3_600])]);
    expect(await stepAt(minutes(20))).toMatchObject({ outcome: "waiting for rollups" });
    expect(await stored()).toEqual([]);
    expect(await stepAt(monday + 6 * 3_600)).toMatchObject({ outcome: "made" });
  });

  it("begin their days in the configured zone, and are only those asked for", async () => {
    const reports = { zone: "America/New_York", weekly: false, monthly: false };
    await applyConfig({ ...configOf(monitors), reports }, at("2026-01-02T00:00:00Z"));
    await stepThrough(minutes(320), minutes(330));
    expect(await stored()).toEqual(["daily 2027-01-31T05"]);
  });

  it("are none where nothing is monitored or none is wanted", async () => {
    const reports = { daily: false, weekly: false, monthly: false };
    await applyConfig({ ...configOf(monitors), reports }, at("2026-01-02T00:00:00Z"));
    expect(await stepAt(minutes(20))).toBeNull();
    await applyConfig(configOf([]), at("2026-01-03T00:00:00Z"));
    expect(await stepAt(minutes(20))).toBeNull();
  });
});
