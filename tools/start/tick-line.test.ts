import { describe, expect, it } from "vitest";
import { describeTick } from "./tick-line.ts";

const recorded = {
  time: 1_790_000_040,
  step: 60,
  outcome: "recorded",
  results: 42,
  newResults: 42,
  transitions: 0,
  opened: 0,
  closed: 0,
  gapSeconds: 0,
  faults: [] as object[],
};

function lineOf(rounds: readonly object[], more: object = {}): string | null {
  const tick = { event: "tick", minute: 1_790_000_040, durationMs: 320, plan: "loaded", rounds };
  return describeTick(JSON.stringify({ level: "info", ...tick, ...more }));
}

describe("a tick in one line", () => {
  it("says how much is new and how long it took", () => {
    expect(lineOf([recorded])).toBe("14:14 UTC  42 new results, 0.3 s");
  });

  it("says what changed", () => {
    const round = { ...recorded, transitions: 3, opened: 1, closed: 1 };
    expect(lineOf([round])).toContain("3 status changes, 1 outage opened, 1 outage closed");
  });

  it("adds up the rounds of a minute", () => {
    expect(lineOf([recorded, { ...recorded, newResults: 1 }])).toContain("43 new results");
  });

  it("says what went wrong with us", () => {
    const away = {
      time: 0,
      step: 60,
      outcome: "not-recorded",
      reason: "database-unavailable",
      faults: [],
    };
    expect(lineOf([away])).toContain("results wait: database-unavailable");
    expect(lineOf([{ time: 0, step: 60, outcome: "missed" }])).toContain("a round came too late");
    const silent = { ...recorded, faults: [{ region: "us-east", shard: 0, fault: "no answer" }] };
    expect(lineOf([silent])).toContain("no report from us-east");
    expect(lineOf([{ ...recorded, gapSeconds: 120 }])).toContain("nobody was looking for 120 s");
    expect(lineOf([recorded], { plan: "last-known" })).toContain("the database does not answer");
  });

  it("says which step of the upkeep failed, and why", () => {
    const upkeep = {
      durationMs: 12,
      rollUp: { fault: "Error: out of order" },
      retain: { results: 9, rowsWritten: 9 },
      reports: "no time left",
    };
    const line = lineOf([recorded], { upkeep });
    expect(line).toContain("rollUp failed: Error: out of order");
    expect(line).not.toContain("retain");
    expect(lineOf([recorded], { upkeep: { durationMs: 1 } })).not.toContain("failed");
  });

  it("leaves other lines alone", () => {
    expect(describeTick('{"event":"prober-failed"}')).toBeNull();
    expect(describeTick("{ not JSON")).toBeNull();
    expect(describeTick("plain words")).toBeNull();
  });
});
