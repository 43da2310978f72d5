import { describe, expect, it } from "vitest";
import type { Monitor } from "./monitor.ts";
import { isProbedFrom } from "./plan.ts";
import { decideRecording, overall, type RegionReport } from "./recording.ts";
import type { Outcome } from "./result.ts";
import { emptyMemory, monitorOf, planOf, roundAt } from "./testing/fixtures.ts";

const monitor: Monitor = monitorOf({ mode: "round-robin" });
const regions = monitor.regions;

/** The regions' reports of a round: a letter each, `-` for a region that was not asked. */
function reportsOf(letters: string): RegionReport[] {
  const outcomes: Record<string, Outcome> = {
    U: { outcome: "up" },
    D: { outcome: "down", reason: "status", detail: "" },
    "?": { outcome: "unknown", reason: "control-failed", detail: "" },
  };
  return [...letters].map((letter, index) => {
    const outcome = outcomes[letter];
    const results = outcome ? [{ monitor: 1, outcome, latencyMs: null, attempts: 1 }] : [];
    return { region: index + 1, results };
  });
}

/** Overall changes over rounds, as `status @ round`. */
function changes(...rounds: string[]): string[] {
  const reports = rounds.map((letters, index) => {
    return { round: roundAt(index), regions: reportsOf(letters) };
  });
  const { transitions } = decideRecording(planOf([monitor]), emptyMemory, reports);
  return transitions
    .filter(({ scope }) => scope === overall)
    .map(({ to, at }) => `${to} @ ${(at - roundAt(0).time) / 60}`);
}

describe("under round-robin", () => {
  it("one region probes at a time, and each in its turn", () => {
    const turns = [0, 1, 2, 3].map((index) =>
      regions.filter((region) => isProbedFrom(monitor, region, roundAt(index))),
    );
    expect(turns.every((turn) => turn.length === 1)).toBe(true);
    expect(new Set(turns.slice(0, 3).flat()).size).toBe(3);
    expect(turns[3]).toEqual(turns[0]);
  });

  it("a region that was not asked is not missed", () => {
    expect(changes("U--", "-U-", "--U")).toEqual(["up @ 0"]);
  });

  it("a failure that nobody confirmed decides nothing", () => {
    expect(changes("U--", "-D-", "--U")).toEqual(["up @ 0"]);
  });

  it("a failure that the others confirm is down in the same check", () => {
    expect(changes("U--", "DDD", "--U")).toEqual(["up @ 0", "down @ 1", "up @ 2"]);
  });

  it("a failure that the others do not see is regional", () => {
    expect(changes("U--", "UDU")).toEqual(["up @ 0", "degraded @ 1"]);
  });

  it("a region's own fault is confirmed away", () => {
    expect(changes("U--", "U?U")).toEqual(["up @ 0"]);
  });
});
