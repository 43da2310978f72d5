import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Observation, timeline } from "./availability.ts";
import {
  type BurnRates,
  type BurnWindow,
  burnRates,
  burnSignals,
  burnWindowNames,
  burnWindows,
  longestBurnWindow,
} from "./burn-rate.ts";
import { normalise, type Span } from "./span.ts";
import type { Status } from "./status.ts";
import { statuses } from "./testing/arbitraries.ts";

/** Rates with nothing else known. */
function ratesOf(given: Partial<Record<BurnWindow, number | null>>): BurnRates {
  const one = (name: BurnWindow) => ({
    rate: given[name] ?? null,
    downSeconds: 0,
    knownSeconds: 0,
  });
  return {
    "5m": one("5m"),
    "30m": one("30m"),
    "1h": one("1h"),
    "2h": one("2h"),
    "6h": one("6h"),
    "1d": one("1d"),
    "3d": one("3d"),
  };
}

describe("burn rates", () => {
  it("are how many times faster than the target allows it is down", () => {
    const now = 1_000_000;
    const rates = burnRates(
      [
        { from: now - 3_600, to: now - 60, status: "up" },
        { from: now - 60, to: now, status: "down" },
      ],
      now,
      0.999,
    );
    expect(rates["5m"].rate).toBeCloseTo(200, 6);
    expect(rates["1h"].rate).toBeCloseTo(1000 / 60, 6);
    // No more than an hour is known: it stands for the longer windows.
    expect(rates["3d"]).toEqual({
      rate: rates["1h"].rate,
      downSeconds: 60,
      knownSeconds: 3_600,
    });
  });

  it("are null where nothing is known", () => {
    const rates = burnRates([{ from: 0, to: 1_000, status: "unknown" }], 1_000, 0.9);
    expect(burnWindowNames.map((name) => rates[name].rate)).toEqual(Array(7).fill(null));
  });

  // Three days in steps of ten minutes and odd seconds, so that counting one by one stays quick.
  const moment = fc.integer({ min: -longestBurnWindow - 5_000, max: 500 });
  const stretches: fc.Arbitrary<Span[]> = fc.array(
    fc
      .tuple(moment, fc.oneof(fc.nat(400), fc.nat(90_000)))
      .map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 6 },
  );
  const observations: fc.Arbitrary<Observation> = fc.record({
    window: fc.constant({ from: -longestBurnWindow, to: 0 }),
    points: fc
      .array(
        fc.record({ at: fc.oneof(moment, fc.integer({ min: -900, max: 0 })), status: statuses }),
        {
          maxLength: 12,
        },
      )
      .map((points) => points.sort((a, b) => a.at - b.at)),
    covered: stretches.map((gaps) => normalise([...gaps, { from: -4_000, to: 0 }])),
    excluded: stretches.map(normalise),
  });

  it("equal a count second by second", () => {
    fc.assert(
      fc.property(observations, fc.constantFrom(0.5, 0.99, 0.999), (observation, target) => {
        const rates = burnRates(timeline(observation), 0, target);
        const counted = countSeconds(observation);
        for (const name of burnWindowNames) {
          const { down, known } = counted(burnWindows[name]);
          expect(rates[name]).toMatchObject({ downSeconds: down, knownSeconds: known });
          if (known === 0) expect(rates[name].rate).toBeNull();
          else expect(rates[name].rate).toBeCloseTo(down / known / (1 - target), 9);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("the conditions of the workbook", () => {
  const firing = (rates: BurnRates) => burnSignals(rates).map((signal) => signal.firing);

  it.each<[string, Partial<Record<BurnWindow, number | null>>, (boolean | null)[]]>([
    [
      "nothing burns",
      { "5m": 0, "30m": 0, "1h": 0, "2h": 0, "6h": 0, "1d": 0, "3d": 0 },
      [false, false, false, false],
    ],
    [
      "an outage has just begun",
      { "5m": 1000, "30m": 160, "1h": 20, "2h": 10, "6h": 5, "1d": 1, "3d": 1 },
      [true, false, false, false],
    ],
    [
      "it is over: the short window lets go",
      { "5m": 0, "30m": 160, "1h": 20, "2h": 10, "6h": 7, "1d": 2, "3d": 1 },
      [false, true, false, false],
    ],
    [
      "it goes on slowly",
      { "5m": 4, "30m": 4, "1h": 4, "2h": 4, "6h": 4, "1d": 4, "3d": 4 },
      [false, false, true, true],
    ],
    [
      "just at the limit",
      { "5m": 14.4, "30m": 6, "1h": 14.4, "2h": 3, "6h": 1, "1d": 3, "3d": 1 },
      [false, false, false, false],
    ],
    ["nothing is known", {}, [null, null, null, null]],
    ["the short window is not known", { "1h": 20, "6h": 2 }, [null, false, null, null]],
  ])("%s", (_, rates, expected) => {
    expect(firing(ratesOf(rates))).toEqual(expected);
  });

  it("come with what was measured", () => {
    expect(burnSignals(ratesOf({ "1h": 20, "5m": 30 }))[0]).toEqual({
      severity: "page",
      rate: 14.4,
      long: "1h",
      short: "5m",
      longRate: 20,
      shortRate: 30,
      firing: true,
    });
  });
});

/** Seconds down and known in the last so many, without any arithmetic on intervals. */
function countSeconds({ window, points, covered, excluded }: Observation) {
  const size = window.to - window.from;
  const marks = (spans: readonly Span[]) => {
    const marked = new Uint8Array(size);
    for (const { from, to } of spans) {
      for (let at = Math.max(from, window.from); at < Math.min(to, window.to); at += 1) {
        marked[at - window.from] = 1;
      }
    }
    return marked;
  };
  const [isCovered, isExcluded] = [marks(covered), marks(excluded)];
  return (seconds: number) => {
    let [down, known, next] = [0, 0, 0];
    let status: Status = "unknown";
    for (let at = window.from; at < window.to; at += 1) {
      for (let point = points[next]; point && point.at <= at; point = points[next]) {
        status = point.status;
        next += 1;
      }
      const index = at - window.from;
      if (at < -seconds || isExcluded[index] || !isCovered[index] || status === "unknown") continue;
      known += 1;
      if (status === "down") down += 1;
    }
    return { down, known };
  };
}
