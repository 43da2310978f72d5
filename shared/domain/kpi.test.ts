import { describe, expect, it } from "vitest";
import { judge, type KpiId, known, kpiKinds, mean, notKnown, share, shown } from "./kpi.ts";

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

describe("shown to people", () => {
  const cases: readonly (readonly [KpiId, number, number])[] = [
    ["uptime", 99.70098039215686, 99.7009],
    ["uptime", 99.89999, 99.8999],
    ["uptime", 0.29 * 100, 29],
    ["timeToDetect", 299.96, 299],
    ["averageResponseTime", 41.5049, 41.5],
    ["errorRate", 0.99996, 0.9999],
    ["alertAccuracy", 95.00001, 95.0001],
    ["healthScore", 84.96, 85],
  ];
  it.each(cases)("%s of %d is %d, and on the same side of its target", (id, value, expected) => {
    const kpi = judge(id, known(value, {}));
    expect(shown(kpi)).toEqual({ ...kpi, value: expected });
    expect(judge(id, known(expected, {})).met).toBe(kpi.met);
  });

  it("is nothing where nothing is known, and a date as it is", () => {
    const none = judge("uptime", notKnown("why"));
    expect(shown(none)).toEqual(none);
    expect(shown(judge("docsReviewed", known("2026-11-01", {}))).value).toBe("2026-11-01");
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
