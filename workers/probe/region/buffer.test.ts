import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RoundResults } from "../../../shared/contract/region.ts";
import { RoundBuffer } from "./buffer.ts";

const start = 1_790_000_040;

function round(minutes: number): RoundResults {
  return {
    round: { time: start + minutes * 60, step: 60 },
    results: [{ monitor: 1, outcome: { outcome: "up" }, latencyMs: 5, attempts: 1, metrics: {} }],
  };
}

/** Runs on the storage of an object of its own. */
function withStorage(name: string, work: (sql: SqlStorage) => void): Promise<void> {
  return runInDurableObject(env.REGION.getByName(name), (_, state) => work(state.storage.sql));
}

const times = (rounds: readonly RoundResults[]) =>
  rounds.map(({ round: { time } }) => (time - start) / 60);

describe("the buffer of rounds", () => {
  it("gives back what it keeps, oldest first, until it is told to forget", () =>
    withStorage("gives-back", (sql) => {
      const buffer = new RoundBuffer(sql);
      for (const minutes of [2, 0, 1]) buffer.keep(round(minutes));
      expect(buffer.find(round(1).round)).toEqual(round(1));
      expect(times(buffer.overdue(start + 120, 10))).toEqual([0, 1]);
      buffer.forget([round(0).round, round(1).round]);
      expect(times(buffer.overdue(start + 600, 10))).toEqual([2]);
    }));

  it("does not hand over a round that may still run elsewhere", () =>
    withStorage("still-running", (sql) => {
      const buffer = new RoundBuffer(sql);
      buffer.keep(round(0));
      expect(times(buffer.overdue(start + 30, 10))).toEqual([]);
      expect(times(buffer.overdue(start + 60, 10))).toEqual([0]);
    }));

  it("knows that it ran a round, also when it was forgotten", () =>
    withStorage("has-run", (sql) => {
      const buffer = new RoundBuffer(sql);
      buffer.keep(round(3));
      buffer.forget([round(3).round]);
      expect(buffer.hasRun(round(3).round)).toBe(true);
      expect(buffer.hasRun(round(4).round)).toBe(false);
      expect(buffer.hasRun({ time: start, step: 10 })).toBe(false);
    }));

  it("drops the oldest at its bound, and counts what it dropped", () =>
    withStorage("bound", (sql) => {
      const buffer = new RoundBuffer(sql, 3);
      for (let minutes = 0; minutes < 5; minutes += 1) buffer.keep(round(minutes));
      expect(times(buffer.overdue(start + 6000, 10))).toEqual([2, 3, 4]);
      expect(buffer.dropped).toBe(2);
      expect(new RoundBuffer(sql, 3).dropped).toBe(2);
    }));

  it("drops and counts a round that it cannot read, rather than stop at it", () =>
    withStorage("unreadable", (sql) => {
      const buffer = new RoundBuffer(sql);
      buffer.keep(round(0));
      sql.exec("UPDATE rounds SET document = ?", JSON.stringify({ from: "another version" }));
      buffer.keep(round(1));
      expect(times(buffer.overdue(start + 6000, 10))).toEqual([1]);
      expect(buffer.dropped).toBe(1);
    }));
});
