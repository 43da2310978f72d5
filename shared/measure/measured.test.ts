import { describe, expect, it } from "vitest";
import type { Measured } from "../contract/api/sla.ts";
import { monitorOf } from "../domain/testing/fixtures.ts";
import { measure, toPercent, total } from "./measured.ts";

describe("a fraction in percent", () => {
  it.each([
    [0, 0],
    [1, 100],
    [0.999, 99.9],
    [0.29, 29],
    [0.9989999, 99.8999],
    [0.999999999, 99.9999],
    [2 / 3, 66.6666],
  ])("of %d is %d: rounded down, so that what misses its target never looks met", (from, to) => {
    expect(toPercent(from)).toBe(to);
  });
});

/** A monitor that was up and down for so many seconds. */
function measured(up: number, down: number): Measured {
  return measure({
    monitor: monitorOf(),
    observation: {
      window: { from: 0, to: up + down },
      points: [
        { at: 0, status: "down" },
        { at: down, status: "up" },
      ],
      covered: [{ from: 0, to: up + down }],
      excluded: [],
    },
    restSeconds: 0,
    listOutages: false,
  });
}

describe("the sum of measurements", () => {
  it("weighs availability, and leaves seconds and outages as they are", () => {
    const whole = total([
      { measured: measured(90, 10), weight: 3 },
      { measured: measured(50, 50), weight: 1 },
    ]);
    expect(whole).toMatchObject({
      availability: 320 / 400,
      upSeconds: 140,
      downSeconds: 60,
      outages: 2,
      mttrSeconds: 30,
      mtbfSeconds: 70,
      longestOutageSeconds: 50,
    });
  });

  it("is that of one where there is one, whatever its weight", () => {
    const one = measured(999, 1);
    const { availability, worst, best } = total([{ measured: one, weight: 0.1 }]);
    expect(availability).toBeCloseTo(one.availability ?? 0, 12);
    expect([worst, best].map(Number)).toEqual([availability, availability]);
  });

  it("of nothing is nothing", () => {
    expect(total([])).toMatchObject({ availability: null, worst: null, outages: 0 });
  });
});

describe("a measurement", () => {
  it("has a budget that what was down spends", () => {
    expect(measured(99_990, 10)).toMatchObject({
      met: true,
      budget: { totalSeconds: 100, leftSeconds: 90, leftFraction: 0.9 },
    });
  });
});
