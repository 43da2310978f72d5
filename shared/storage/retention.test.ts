import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { day, hour } from "../domain/rollup.ts";
import { deleteOldResults, deleteOldRollups, keepFrom, readKeptFrom } from "./retention.ts";
import { enqueue } from "./rollup-work.ts";
import { deleteRollups } from "./rollups.ts";
import {
  allRollups,
  emptyTables,
  recordResults,
  resultOf,
  rollUpAll,
} from "./testing/rollup-world.ts";

const midnight = Date.UTC(2026, 10, 23) / 1000;
const nothing = { results: 0, hours: 0, days: 0 };

/** Two hours of results of three monitors in two regions, one a minute. */
const twoHours = Array.from({ length: 120 }, (_, minute) =>
  [1, 2, 3].flatMap((monitor) =>
    [1, 2].map((region) => resultOf(midnight + minute * 60, monitor, region)),
  ),
).flat();

const resultsLeft = () => env.DB.prepare("SELECT count(*) AS n FROM results").first("n");

beforeEach(async () => {
  await emptyTables(env.DB, { monitors: 3, regions: 2 });
});

describe("from when on results are kept", () => {
  it("is told before the first of them goes, and never goes back", async () => {
    await keepFrom(env.DB, { results: midnight, hours: midnight - day, days: 0 });
    expect(await readKeptFrom(env.DB)).toEqual({
      results: midnight,
      hours: midnight - day,
      days: 0,
    });
    await keepFrom(env.DB, { ...nothing, results: midnight - hour });
    expect(await readKeptFrom(env.DB)).toMatchObject({ results: midnight });
  });

  it("is never later than what is still to be rolled up", async () => {
    await recordResults(env.DB, twoHours);
    await keepFrom(env.DB, { ...nothing, results: midnight + day });
    expect(await readKeptFrom(env.DB)).toMatchObject({ results: midnight });
    expect(await deleteOldResults(env.DB, 1000)).toMatchObject({ deleted: 0 });
    await rollUpAll(env.DB);
    await keepFrom(env.DB, { ...nothing, results: midnight + day });
    expect(await readKeptFrom(env.DB)).toMatchObject({ results: midnight + day });
    await enqueue(env.DB, day, [midnight]).run();
    await keepFrom(env.DB, { ...nothing, hours: midnight + day });
    expect(await readKeptFrom(env.DB)).toMatchObject({ hours: midnight });
  });

  it("takes no written row where it is so already", async () => {
    const kept = { ...nothing, results: midnight };
    expect((await keepFrom(env.DB, kept)).written).toBe(1);
    expect((await keepFrom(env.DB, kept)).written).toBe(0);
  });
});

describe("old results", () => {
  beforeEach(async () => {
    await recordResults(env.DB, twoHours);
    await rollUpAll(env.DB);
    await keepFrom(env.DB, { ...nothing, results: midnight + hour });
  });

  it("go in steps, the oldest first, and those that are kept stay", async () => {
    const deleted: number[] = [];
    do deleted.push((await deleteOldResults(env.DB, 100)).deleted);
    while (deleted.at(-1) !== 0);
    // Six of each time: a hundred and those of the same minute.
    expect(deleted).toEqual([102, 102, 102, 54, 0]);
    expect(await resultsLeft()).toBe(360);
    expect(await allRollups(env.DB, hour)).toHaveLength(12);
  });

  it("cost a written row each, and reads that do not grow with what is kept", async () => {
    const { deleted, rows } = await deleteOldResults(env.DB, 120);
    expect({ deleted, written: rows.written }).toEqual({ deleted: 120, written: 120 });
    expect(rows.read).toBeLessThanOrEqual(3 * 120 + 5);
    const last = await deleteOldResults(env.DB, 10_000);
    expect(last.deleted).toBe(240);
    expect((await deleteOldResults(env.DB, 300)).rows.written).toBe(0);
  });
});

describe("old hours", () => {
  beforeEach(async () => {
    await recordResults(env.DB, twoHours);
    await recordResults(
      env.DB,
      twoHours.map((result) => ({ ...result, time: result.time + day })),
    );
    await rollUpAll(env.DB);
  });

  const all = async (limit: number) => {
    let deleted = 0;
    for (;;) {
      const step = await deleteOldRollups(env.DB, hour, limit);
      if (step === null) return deleted;
      expect(step.deleted).toBeLessThanOrEqual(limit);
      deleted += step.deleted;
    }
  };

  it.each([1, 5, 1000])("go %i at a time, those of removed monitors too", async (limit) => {
    await env.DB.prepare("UPDATE monitors SET removed_at = 1 WHERE number = 2").run();
    await keepFrom(env.DB, { ...nothing, hours: midnight + day });
    expect(await all(limit)).toBe(12);
    expect((await allRollups(env.DB, hour)).map(({ start }) => start >= midnight + day)).toEqual(
      Array.from({ length: 12 }, () => true),
    );
    expect(await all(limit)).toBe(0);
    expect(await allRollups(env.DB, day)).toHaveLength(12);
  });

  it("are looked for only after there are more of them", async () => {
    await keepFrom(env.DB, { ...nothing, hours: midnight + day });
    await all(1000);
    expect(await deleteOldRollups(env.DB, hour, 1000)).toBeNull();
  });

  it("can be deleted by key", async () => {
    await deleteRollups(env.DB, hour, midnight, [{ monitor: 2, region: 1 }]).run();
    expect(await allRollups(env.DB, hour)).toHaveLength(23);
  });
});
