import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availabilityOf, type Segment } from "./availability.ts";
import { errorBudget, forecastPeriod, forecastRolling, type Outlook } from "./slo.ts";
import { normalise } from "./span.ts";
import { secondsIn, spans, statuses } from "./testing/arbitraries.ts";

describe("an error budget", () => {
  it("is what may be down of the time that counts, less what was", () => {
    expect(errorBudget(0.999, 600, 2_592_000, 0)).toEqual({
      totalSeconds: 2_592,
      leftSeconds: 1_992,
      leftFraction: 1_992 / 2_592,
    });
  });

  it("counts the rest of a period as time that can still be spent", () => {
    expect(errorBudget(0.99, 50, 1_000, 9_000)).toMatchObject({
      totalSeconds: 100,
      leftSeconds: 50,
    });
  });

  it("goes below nothing when it is overspent", () => {
    const { leftSeconds, leftFraction } = errorBudget(0.99, 30, 1_000, 0);
    expect([leftSeconds, leftFraction]).toEqual([-20, -2]);
  });

  it("has no fraction where nothing is known", () => {
    expect(errorBudget(0.99, 0, 0, 0)).toEqual({
      totalSeconds: 0,
      leftSeconds: 0,
      leftFraction: null,
    });
  });

  it("is left just where the target is met", () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(10_000_000),
        fc.constantFrom(0.9, 0.99, 0.999),
        (down, up, target) => {
          const known = down + up;
          if (known === 0) return;
          const { leftSeconds } = errorBudget(target, down, known, 0);
          // On the very edge, in the seventh decimal, floating point may go either way.
          if (Math.abs(leftSeconds) < 0.001) return;
          expect(leftSeconds > 0).toBe(up / known >= target);
        },
      ),
    );
  });
});

const outlook = (changes: Partial<Outlook> = {}): Outlook => ({
  target: 0.9,
  rate: 2,
  budget: errorBudget(0.9, 10, 1_000, 0),
  ...changes,
});

describe("no forecast", () => {
  const rest = { from: 1_000, to: 2_000 };
  it.each<[string, Partial<Outlook>, string]>([
    ["where it is spent", { budget: errorBudget(0.9, 100, 1_000, 0) }, "spent"],
    ["where nothing burns", { rate: 0 }, "not-burning"],
    ["where the rate is not known", { rate: null }, "nothing-known"],
    ["where nothing at all is known", { budget: errorBudget(0.9, 0, 0, 0) }, "nothing-known"],
  ])("is made %s", (_, changes, reason) => {
    const expected = { runsOutAt: null, reason };
    expect(forecastPeriod(outlook(changes), rest, [])).toEqual(expected);
    expect(forecastRolling(outlook(changes), [], { from: 0, to: 1_000 })).toEqual(expected);
  });

  it("is made for a window that is over", () => {
    const over = forecastPeriod(outlook(), { from: 5, to: 5 }, []);
    expect(over).toEqual({ runsOutAt: null, reason: "window-over" });
  });
});

describe("the forecast for a period", () => {
  it("spends what is left at the rate given", () => {
    // 90 seconds are left, and 0.2 of each second burns.
    const rest = { from: 1_000, to: 2_000 };
    expect(forecastPeriod(outlook(), rest, [])).toEqual({ runsOutAt: 1_450, reason: null });
    expect(forecastPeriod(outlook(), { from: 1_000, to: 1_449 }, [])).toMatchObject({
      reason: "lasts",
    });
    const planned = [{ from: 1_100, to: 1_200 }];
    expect(forecastPeriod(outlook(), rest, planned)).toEqual({ runsOutAt: 1_550, reason: null });
  });
});

describe("the forecast for a rolling window", () => {
  const length = 60;

  it("waits while bad time leaves the window", () => {
    const segments: Segment[] = [
      { from: 0, to: 5, status: "down" },
      { from: 5, to: 60, status: "up" },
    ];
    const window = { from: 0, to: length };
    const budget = errorBudget(0.9, 5, 60, 0);
    // The five seconds leave first; what burns at twice the rate then has the whole budget of 6.
    const forecast = forecastRolling({ target: 0.9, rate: 2, budget }, segments, window);
    expect(forecast).toEqual({ runsOutAt: 60 + 30, reason: null });
    expect(forecastRolling({ target: 0.9, rate: 0.9, budget }, segments, window)).toMatchObject({
      reason: "lasts",
    });
  });

  it("equals a walk second by second", () => {
    const timelines = fc.tuple(
      fc.array(fc.option(statuses, { nil: null }), { minLength: length, maxLength: length }),
      fc.constantFrom(0.5, 0.8, 0.9),
      fc.constantFrom(0.1, 0.5, 1, 1.5, 2),
    );
    fc.assert(
      fc.property(timelines, ([seconds, target, rate]) => {
        const segments = seconds.flatMap((status, from): Segment[] =>
          status === null ? [] : [{ from, to: from + 1, status }],
        );
        const { downSeconds, upSeconds, degradedSeconds } = availabilityOf(segments, 0);
        const known = downSeconds + upSeconds + degradedSeconds;
        const budget = errorBudget(target, downSeconds, known, 0);
        const found = forecastRolling({ target, rate, budget }, segments, { from: 0, to: length });
        if (found.reason === "spent" || found.reason === "nothing-known") return;
        const walked = walk(seconds, target, rate);
        if (found.runsOutAt === null || walked === null) {
          expect([found.runsOutAt, walked]).toEqual([null, null]);
        } else {
          // Between this second and the one before, where it touches nothing.
          expect(walked - found.runsOutAt).toBeGreaterThanOrEqual(0);
          expect(walked - found.runsOutAt).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  /** The first second at which nothing is left, if the rate goes on. */
  function walk(seconds: readonly (string | null)[], target: number, rate: number): number | null {
    for (let now = length; now <= 2 * length; now += 1) {
      const old = seconds.slice(now - length);
      const down = old.filter((status) => status === "down").length;
      const known = old.filter((status) => status !== null && status !== "unknown").length;
      const come = now - length;
      const left = (1 - target) * (known + come) - down - rate * (1 - target) * come;
      if (left <= 1e-6) return now;
    }
    return null;
  }
});

describe("planned time", () => {
  it("puts a period's forecast off by just its length, counted second by second", () => {
    fc.assert(
      fc.property(spans.map(normalise), fc.integer({ min: 1, max: 30 }), (excluded, left) => {
        const planned = secondsIn(excluded);
        const budget = { totalSeconds: 100, leftSeconds: left, leftFraction: left / 100 };
        // Every second burns one.
        const found = forecastPeriod(
          { target: 0.5, rate: 2, budget },
          { from: 0, to: 60 },
          excluded,
        );
        let [at, rest] = [0, left];
        for (; at < 60 && rest > 0; at += 1) if (!planned.has(at)) rest -= 1;
        expect(found.runsOutAt).toBe(rest > 0 ? null : at);
      }),
    );
  });
});
