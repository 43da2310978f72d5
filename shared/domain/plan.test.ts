import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignShards, dueIn, planRounds } from "./plan.ts";
import { roundBudgetMs, type ShardLoad, worstCaseMs } from "./shard.ts";
import { shardLoads } from "./testing/arbitraries.ts";
import { monitorOf, planOf, retryPolicy, start } from "./testing/fixtures.ts";

describe("a plan", () => {
  const slow = monitorOf({ number: 1, schedule: { intervalSeconds: 300, phaseSeconds: 60 } });
  const minutely = monitorOf({ number: 2 });
  const fast = monitorOf({ number: 3, schedule: { intervalSeconds: 30, phaseSeconds: 20 } });
  const plan = planOf([slow, minutely, fast]);

  it("has its rounds from all of its monitors", () => {
    expect(planRounds(plan, start)).toEqual([
      { time: start, step: 60 },
      ...[0, 10, 20, 30, 40, 50].map((second) => ({ time: start + second, step: 10 })),
    ]);
    expect(planRounds(planOf([]), start)).toEqual([]);
  });

  const due: [name: string, time: number, step: 60 | 10, monitors: number[]][] = [
    ["a minute round takes the monitors of minutes that are due", 0, 60, [2]],
    ["and those whose phase it is", 60, 60, [1, 2]],
    ["a fast round takes the fast ones that are due", 20, 10, [3]],
    ["and is empty where none is", 30, 10, []],
  ];
  it.each(due)("%s", (_name, time, step, monitors) => {
    const found = dueIn(plan, { time: start + time, step });
    expect(found.map((monitor) => monitor.number)).toEqual(monitors);
  });
});

describe("assignShards", () => {
  const load = (budgetMs: number, intervalSeconds = 60): ShardLoad => {
    return { schedule: { intervalSeconds, phaseSeconds: 0 }, retry: { ...retryPolicy, budgetMs } };
  };

  it("makes one shard of no monitors", () => {
    expect(assignShards([])).toEqual({ assigned: [], shards: 1 });
  });

  it("fills shards from the first on, and lets small monitors into the gaps", () => {
    // One of 50 s fills a shard; the small one still fits beside it on another connection.
    const given = [load(50_000), load(50_000), ...Array.from({ length: 5 }, () => load(50_000))];
    expect(assignShards([...given, load(1_000)])).toEqual({
      assigned: [0, 0, 0, 0, 0, 0, 1, 1],
      shards: 2,
    });
  });

  it("lets fast and slow monitors share a shard", () => {
    expect(assignShards([load(50_000), load(9_000, 10)])).toEqual({ assigned: [0, 0], shards: 1 });
  });

  it("gives every monitor a shard in which its rounds end in time, and leaves none empty", () => {
    fc.assert(
      fc.property(shardLoads, (given) => {
        const { assigned, shards } = assignShards(given);
        expect(assigned).toHaveLength(given.length);
        expect(shards).toBeGreaterThanOrEqual(1);
        for (let shard = 0; shard < shards; shard += 1) {
          const own = given.filter((_, index) => assigned[index] === shard);
          if (given.length > 0) expect(own.length).toBeGreaterThan(0);
          expect(worstCaseMs(own, 60)).toBeLessThanOrEqual(roundBudgetMs[60]);
          expect(worstCaseMs(own, 10)).toBeLessThanOrEqual(roundBudgetMs[10]);
        }
        expect(assigned.every((shard) => shard >= 0 && shard < shards)).toBe(true);
      }),
    );
  });

  it("needs no more than the shards it must: the last but one had no room", () => {
    fc.assert(
      fc.property(shardLoads, (given) => {
        const { assigned } = assignShards(given);
        for (const [index, shard] of assigned.entries()) {
          const monitor = given[index];
          if (!monitor || shard === 0) continue;
          const step = monitor.schedule.intervalSeconds < 60 ? 10 : 60;
          for (let earlier = 0; earlier < shard; earlier += 1) {
            const there = given.filter((_, i) => i < index && assigned[i] === earlier);
            expect(worstCaseMs([...there, monitor], step)).toBeGreaterThan(roundBudgetMs[step]);
          }
        }
      }),
    );
  });
});
