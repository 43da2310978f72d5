/** What property tests draw from, and the naive counting that they compare with. */
import fc from "fast-check";
import type { Quorum, Schedule } from "../monitor.ts";
import { stepOf } from "../schedule.ts";
import { roundBudgetMs, type ShardLoad } from "../shard.ts";
import type { Span } from "../span.ts";
import type { Debounce, Status } from "../status.ts";
import { retryPolicy } from "./fixtures.ts";

/** Small, so that spans often touch, overlap, are empty or reversed. */
const second = fc.integer({ min: 0, max: 60 });

export const spans: fc.Arbitrary<Span[]> = fc.array(fc.record({ from: second, to: second }), {
  maxLength: 8,
});

export const statuses: fc.Arbitrary<Status> = fc.constantFrom(
  "up" as const,
  "degraded" as const,
  "down" as const,
  "unknown" as const,
);

/** The seconds that lie in any of the spans, counted one by one. */
export function secondsIn(list: readonly Span[]): Set<number> {
  const seconds = new Set<number>();
  for (const { from, to } of list) {
    for (let at = from; at < to; at += 1) seconds.add(at);
  }
  return seconds;
}

/** Every interval allowed, with a phase on its grid. */
export const schedules: fc.Arbitrary<Schedule> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(10, 20, 30),
      fc.integer({ min: 1, max: 1_440 }).map((m) => m * 60),
    ),
    fc.nat(10_000),
  )
  .map(([intervalSeconds, seed]) => {
    const step = stepOf({ intervalSeconds, phaseSeconds: 0 });
    return { intervalSeconds, phaseSeconds: (seed % (intervalSeconds / step)) * step };
  });

export const debounces: fc.Arbitrary<Debounce> = fc.record({
  failuresToOpen: fc.integer({ min: 1, max: 4 }),
  successesToClose: fc.integer({ min: 1, max: 4 }),
});

/** Monitors of both kinds of rounds, with budgets that the configuration would allow them. */
export const shardLoads: fc.Arbitrary<ShardLoad[]> = fc.array(
  fc.tuple(fc.constantFrom(10, 60, 300), fc.integer({ min: 100, max: 50_000 })).map((drawn) => {
    const [intervalSeconds, budgetMs] = drawn;
    const limit = roundBudgetMs[stepOf({ intervalSeconds, phaseSeconds: 0 })];
    return {
      schedule: { intervalSeconds, phaseSeconds: 0 },
      retry: { ...retryPolicy, budgetMs: Math.min(budgetMs, limit) },
    };
  }),
  { maxLength: 30 },
);

export const quorums: fc.Arbitrary<Quorum> = fc.oneof(
  fc.constantFrom<Quorum>({ kind: "majority" }, { kind: "any" }, { kind: "all" }),
  fc.integer({ min: 1, max: 7 }).map((count): Quorum => ({ kind: "atLeast", regions: count })),
);
