import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { summarise } from "../domain/health-history.ts";
import { day } from "../domain/rollup.ts";
import {
  deleteOldHealthScores,
  keepHealthDay,
  keepHealthScore,
  readHealthDays,
  readHealthScores,
  readUnsummedHealthDay,
} from "./health-history.ts";

const start = 1_789_948_800;
const db = env.DB;
const always = { from: 0, to: start + 9 * day };

beforeEach(async () => {
  await db.batch([db.prepare("DELETE FROM health_scores"), db.prepare("DELETE FROM health_days")]);
});

describe("the health score over time", () => {
  it("keeps a score once, in one row", async () => {
    const sample = { at: start, score: 91.25, parts: { database: 100, system: 82.5 } };
    expect(await keepHealthScore(db, sample)).toMatchObject({ written: 1 });
    expect(await keepHealthScore(db, { ...sample, score: 3 })).toMatchObject({ written: 0 });
    await keepHealthScore(db, { at: start + 300, score: null, parts: {} });
    expect(await readHealthScores(db, always)).toEqual([
      sample,
      { at: start + 300, score: null, parts: {} },
    ]);
    expect(await readHealthScores(db, { from: start, to: start + 300 })).toEqual([sample]);
  });

  it("sums days up, one after the other, each when it is over", async () => {
    expect(await readUnsummedHealthDay(db, start + 9 * day)).toBeNull();
    const samples = [
      { at: start + 600, score: 80, parts: { system: 80 } },
      { at: start + 900, score: 90, parts: { system: 90, database: 50 } },
      { at: start + 1200, score: null, parts: {} },
      { at: start + 3 * day, score: 100, parts: {} },
    ];
    for (const sample of samples) await keepHealthScore(db, sample);
    expect(await readUnsummedHealthDay(db, start + day - 1)).toBeNull();
    expect(await readUnsummedHealthDay(db, start + day)).toBe(start);
    const summary = summarise(samples.slice(0, 3));
    await keepHealthDay(db, { start, summary });
    expect(await readHealthDays(db, always)).toEqual([{ start, summary }]);
    expect(summary).toEqual({
      known: { count: 2, sum: 170 },
      unknown: 1,
      min: 80,
      max: 90,
      parts: { database: { count: 1, sum: 50 }, system: { count: 2, sum: 170 } },
    });
    // Days without a score are passed over.
    expect(await readUnsummedHealthDay(db, start + 3 * day + 60)).toBeNull();
    expect(await readUnsummedHealthDay(db, start + 4 * day)).toBe(start + 3 * day);
  });

  it("lets go of the oldest scores, a few at a time", async () => {
    for (const at of [0, 300, 600, 900]) {
      await keepHealthScore(db, { at: start + at, score: 1, parts: {} });
    }
    await deleteOldHealthScores(db, start + 900, 2);
    expect(await readHealthScores(db, always)).toHaveLength(2);
    await deleteOldHealthScores(db, start + 900, 2);
    expect((await readHealthScores(db, always)).map(({ at }) => at)).toEqual([start + 900]);
  });
});
