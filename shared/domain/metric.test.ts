import { describe, expect, it } from "vitest";
import {
  aggregateOf,
  definitionsOf,
  judgeMetric,
  type MetricDefinition,
  metricNamesOf,
  usualMetrics,
} from "./metric.ts";

const values = [
  { value: 10, at: 60 },
  { value: 40, at: 120 },
  { value: 20, at: 120 },
  { value: 30, at: 0 },
];

const definition: MetricDefinition = {
  name: "memoryMb",
  unit: "MB",
  category: "system",
  thresholds: { direction: "above", warning: 400, critical: 500 },
  aggregate: "average",
  windowSeconds: 300,
};

describe("the value that stands for some", () => {
  it.each([
    ["average", 25],
    ["newest", 30],
    ["p95", 40],
    ["max", 40],
    ["min", 10],
  ] as const)("is by %s %s", (aggregate, value) => {
    expect(aggregateOf(aggregate, values)).toBe(value);
    expect(aggregateOf(aggregate, values.toReversed())).toBe(value);
    expect(aggregateOf(aggregate, [])).toBeNull();
  });
});

describe("a metric at present", () => {
  it.each([
    [400, "ok"],
    [401, "warning"],
    [501, "critical"],
  ] as const)("of %s MB is %s", (value, state) => {
    const judged = judgeMetric(definition, [{ value, at: 0 }], true);
    expect(judged).toEqual({ definition, value, state, unknownReason: null });
  });

  it("is unknown without a recent value, without any, and without thresholds", () => {
    expect(judgeMetric(definition, [], true)).toMatchObject({
      value: null,
      state: "unknown",
      unknownReason: "not-recent",
    });
    expect(judgeMetric(definition, [], false)).toMatchObject({
      state: "unknown",
      unknownReason: "no-value",
    });
    expect(
      judgeMetric({ ...definition, thresholds: null }, [{ value: 7, at: 0 }], true),
    ).toMatchObject({ value: 7, state: "unknown", unknownReason: "no-thresholds" });
  });
});

describe("what is known of metrics beforehand", () => {
  it("is what NetPost asked for, unless the plan says otherwise", () => {
    const thresholds = definitionsOf({}).map(({ name, unit, thresholds: own }) => {
      return [name, unit, own?.warning, own?.critical];
    });
    expect(thresholds).toEqual([
      ["databaseQueryMs", "ms", 500, 1_000],
      ["externalServicesMs", "ms", 1_000, 2_000],
      ["responseTimeP95Ms", "ms", 1_000, 2_000],
      ["errorRatePercent", "%", 5, 10],
      ["memoryMb", "MB", 400, 500],
      ["requestsPerSecond", "1/s", undefined, undefined],
    ]);
    expect(definitionsOf({ metrics: [definition] })).toEqual([definition]);
    expect(usualMetrics.every(({ aggregate }) => aggregate === "average")).toBe(true);
  });

  it("has the names that each kind of probe gives", () => {
    const exchange = { url: "", method: "GET", headers: {}, body: null, conditions: [] } as const;
    expect(metricNamesOf({ kind: "http", ...exchange, metrics: { memoryMb: "$.m" } })).toEqual([
      "memoryMb",
    ]);
    expect(metricNamesOf({ kind: "http", ...exchange })).toEqual([]);
    expect(
      metricNamesOf({
        kind: "transaction",
        conditions: [],
        steps: [{ name: "log-in", ...exchange }],
      }),
    ).toEqual(["step.log-inMs"]);
  });
});
