import { describe, expect, it } from "vitest";
import { availability, timeline } from "./availability.ts";
import { dailyBars, lastDays } from "./daily-bars.ts";
import { normalise } from "./span.ts";
import type { Status } from "./status.ts";

const day = 86_400;
const noon = 10 * day + day / 2;

describe("lastDays", () => {
  it("are whole days in UTC, the last one the day it is", () => {
    expect(lastDays(noon, 2)).toEqual([
      { from: 9 * day, to: 10 * day },
      { from: 10 * day, to: 11 * day },
    ]);
    expect(lastDays(10 * day, 1)).toEqual([{ from: 10 * day, to: 11 * day }]);
    expect(lastDays(noon, 0)).toEqual([]);
  });
});

describe("dailyBars", () => {
  it("cuts what goes on over midnight, and takes the worst of a day", () => {
    const days = lastDays(noon, 3);
    const segments = [
      { from: 8 * day + 100, to: 9 * day - 50, status: "up" },
      { from: 9 * day - 50, to: 9 * day + 70, status: "down" },
      { from: 9 * day + 70, to: 10 * day, status: "up" },
      { from: 10 * day, to: 10 * day + 5, status: "degraded" },
      { from: 10 * day + 5, to: noon, status: "up" },
    ] as const;
    const bars = dailyBars(segments, [], days);
    expect(bars.map(({ worst, seen }) => [worst, seen.downSeconds, seen.degradedSeconds])).toEqual([
      ["down", 50, 0],
      ["down", 70, 0],
      ["degraded", 0, 5],
    ]);
    expect(bars[1]?.seen.availability).toBe((day - 70) / day);
    expect(bars[2]?.seen.upSeconds).toBe(day / 2 - 5);
  });

  it("says nothing of a day of which nothing counts, and shows what was planned of it", () => {
    const [before, planned] = dailyBars([], [{ from: 10 * day, to: 11 * day }], lastDays(noon, 2));
    expect(before).toMatchObject({ worst: null, seen: { availability: null, excludedSeconds: 0 } });
    expect(planned).toMatchObject({ worst: null, seen: { excludedSeconds: day } });
  });

  it("calls a day unknown in which nothing worse is known, and unknown time is not down", () => {
    const segments = [
      { from: 10 * day, to: 10 * day + 60, status: "unknown" },
      { from: 10 * day + 60, to: noon, status: "up" },
    ] as const;
    const [bar] = dailyBars(segments, [], lastDays(noon, 1));
    expect(bar).toMatchObject({ worst: "unknown", seen: { unknownSeconds: 60, availability: 1 } });
  });

  it("adds up to what the whole time comes to, whatever happened", () => {
    const statuses: readonly Status[] = ["up", "down", "degraded", "unknown"];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let run = 0; run < 200; run += 1) {
      const days = lastDays(noon, 5);
      const window = { from: 6 * day + random(day), to: noon };
      const points = Array.from({ length: random(12) }, () => 5 * day + random(6 * day))
        .toSorted((a, b) => a - b)
        .map((at) => ({ at, status: statuses[random(4)] ?? "up" }));
      const stretch = () => {
        const from = window.from + random(4 * day);
        return { from, to: Math.min(window.to, from + random(2 * day)) };
      };
      const excluded = normalise([stretch(), stretch()]);
      const observation = { window, points, covered: normalise([stretch(), stretch()]), excluded };
      const whole = availability(observation);
      const bars = dailyBars(timeline(observation), excluded, days);
      for (const key of [
        "upSeconds",
        "degradedSeconds",
        "downSeconds",
        "unknownSeconds",
        "excludedSeconds",
      ] as const) {
        expect(bars.reduce((sum, { seen }) => sum + seen[key], 0)).toBe(whole[key]);
      }
    }
  });
});
