import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areOrdered, type Thresholds, thresholdScore, thresholdState } from "./threshold.ts";

const above: Thresholds = { direction: "above", warning: 5, critical: 10 };
const below: Thresholds = { direction: "below", warning: 14, critical: 3 };

describe("a value against thresholds", () => {
  it.each([
    [above, -1, "ok", 100],
    [above, 5, "ok", 100],
    [above, 5.01, "warning", 99.8],
    [above, 7.5, "warning", 50],
    [above, 10, "warning", 0],
    [above, 10.01, "critical", 0],
    [below, 15, "ok", 100],
    [below, 14, "ok", 100],
    [below, 13.99, "warning", 99.9],
    [below, 8.5, "warning", 50],
    [below, 3, "warning", 0],
    [below, 2.99, "critical", 0],
  ] as const)("of %j: %s is %s and worth %s points", (thresholds, value, state, score) => {
    expect(thresholdState(value, thresholds)).toBe(state);
    expect(thresholdScore(value, thresholds)).toBeCloseTo(score, 1);
  });

  it("is worth all points where it is ok, and none where it is critical", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(finite, fc.constantFrom(above, below), (value, thresholds) => {
        const score = thresholdScore(value, thresholds);
        const state = thresholdState(value, thresholds);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        if (state === "ok") expect(score).toBe(100);
        if (state === "critical") expect(score).toBe(0);
      }),
    );
  });

  it("needs critical beyond warning", () => {
    expect([above, below].map(areOrdered)).toEqual([true, true]);
    expect(areOrdered({ direction: "above", warning: 5, critical: 5 })).toBe(false);
    expect(areOrdered({ direction: "below", warning: 3, critical: 14 })).toBe(false);
  });
});
