import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanOf } from "./distribution.ts";
import {
  emptyRollup,
  mergeRollups,
  type RolledResult,
  resultsIn,
  rollUp,
  rollupStart,
} from "./rollup.ts";
import { statuses } from "./status.ts";

const anyResults = fc.array(
  fc.record<RolledResult>({
    outcome: fc.constantFrom(...statuses),
    attempts: fc.integer({ min: 0, max: 5 }),
    latencyMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
  }),
  { maxLength: 120 },
);

describe("a rollup", () => {
  it("merged of parts is that of all results, in any order and grouping", () => {
    fc.assert(
      fc.property(anyResults, anyResults, anyResults, (a, b, c) => {
        const whole = rollUp([...a, ...b, ...c]);
        const [x, y, z] = [rollUp(a), rollUp(b), rollUp(c)];
        expect(mergeRollups([x, y, z])).toEqual(whole);
        expect(mergeRollups([mergeRollups([z, x]), y])).toEqual(whole);
        expect(mergeRollups([z, mergeRollups([y, x]), emptyRollup])).toEqual(whole);
      }),
    );
  });

  it("holds every result once", () => {
    fc.assert(
      fc.property(anyResults, (results) => {
        expect(resultsIn(rollUp(results))).toBe(results.length);
      }),
    );
  });

  it("counts response times of what was served, and no others", () => {
    const seen = (outcome: RolledResult["outcome"], latencyMs: number | null) => {
      return { outcome, attempts: 2, latencyMs };
    };
    const rollup = rollUp([
      seen("up", 100),
      seen("degraded", 300),
      seen("down", 3),
      seen("unknown", 5),
      seen("up", null),
    ]);
    expect(rollup.outcomes).toEqual({ up: 2, degraded: 1, down: 1, unknown: 1 });
    expect(rollup.attempts).toBe(10);
    expect(rollup.latency).toMatchObject({ count: 2, sum: 400, min: 100, max: 300 });
    expect(meanOf(rollup.latency)).toBe(200);
    expect(meanOf(emptyRollup.latency)).toBeNull();
  });

  it("starts at the full hour or day, UTC", () => {
    expect(rollupStart(3600, Date.UTC(2026, 10, 23, 5, 59, 59) / 1000)).toBe(
      Date.UTC(2026, 10, 23, 5) / 1000,
    );
    expect(rollupStart(86_400, Date.UTC(2026, 10, 23, 5) / 1000)).toBe(
      Date.UTC(2026, 10, 23) / 1000,
    );
  });
});
