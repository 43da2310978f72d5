import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
  tickAt,
} from "../testing/harness.ts";
import { latestStartMs, upkeep } from "./upkeep.ts";

const hour = 3600;
const day = 24 * hour;
/** The first full hour after the start. */
const fullHour = Math.ceil(start / hour) * hour;

const rollups = () =>
  select(
    z.object({ step: z.int(), start: z.int(), up: z.int(), down: z.int() }),
    "SELECT step, start, up, down FROM rollups ORDER BY step, start, region",
  );
const results = async () =>
  (await select(z.object({ time: z.int() }), "SELECT time FROM results ORDER BY time")).map(
    ({ time }) => time,
  );

const config = configOf([{ id: "api-health", name: "API health", url: "/api/health" }]);
// Every test has a month of its own, so that rounds already run are not in its way.
let month = 0;
let first = fullHour;

beforeEach(async () => {
  month += 1;
  first = fullHour + month * 30 * day;
  await setFaults([]);
  const tables = ["results", "transitions", "statuses", "outages", "coverage"];
  await env.DB.batch(
    [...tables, "rollups", "rollup_work"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  await env.DB.prepare("UPDATE ledger SET version = version + 1").run();
  await env.DB.prepare("UPDATE retention SET kept_from = 0, next_monitor = NULL").run();
  await applyConfig(config);
});

/** Seconds after an hour's first minute at which old rollups have their turn. */
const turn = 180;

describe("the upkeep of a tick", () => {
  it("rolls up an hour when it is over and its results have had time to come in", async () => {
    await tickAt(first + hour - 120);
    await setFaults([{ kind: "status", status: 500, path: "/api/health" }]);
    await tickAt(first + hour - 60);
    await setFaults([]);
    await tickAt(first + hour + 60);
    expect(await rollups()).toEqual([]);

    const outcome = await tickAt(first + hour + 120);
    expect(outcome.upkeep).toMatchObject({ failed: [], told: { rollUp: { rolled: 9 } } });
    const seen = { up: 1, down: 1 };
    const dayStart = Math.floor(first / day) * day;
    expect(await rollups()).toEqual([
      ...[1, 2, 3].map(() => ({ step: hour, start: first, ...seen })),
      ...[1, 2, 3].map(() => ({ step: day, start: dayStart, ...seen })),
    ]);
  });

  it("has nothing to tell where there is nothing to do", async () => {
    await tickAt(first);
    const outcome = await tickAt(first + 60);
    expect(outcome.upkeep?.failed).toEqual([]);
    expect(outcome.upkeep?.told).not.toHaveProperty("rollUp");
    expect(outcome.upkeep?.told).not.toHaveProperty("retain");
  });

  it("deletes results when they are no longer kept, and not before", async () => {
    await applyConfig({ ...config, retention: { rawDays: 3 } });
    await tickAt(first);
    await tickAt(first + hour);
    await tickAt(first + 3 * day);
    expect(await results()).toHaveLength(9);
    await tickAt(first + 3 * day + hour + turn);
    expect(await results()).not.toContain(first);
    expect(await results()).toHaveLength(9);
    // Three hours and two days, of three regions.
    expect(await rollups()).toHaveLength(5 * 3);
  });

  it("deletes hours when they are no longer kept", async () => {
    await applyConfig({ ...config, retention: { rawDays: 3, hourDays: 3 } });
    await tickAt(first);
    await tickAt(first + 3 * hour);
    expect(await rollups()).toHaveLength(6);
    await tickAt(first + 4 * day);
    // The hour of 3 h after the first was rolled up in this tick and is as old; the next turn deletes it.
    await tickAt(first + 4 * day + turn);
    expect((await rollups()).filter(({ step }) => step === hour)).toEqual([]);
    expect((await rollups()).filter(({ step }) => step === day)).toHaveLength(3);
  });

  it("goes on with its other steps where one fails, and tells it", async () => {
    const failing = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (/FROM rollup_work\s+WHERE step = 86400/.test(String(args[0]))) {
            throw new Error("out of order");
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
    await applyConfig({ ...config, retention: { rawDays: 3 } });
    await tickAt(first);
    const surroundings = freshSurroundings(standingClock(first + 5 * day + turn));
    const outcome = await upkeep(
      { ...surroundings, env: { ...env, DB: failing } },
      await readPlan(env.DB),
      first + 5 * day + turn,
    );
    expect(outcome.failed).toEqual(["rollUp"]);
    expect(outcome.told).toMatchObject({ rollUp: { fault: "Error: out of order" } });
    // Not rolled up, so nothing of it is deleted, but the step has moved what it may.
    expect(outcome.told).toHaveProperty("retain");
    expect(await results()).toHaveLength(3);
  });

  it("begins no step when the next tick is due", async () => {
    const late: Clock = { ...standingClock(0), now: () => first * 1000 + latestStartMs };
    const plan = await readPlan(env.DB);
    const outcome = await upkeep(freshSurroundings(late), plan, first);
    expect(outcome.failed).toEqual([]);
    expect(new Set(Object.values(outcome.told))).toEqual(new Set(["no time left"]));
  });
});
