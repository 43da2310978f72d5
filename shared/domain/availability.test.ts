import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availability, type Observation, type StatusPoint, timeline } from "./availability.ts";
import { normalise, type Span } from "./span.ts";
import type { Status } from "./status.ts";
import { secondsIn, spans, statuses } from "./testing/arbitraries.ts";

const always: Span[] = [{ from: -1_000, to: 1_000 }];

function observe(changes: Partial<Observation>): Observation {
  return { window: { from: 0, to: 100 }, points: [], covered: always, excluded: [], ...changes };
}

describe("timeline", () => {
  type Row = [name: string, given: Partial<Observation>, segments: string[]];
  const up: StatusPoint = { at: -50, status: "up" };
  const table: Row[] = [
    ["without a point all is unknown", {}, ["unknown 0–100"]],
    ["the last point before the window gives its first status", { points: [up] }, ["up 0–100"]],
    [
      "a point at its very beginning does so too",
      { points: [{ at: 0, status: "up" }] },
      ["up 0–100"],
    ],
    [
      "before the first point it is unknown",
      { points: [{ at: 30, status: "up" }] },
      ["unknown 0–30", "up 30–100"],
    ],
    [
      "a change cuts it at its second",
      { points: [up, { at: 40, status: "down" }, { at: 70, status: "up" }] },
      ["up 0–40", "down 40–70", "up 70–100"],
    ],
    [
      "a point after the window is no part of it",
      { points: [up, { at: 100, status: "down" }] },
      ["up 0–100"],
    ],
    [
      "of two points at one second the later counts",
      { points: [up, { at: 40, status: "degraded" }, { at: 40, status: "down" }] },
      ["up 0–40", "down 40–100"],
    ],
    [
      "points that repeat a status make no cut",
      { points: [up, { at: 40, status: "up" }] },
      ["up 0–100"],
    ],
    [
      "a gap in coverage is unknown, whatever the status was",
      {
        points: [up, { at: 50, status: "down" }],
        covered: [
          { from: 0, to: 40 },
          { from: 60, to: 100 },
        ],
      },
      ["up 0–40", "unknown 40–60", "down 60–100"],
    ],
    [
      "a gap beside unknown time is one with it",
      {
        points: [up, { at: 50, status: "unknown" }],
        covered: [
          { from: 0, to: 40 },
          { from: 60, to: 100 },
        ],
      },
      ["up 0–40", "unknown 40–100"],
    ],
    [
      "excluded time is not there at all",
      { points: [up], excluded: [{ from: 20, to: 30 }] },
      ["up 0–20", "up 30–100"],
    ],
    ["an empty window is empty", { window: { from: 10, to: 10 }, points: [up] }, []],
    ["a reversed window is empty", { window: { from: 20, to: 10 }, points: [up] }, []],
  ];
  it.each(table)("%s", (_name, given, segments) => {
    const found = timeline(observe(given));
    expect(found.map(({ status, from, to }) => `${status} ${from}–${to}`)).toEqual(segments);
  });
});

describe("availability", () => {
  it("is up and degraded over all that is known, with bounds for what is not", () => {
    const points: StatusPoint[] = [
      { at: 0, status: "up" },
      { at: 40, status: "degraded" },
      { at: 50, status: "down" },
      { at: 60, status: "up" },
    ];
    const covered = [{ from: 0, to: 80 }];
    expect(availability(observe({ points, covered, excluded: [{ from: 0, to: 10 }] }))).toEqual({
      upSeconds: 50,
      degradedSeconds: 10,
      downSeconds: 10,
      unknownSeconds: 20,
      excludedSeconds: 10,
      availability: 60 / 70,
      worst: 60 / 90,
      best: 80 / 90,
    });
  });

  it("is not known where nothing is, but lies between nothing and all", () => {
    expect(availability(observe({}))).toMatchObject({ availability: null, worst: 0, best: 1 });
  });

  it("has no bounds where everything is excluded", () => {
    const nothing = availability(observe({ excluded: [{ from: -5, to: 500 }] }));
    expect(nothing).toMatchObject({ availability: null, worst: null, best: null });
    expect(nothing.excludedSeconds).toBe(100);
  });

  const observations: fc.Arbitrary<Observation> = fc.record({
    window: fc.record({ from: fc.nat(60), to: fc.nat(60) }),
    points: fc
      .array(fc.record({ at: fc.integer({ min: -10, max: 70 }), status: statuses }), {
        maxLength: 8,
      })
      .map((points) => points.sort((a, b) => a.at - b.at)),
    covered: spans.map(normalise),
    excluded: spans.map(normalise),
  });

  it("equals a count second by second", () => {
    fc.assert(
      fc.property(observations, (observation) => {
        expect(availability(observation)).toMatchObject(countSeconds(observation));
      }),
      { numRuns: 1_000 },
    );
  });

  it("accounts for every second of the window once, and lies between its bounds", () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const found = availability(observation);
        const { from, to } = observation.window;
        expect(
          found.upSeconds +
            found.degradedSeconds +
            found.downSeconds +
            found.unknownSeconds +
            found.excludedSeconds,
        ).toBe(Math.max(0, to - from));
        if (found.availability === null) return;
        expect(found.worst).toBeLessThanOrEqual(found.availability);
        expect(found.best).toBeGreaterThanOrEqual(found.availability);
      }),
      { numRuns: 300 },
    );
  });

  it("is the same however the window is cut", () => {
    fc.assert(
      fc.property(observations, fc.nat(60), (observation, cut) => {
        const { from, to } = observation.window;
        const middle = Math.min(Math.max(cut, from), Math.max(from, to));
        const [first, second] = [
          availability({ ...observation, window: { from, to: middle } }),
          availability({ ...observation, window: { from: middle, to } }),
        ];
        const whole = availability(observation);
        expect(first.downSeconds + second.downSeconds).toBe(whole.downSeconds);
        expect(first.unknownSeconds + second.unknownSeconds).toBe(whole.unknownSeconds);
      }),
    );
  });

  it("cuts the window into segments that are in order, apart, and as long as can be", () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const segments = timeline(observation);
        for (const [index, segment] of segments.entries()) {
          expect(segment.to).toBeGreaterThan(segment.from);
          const next = segments[index + 1];
          if (!next) continue;
          expect(next.from).toBeGreaterThanOrEqual(segment.to);
          if (next.from === segment.to) expect(next.status).not.toBe(segment.status);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The same numbers, without any arithmetic on intervals. */
function countSeconds({ window, points, covered, excluded }: Observation) {
  const [isCovered, isExcluded] = [secondsIn(covered), secondsIn(excluded)];
  const tally: Record<Status | "excluded", number> = {
    up: 0,
    degraded: 0,
    down: 0,
    unknown: 0,
    excluded: 0,
  };
  for (let second = window.from; second < window.to; second += 1) {
    const status = points.findLast((point) => point.at <= second)?.status ?? "unknown";
    if (isExcluded.has(second)) tally.excluded += 1;
    else if (isCovered.has(second)) tally[status] += 1;
    else tally.unknown += 1;
  }
  const good = tally.up + tally.degraded;
  const whole = good + tally.down + tally.unknown;
  return {
    upSeconds: tally.up,
    degradedSeconds: tally.degraded,
    downSeconds: tally.down,
    unknownSeconds: tally.unknown,
    excludedSeconds: tally.excluded,
    availability: good + tally.down === 0 ? null : good / (good + tally.down),
    worst: whole === 0 ? null : good / whole,
    best: whole === 0 ? null : (whole - tally.down) / whole,
  };
}
