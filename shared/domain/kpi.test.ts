import { describe, expect, it } from "vitest";
import { judge, type KpiId, known, kpiKinds, mean, notKnown, share } from "./kpi.ts";

describe("an indicator", () => {
  const cases: readonly (readonly [KpiId, number, boolean])[] = [
    ["uptime", 99.9, true],
    ["uptime", 99.8999, false],
    ["timeToDetect", 299.9, true],
    ["timeToDetect", 300, false],
    ["healthScore", 85, false],
    ["healthScore", 85.1, true],
    ["averageResponseTime", 499, true],
    ["p95ResponseTime", 1_000, false],
    ["errorRate", 0.99, true],
    ["databaseQueryTime", 250, false],
    ["p1Recovery", 7_199, true],
    ["alertAccuracy", 95, false],
  ];
  it.each(cases)("%s of %d has met its target: %j", (id, value, met) => {
    expect(judge(id, known(value, {})).met).toBe(met);
  });

  it("that is not known has met nothing and missed nothing, whatever its target", () => {
    for (const id of Object.keys(kpiKinds) as KpiId[]) {
      expect(judge(id, notKnown("why"))).toMatchObject({ value: null, met: null, reason: "why" });
    }
  });

  it("is held against the configured target", () => {
    expect(judge("uptime", known(99.9, {}), { uptime: 99.95 })).toMatchObject({
      target: { bound: "at-least", value: 99.95 },
      met: false,
    });
  });

  it("without a target is a value alone", () => {
    expect(judge("timeToRecover", known(60, {}))).toMatchObject({ target: null, met: null });
    expect(judge("docsReviewed", known("2026-11-01", {}))).toMatchObject({
      target: null,
      met: null,
    });
  });
});

describe("over nothing", () => {
  it("a mean and a share are not known, never 0", () => {
    expect(mean([], "none")).toEqual(notKnown("none"));
    expect(share(0, 0, "none")).toEqual(notKnown("none"));
    expect(share(0, 3, "none").value).toBe(0);
    expect(mean([0, 0], "none").value).toBe(0);
  });
});
