import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connections, fits, roundBudgetMs, type ShardLoad, worstCaseMs } from "./shard.ts";
import { shardLoads } from "./testing/arbitraries.ts";
import { retryPolicy } from "./testing/fixtures.ts";

const load = (budgetMs: number, intervalSeconds = 60): ShardLoad => {
  return { schedule: { intervalSeconds, phaseSeconds: 0 }, retry: { ...retryPolicy, budgetMs } };
};
const loads = (count: number, budgetMs: number) =>
  Array.from({ length: count }, () => load(budgetMs));

/** When list scheduling ends: each probe, in order, takes the connection that is free first. */
function endOfList(durations: readonly number[]): number {
  const freeAt = Array.from({ length: connections }, () => 0);
  for (const duration of durations) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] ?? 0) + duration;
  }
  return Math.max(...freeAt);
}

describe("worstCaseMs", () => {
  const table: [name: string, given: ShardLoad[], worstMs: number][] = [
    ["nothing takes no time", [], 0],
    ["one monitor takes its budget", loads(1, 15_000), 15_000],
    ["six at once take the longest", [...loads(5, 1_000), load(9_000)], 9_000],
    ["a seventh waits for a connection", loads(7, 6_000), 12_000],
    ["the longest may begin last", [...loads(12, 1_000), load(6_000)], 8_000],
    ["monitors of the other step do not count", [load(5_000), load(9_000, 10)], 5_000],
  ];
  it.each(table)("%s", (_name, given, worstMs) => {
    expect(worstCaseMs(given, 60)).toBe(worstMs);
  });

  it("is never exceeded on six connections, whatever the probes take of their budgets", () => {
    const share = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
    const taken = fc.array(share, { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(shardLoads, taken, fc.constantFrom(60, 10), (given, shares, step) => {
        const own = given.filter(({ schedule }) => schedule.intervalSeconds < 60 === (step === 10));
        const durations = own.map(({ retry }, index) => retry.budgetMs * (shares[index] ?? 1));
        // A tenth of a microsecond for rounding.
        expect(endOfList(durations)).toBeLessThanOrEqual(
          worstCaseMs(given, step === 60 ? 60 : 10) + 1e-4,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("is reached: no smaller bound would hold", () => {
    const given = [...loads(12, 1_000), load(6_000)];
    expect(endOfList(given.map(({ retry }) => retry.budgetMs))).toBe(worstCaseMs(given, 60));
  });
});

describe("fits", () => {
  it("takes as many monitors as end in time, and not one more", () => {
    // (n − 1) × 5 s / 6 + 5 s ≤ 50 s as long as n ≤ 55.
    expect(fits(loads(54, 5_000), load(5_000))).toBe(true);
    expect(fits(loads(55, 5_000), load(5_000))).toBe(false);
  });

  it("takes exactly what the round has room for", () => {
    expect(fits([], load(roundBudgetMs[60]))).toBe(true);
    expect(fits([], load(roundBudgetMs[60] + 1))).toBe(false);
    expect(fits([], load(roundBudgetMs[10], 10))).toBe(true);
    expect(fits([], load(roundBudgetMs[10] + 1, 10))).toBe(false);
  });

  it("measures a fast monitor by the fast rounds alone", () => {
    expect(fits(loads(55, 5_000), load(5_000, 30))).toBe(true);
    expect(fits([load(9_000, 10), ...loads(54, 5_000)], load(5_000))).toBe(true);
  });

  it("leaves time to record a round before the next begins", () => {
    expect(roundBudgetMs[60]).toBeLessThan(60_000);
    expect(roundBudgetMs[10]).toBeLessThan(10_000);
  });

  it("leaves time to confirm what fails in the turn of another region", () => {
    const inTurns = loads(6, 15_000).map((one) => ({ ...one, mode: "round-robin" as const }));
    // 15 s for the turn and 15 s for the confirmation; with a seventh 17.5 s each, with 19 45 s.
    expect(fits(inTurns.slice(1), { ...load(15_000), mode: "round-robin" })).toBe(true);
    expect(fits([...inTurns, ...inTurns.slice(2)], { ...load(15_000), mode: "round-robin" })).toBe(
      false,
    );
    expect(fits(loads(10, 15_000), load(15_000))).toBe(true);
  });
});
