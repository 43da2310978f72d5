import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { day, hour } from "../domain/rollup.ts";
import { auditableWindow, auditRollups, remakeRollups } from "./rollup-audit.ts";
import {
  allRollups,
  emptyPlan,
  emptyTables,
  recordResults,
  resultOf,
  rollUpAll,
} from "./testing/rollup-world.ts";

const midnight = Date.UTC(2026, 10, 23) / 1000;
const window = { from: midnight - hour, to: midnight + hour };
const audit = () => auditRollups(env.DB, emptyPlan, window);
const remake = () => remakeRollups(env.DB, emptyPlan, window);

beforeEach(async () => {
  await emptyTables(env.DB, { monitors: 2, regions: 1 });
  const times = [-60, -30, 0, 600].map((seconds) => midnight + seconds);
  await recordResults(
    env.DB,
    times.flatMap((time) => [resultOf(time, 1, 1), resultOf(time, 2, 1, "down", null)]),
  );
  await rollUpAll(env.DB);
});

describe("the audit of rollups", () => {
  it("finds nothing where they are as they should be", async () => {
    expect(await audit()).toEqual({ hours: 2, days: 2, pending: 0, results: 8, differences: [] });
  });

  it("names what is missing, other, or too much, hours and days", async () => {
    await env.DB.batch([
      env.DB.prepare(
        `DELETE FROM rollups WHERE step = ${hour} AND monitor = 1 AND start >= ?1`,
      ).bind(midnight),
      env.DB.prepare(
        `UPDATE rollups SET up = 5 WHERE step = ${hour} AND monitor = 2 AND start < ?1`,
      ).bind(midnight),
      env.DB.prepare("INSERT INTO regions (number, id) VALUES (9, 'elsewhere')"),
      env.DB.prepare(
        `INSERT INTO rollups SELECT step, monitor, 9, start, up, degraded, down, unknown, attempts,
           latency_count, latency_sum, latency_min, latency_max, sketch FROM rollups
         WHERE step = ${day} AND monitor = 1 AND start = ?1`,
      ).bind(midnight),
    ]);
    const of = (step: number, start: number, monitor: number, kind: string, region = 1) => {
      return { step, start, monitor, region, kind };
    };
    const { differences } = await audit();
    expect(differences).toEqual([
      of(hour, midnight - hour, 2, "different"),
      of(hour, midnight, 1, "missing"),
      of(day, midnight - day, 2, "different"),
      of(day, midnight, 1, "extra"),
      of(day, midnight, 1, "extra", 9),
    ]);
    expect((await remake()).differences).toEqual([]);
    expect((await audit()).differences).toEqual([]);
    expect(await allRollups(env.DB, hour)).toHaveLength(4);
    expect(await allRollups(env.DB, day)).toHaveLength(4);
  });

  it("leaves out what is still to be rolled up", async () => {
    await recordResults(env.DB, [resultOf(midnight + 1200, 1, 1)]);
    expect(await audit()).toMatchObject({ pending: 1, results: 4, differences: [] });
    expect(await remake()).toMatchObject({ pending: 0, results: 9, differences: [] });
  });
});

describe("what can be audited", () => {
  const now = midnight + 5 * hour + 100;

  it("is whole hours of which every result is kept", async () => {
    const start = midnight - hour;
    expect(await auditableWindow(env.DB, {}, now)).toEqual({
      from: start,
      to: midnight + 5 * hour,
    });
    const wanted = { from: midnight + 10, to: midnight + hour + 10 };
    expect(await auditableWindow(env.DB, wanted, now)).toEqual({
      from: midnight,
      to: midnight + hour,
    });
    await env.DB.prepare("UPDATE retention SET kept_from = ?1 WHERE step = 0").bind(midnight).run();
    expect(await auditableWindow(env.DB, {}, now)).toMatchObject({ from: midnight });
    expect(await auditableWindow(env.DB, { to: midnight }, now)).toBeNull();
  });

  it("is nothing without results", async () => {
    await emptyTables(env.DB, { monitors: 0, regions: 0 });
    expect(await auditableWindow(env.DB, {}, now)).toBeNull();
  });
});
