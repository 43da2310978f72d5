import { describe, expect, it } from "vitest";
import type { CoverageSpan } from "./coverage.ts";
import { missedMinutes } from "./missed-minutes.ts";
import { areRegional, countFaults, FaultCounts } from "./own-faults.ts";
import { quotaUse, type Usage } from "./quota.ts";

const span = (region: number, from: number, to: number): CoverageSpan => {
  return { region, step: 60, from, to };
};

describe("minutes that were missed", () => {
  const hour = { from: 3_600, to: 7_200 };
  const table: [string, CoverageSpan[], number | null, number][] = [
    ["none where nothing was ever looked at", [], null, 0],
    ["none where a region looked all the time", [span(1, 0, 9_000)], 0, 0],
    ["none where regions took turns", [span(1, 0, 5_000), span(2, 4_990, 8_000)], 0, 0],
    ["those between two stretches", [span(1, 0, 4_800), span(1, 5_220, 7_200)], 0, 7],
    ["not those before the first of all", [span(1, 6_600, 7_200)], 6_600, 0],
    ["those since the first, however long ago", [span(1, 6_600, 7_200)], 60, 50],
    ["all of them, where it was away for longer", [], 60, 60],
    ["whole ones only", [span(1, 0, 5_000), span(1, 5_050, 7_200)], 0, 0],
  ];
  it.each(table)("%s", (_, spans, first, missed) => {
    expect(missedMinutes(spans, first, hour)).toBe(missed);
  });
});

describe("faults of our own", () => {
  it("are one row for each kind, minute and region, whatever the storm", () => {
    const counts = new FaultCounts();
    for (let time = 0; time < 10_000; time += 1) counts.add(60, "database", `error ${time}`);
    counts.add(120, "database", "x".repeat(1_000));
    counts.add(120, "dropped-results", "3 rounds", 2, 3);
    const taken = counts.take(9);
    expect(taken.map(({ minute, kind, region, count }) => [minute, kind, region, count])).toEqual([
      [120, "database", null, 1],
      [120, "dropped-results", 2, 3],
      [60, "database", null, 10_000],
    ]);
    expect(taken[2]?.detail).toBe("error 9999");
    expect(taken[0]?.detail).toHaveLength(200);
    expect(counts.take(9)).toEqual([]);
  });

  it("that could not be kept are counted with the next", () => {
    const counts = new FaultCounts();
    counts.add(60, "upkeep", "retain");
    counts.giveBack(counts.take(9));
    counts.add(60, "upkeep", "rollUp");
    expect(counts.take(9)).toMatchObject([{ count: 2, detail: "rollUp" }]);
  });

  it("are added up over a window and some kinds, with the newest words", () => {
    const common = { region: null, detail: "" };
    const faults = [
      { ...common, minute: 60, kind: "database", count: 4 },
      { ...common, minute: 120, kind: "database", count: 2, detail: "the last" },
      { ...common, minute: 180, kind: "upkeep", count: 1 },
    ] as const;
    expect(countFaults(faults, ["database", "recording"], 100)).toMatchObject({
      count: 2,
      last: { detail: "the last" },
    });
    expect(countFaults(faults, ["delivery"], 0)).toEqual({ count: 0, last: null });
    expect([areRegional(["dropped-results"]), areRegional(["database"])]).toEqual([true, false]);
  });
});

describe("the use of the platform's limits", () => {
  const usage: Usage = {
    d1RowsRead: 1_000_000,
    d1RowsWritten: 90_000,
    workerRequests: 1_440,
    objectRequests: 8_640,
    mostSubrequests: 25,
    mostD1Queries: 40,
    databaseBytes: 250_000_000,
  };
  it("is a share of each limit of the free plan", () => {
    const percents = quotaUse(usage, "free").map(({ item, percent }) => [item, percent]);
    expect(Object.fromEntries(percents)).toEqual({
      d1RowsRead: 20,
      d1RowsWritten: 90,
      workerRequests: 1.44,
      objectRequests: 8.64,
      mostSubrequests: 50,
      mostD1Queries: 80,
      databaseBytes: 50,
    });
  });
  it("on the paid plan, is of those limits that have no price instead", () => {
    expect(quotaUse(usage, "paid").map(({ item }) => item)).toEqual([
      "mostSubrequests",
      "mostD1Queries",
      "databaseBytes",
    ]);
  });
});
