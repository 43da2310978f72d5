import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Observation, type Segment, timeline } from "./availability.ts";
import { outageFigures, outagesOf } from "./outages.ts";
import { normalise } from "./span.ts";
import type { Status } from "./status.ts";
import { secondsIn, spans, statuses } from "./testing/arbitraries.ts";

/** Segments of ten seconds each; `null` is excluded time. */
function segmentsOf(list: readonly (Status | null)[]): Segment[] {
  return list.flatMap((status, index) =>
    status === null ? [] : [{ status, from: index * 10, to: index * 10 + 10 }],
  );
}

describe("outages in a timeline", () => {
  const cases: readonly (readonly [(Status | null)[], string[]])[] = [
    [[], []],
    [["up", "degraded", "unknown"], []],
    [["down"], ["0–10: 10"]],
    [
      ["up", "down", "up", "down"],
      ["10–20: 10", "30–40: 10"],
    ],
    [
      ["down", "degraded", "down"],
      ["0–10: 10", "20–30: 10"],
    ],
    [["down", "unknown", "down"], ["0–30: 20"]],
    [["unknown", "down", "unknown", "down", "unknown"], ["10–40: 20"]],
    [
      ["down", "unknown", "up", "unknown", "down"],
      ["0–10: 10", "40–50: 10"],
    ],
    [["down", null, "down", "up"], ["0–30: 20"]],
    [["up", null, "down", "up"], ["20–30: 10"]],
    [["down", null, "up"], ["0–10: 10"]],
    [["down", null, "unknown", null, "down"], ["0–50: 20"]],
  ];
  it.each(cases)("%j are %j", (given, outages) => {
    expect(
      outagesOf(segmentsOf(given)).map(
        ({ from, to, downSeconds }) => `${from}–${to}: ${downSeconds}`,
      ),
    ).toEqual(outages);
  });

  it("are counted second by second as often, and as long", () => {
    const observations: fc.Arbitrary<Observation> = fc.record({
      window: fc.record({ from: fc.nat(60), to: fc.nat(60) }),
      points: fc
        .array(fc.record({ at: fc.integer({ min: -10, max: 70 }), status: statuses }), {
          maxLength: 12,
        })
        .map((points) => points.sort((a, b) => a.at - b.at)),
      covered: spans.map(normalise),
      excluded: spans.map(normalise),
    });
    fc.assert(
      fc.property(observations, (observation) => {
        const found = outagesOf(timeline(observation)).map(({ downSeconds }) => downSeconds);
        expect(found).toEqual(countOutages(observation));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the figures of outages", () => {
  it("are null without any", () => {
    expect(outageFigures([], 500)).toEqual({
      outages: 0,
      mttrSeconds: null,
      mtbfSeconds: null,
      longestOutageSeconds: null,
    });
  });

  it("make up availability: MTBF / (MTBF + MTTR)", () => {
    const outages = [{ downSeconds: 10 }, { downSeconds: 50 }, { downSeconds: 3 }];
    const figures = outageFigures(outages, 937);
    expect(figures).toMatchObject({ outages: 3, mttrSeconds: 21, longestOutageSeconds: 50 });
    const { mtbfSeconds, mttrSeconds } = figures;
    if (mtbfSeconds === null || mttrSeconds === null) throw new Error("figures expected");
    expect(mtbfSeconds / (mtbfSeconds + mttrSeconds)).toBeCloseTo(0.937, 12);
  });
});

/** Lengths of the outages, without any arithmetic on intervals. */
function countOutages({ window, points, covered, excluded }: Observation): number[] {
  const [isCovered, isExcluded] = [secondsIn(covered), secondsIn(excluded)];
  const lengths: number[] = [];
  let last: Status = "up";
  for (let second = window.from; second < window.to; second += 1) {
    const status = points.findLast((point) => point.at <= second)?.status ?? "unknown";
    if (isExcluded.has(second) || !isCovered.has(second) || status === "unknown") continue;
    if (status === "down" && last !== "down") lengths.push(0);
    if (status === "down") lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + 1;
    last = status;
  }
  return lengths;
}
