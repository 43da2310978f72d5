import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { decideRecording, overall, type RoundReport, statusKey } from "./recording.ts";
import type { Outcome } from "./result.ts";
import { monitorOf, planOf, regions } from "./testing/fixtures.ts";
import {
  opinionOf,
  paceSeconds,
  type Sighting,
  type Sightings,
  type VantagePoint,
} from "./vantage-point.ts";

const now = 1_790_000_040;
const point: VantagePoint = { service: "pingdom", check: "85975", role: "verdict" };
const usual: Sighting = {
  check: "85975",
  status: "up",
  testedAt: now - 20,
  intervalSeconds: 60,
  latencyMs: 90,
};
const seen = (sighting: Partial<Sighting>, readAt = now): Sightings => ({
  readAt,
  sightings: [{ ...usual, ...sighting }],
});

describe("what another service's check says at a round", () => {
  test.each([
    ["up", seen({}), "up", true],
    ["down", seen({ status: "down" }), "down", true],
    ["paused", seen({ status: "paused" }), "unknown", false],
    ["without a result", seen({ status: "not-known", testedAt: null }), "unknown", false],
    ["of another check only", seen({ check: "1" }), "unknown", false],
    ["from before our last check", seen({ testedAt: now - 100 }), "up", false],
    ["too old for the present", seen({ testedAt: now - 151 }), "unknown", false],
    ["read long ago, without a time", seen({ testedAt: null }, now - 151), "unknown", false],
    ["of now, without a time", seen({ testedAt: null }), "up", true],
  ])("%s", (_name, sightings, outcome, votes) => {
    const opinion = opinionOf(point, sightings, now, 60);
    expect(opinion).toMatchObject({ outcome: { outcome }, votes });
  });

  it("is nothing while the service looks again itself", () => {
    expect(opinionOf(point, seen({ status: "unconfirmed" }), now, 60)).toBeNull();
  });

  it("never votes beside the verdict", () => {
    const beside = opinionOf({ ...point, role: "beside" }, seen({ status: "down" }), now, 60);
    expect(beside).toMatchObject({
      outcome: { outcome: "down", reason: "seen-down" },
      votes: false,
    });
  });
});

describe("the pace at which a service is asked", () => {
  it("never takes more requests than are left until there are new ones", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 2_592_000 }),
        fc.integer({ min: 1, max: 5 }),
        (remaining, reset, each) => {
          const pause = paceSeconds(remaining, reset, each);
          const times = pause === 0 ? Math.floor(reset / 60) : Math.floor(reset / pause);
          if (remaining < each) expect(pause).toBe(reset);
          else expect(times * each).toBeLessThanOrEqual(remaining);
        },
      ),
    );
  });
});

describe("recording with vantage points", () => {
  const [first, second, third] = regions;
  const monitor = { ...monitorOf(), vantagePoints: [point] };
  const plan = planOf([monitor]);
  const round = { time: now, step: 60 } as const;
  const up: Outcome = { outcome: "up" };
  const down: Outcome = { outcome: "down", reason: "connection", detail: "refused" };
  const own: Outcome = { outcome: "unknown", reason: "control-failed", detail: "no way out" };
  const result = (outcome: Outcome) => ({
    ...{ monitor: monitor.number, outcome, latencyMs: null, attempts: 1 },
  });
  const report = (outcomes: readonly Outcome[], outside: Outcome, votes: boolean): RoundReport => ({
    round,
    regions: [first, second, third].slice(0, outcomes.length).map((region, index) => ({
      region: region?.number ?? 0,
      results: [result(outcomes[index] ?? up)],
    })),
    services: [{ place: -2, opinions: new Map([[monitor.number, { outcome: outside, votes }]]) }],
  });
  const decide = (one: RoundReport) => {
    const empty = { statuses: new Map(), coverage: [] };
    const recording = decideRecording(plan, empty, [one]);
    const at = (scope: number) =>
      recording.memory.statuses.get(statusKey(monitor.number, scope))?.status;
    return { status: at(overall), outside: at(-2), recording };
  };
  const outside: Outcome = { outcome: "down", reason: "seen-down", detail: "down" };

  test.each([
    [
      "votes like a region: two of three are no majority of four",
      [down, down, up],
      up,
      true,
      "degraded",
    ],
    ["votes like a region: its failure makes the majority", [down, up], outside, true, "down"],
    ["alone, it is a failure of one", [up, up, up], outside, true, "degraded"],
    ["beside the verdict it changes nothing", [up, up, up], outside, false, "up"],
    [
      "speaks where all our regions have a fault of their own",
      [own, own, own],
      outside,
      true,
      "down",
    ],
  ])("%s", (_name, outcomes, seenOutside, votes, status) => {
    const {
      status: decided,
      outside: theirs,
      recording,
    } = decide(report(outcomes, seenOutside, votes));
    expect(decided).toBe(status);
    expect(theirs).toBe(seenOutside.outcome);
    expect(recording.results).toHaveLength(outcomes.length);
    expect(recording.results.every(({ region }) => region > 0)).toBe(true);
    expect(
      recording.coverage.map((change) => (change.kind === "none" ? 0 : change.span.region)),
    ).toContain(-2);
  });

  it("decides nothing where no region of ours reports", () => {
    expect(decide(report([], outside, true)).status).toBeUndefined();
  });
});
