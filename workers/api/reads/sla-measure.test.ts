import { describe, expect, it } from "vitest";
import type { Status } from "../../../shared/domain/status.ts";
import { countOutages, toPercent } from "./sla-measure.ts";

describe("outages in a timeline", () => {
  const cases: readonly (readonly [Status[], number])[] = [
    [[], 0],
    [["up", "degraded", "unknown"], 0],
    [["down"], 1],
    [["up", "down", "up", "down"], 2],
    [["down", "degraded", "down"], 2],
    [["down", "unknown", "down"], 1],
    [["unknown", "down", "unknown", "down", "unknown"], 1],
    [["down", "unknown", "up", "unknown", "down"], 2],
  ];
  it.each(cases)("in %j are counted as %i", (statuses, outages) => {
    const segments = statuses.map((status, index) => ({ status, from: index, to: index + 1 }));
    expect(countOutages(segments)).toBe(outages);
  });
});

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
