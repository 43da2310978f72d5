import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Schedule } from "./monitor.ts";
import {
  countChecks,
  isDue,
  isInterval,
  lastCheckAt,
  phaseOf,
  type Round,
  roundsOfMinute,
  stepOf,
} from "./schedule.ts";
import { schedules } from "./testing/arbitraries.ts";
import { start } from "./testing/fixtures.ts";

const every = (intervalSeconds: number, phaseSeconds = 0): Schedule => {
  return { intervalSeconds, phaseSeconds };
};

/** The times of a schedule's checks in [from, to), found as the tick finds them. */
function enumerate(schedule: Schedule, from: number, to: number): number[] {
  const times: number[] = [];
  for (let minute = Math.floor(from / 60) * 60; minute < to; minute += 60) {
    for (const round of roundsOfMinute([schedule], minute)) {
      if (isDue(schedule, round) && round.time >= from && round.time < to) times.push(round.time);
    }
  }
  return times;
}

describe("isInterval", () => {
  it.each([10, 20, 30, 60, 120, 300, 3_600, 86_340, 86_400])("takes %i seconds", (seconds) => {
    expect(isInterval(seconds)).toBe(true);
  });
  it.each([-60, 0, 1, 5, 15, 40, 50, 59, 61, 90, 86_401, 86_460, 60.5])(
    "refuses %d seconds",
    (seconds) => {
      expect(isInterval(seconds)).toBe(false);
    },
  );
});

describe("isDue", () => {
  const table: [name: string, schedule: Schedule, due: number[]][] = [
    ["every minute, every minute round", every(60), [0, 60, 120, 180, 240, 300]],
    ["every five minutes, one of five", every(300), [0, 300]],
    ["with a phase, shifted by it", every(300, 120), [120]],
    ["with the last phase, at the end of the interval", every(300, 240), [240]],
    ["every two minutes with a phase, the odd ones", every(120, 60), [60, 180, 300]],
  ];
  it.each(table)("takes of the minute rounds: %s", (_name, schedule, due) => {
    const times = [0, 60, 120, 180, 240, 300];
    expect(times.filter((time) => isDue(schedule, { time: start + time, step: 60 }))).toEqual(due);
    expect(times.some((time) => isDue(schedule, { time: start + time, step: 10 }))).toBe(false);
  });

  const fast: [name: string, schedule: Schedule, due: number[]][] = [
    ["every ten seconds, all", every(10), [0, 10, 20, 30, 40, 50]],
    ["every twenty seconds, every other", every(20), [0, 20, 40]],
    ["every twenty seconds with a phase, the others", every(20, 10), [10, 30, 50]],
    ["every thirty seconds with a phase, two", every(30, 20), [20, 50]],
  ];
  it.each(fast)("takes of the fast rounds: %s", (_name, schedule, due) => {
    const times = [0, 10, 20, 30, 40, 50];
    expect(times.filter((time) => isDue(schedule, { time: start + time, step: 10 }))).toEqual(due);
    expect(isDue(schedule, { time: start, step: 60 })).toBe(false);
  });
});

describe("roundsOfMinute", () => {
  const minuteRound: Round = { time: start, step: 60 };
  const fastRounds = [0, 10, 20, 30, 40, 50].map((s): Round => ({ time: start + s, step: 10 }));
  const table: [name: string, schedules: Schedule[], rounds: Round[]][] = [
    ["no monitors make no rounds", [], []],
    ["monitors of minutes share one round", [every(60), every(120)], [minuteRound]],
    ["a minute in which none is due has its round too", [every(300, 240)], [minuteRound]],
    ["one fast monitor makes six rounds", [every(30, 10)], fastRounds],
    [
      "of both kinds the minute round is first",
      [every(10), every(60)],
      [minuteRound, ...fastRounds],
    ],
  ];
  it.each(table)("%s", (_name, given, rounds) => {
    expect(roundsOfMinute(given, start)).toEqual(rounds);
  });
});

describe("countChecks", () => {
  const table: [name: string, schedule: Schedule, from: number, to: number, count: number][] = [
    ["the beginning is in the window", every(60), 0, 1, 1],
    ["the end is not", every(60), 1, 60, 0],
    ["an hour of minutes has sixty", every(60), 0, 3_600, 60],
    ["a day of ten seconds has 8,640", every(10), 0, 86_400, 8_640],
    ["a phase moves checks out of a window", every(300, 240), 0, 240, 0],
    ["and in", every(300, 240), 0, 241, 1],
    ["an empty window has none", every(60), 60, 60, 0],
    ["a reversed window has none", every(60), 600, 60, 0],
  ];
  it.each(table)("%s", (_name, schedule, from, to, count) => {
    expect(countChecks(schedule, start + from, start + to)).toBe(count);
  });

  it("counts what enumerating rounds minute by minute finds, evenly spaced", () => {
    const edge = fc.integer({ min: -7_200, max: 7_200 });
    fc.assert(
      fc.property(schedules, edge, edge, (schedule, a, b) => {
        const [from, to] = [start + Math.min(a, b), start + Math.max(a, b)];
        const times = enumerate(schedule, from, to);
        expect(times).toHaveLength(countChecks(schedule, from, to));
        for (const [index, time] of times.entries()) {
          const before = times[index - 1];
          if (before !== undefined) expect(time - before).toBe(schedule.intervalSeconds);
        }
      }),
    );
  });

  it("counts the same however a window is cut", () => {
    const edge = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(schedules, fc.tuple(edge, edge, edge), (schedule, edges) => {
        const [a = 0, b = 0, c = 0] = edges.sort((x, y) => x - y);
        expect(countChecks(schedule, a, b) + countChecks(schedule, b, c)).toBe(
          countChecks(schedule, a, c),
        );
      }),
    );
  });
});

describe("lastCheckAt", () => {
  const table: [name: string, schedule: Schedule, time: number, last: number][] = [
    ["a check at that very second is the last", every(60), 120, 120],
    ["a second before, it is the one before", every(60), 119, 60],
    ["a phase that lies ahead looks back into the interval before", every(300, 240), 0, -60],
  ];
  it.each(table)("%s", (_name, schedule, time, last) => {
    expect(lastCheckAt(schedule, start + time)).toBe(start + last);
  });

  it("is due, not after the time, and less than an interval before it", () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 2 ** 32 }), (schedule, time) => {
        const last = lastCheckAt(schedule, time);
        expect(isDue(schedule, { time: last, step: stepOf(schedule) })).toBe(true);
        expect(last).toBeLessThanOrEqual(time);
        expect(last).toBeGreaterThan(time - schedule.intervalSeconds);
      }),
    );
  });
});

describe("phaseOf", () => {
  // The first two follow from FNV-1a's published values: 0xe40c292c and 0xbf9cf968.
  const pinned: [id: string, intervalSeconds: number, phase: number][] = [
    ["a", 86_400, 85_200],
    ["foobar", 86_400, 31_200],
    ["api-health", 300, 60],
    ["api-health", 3_600, 2_160],
    ["auth-session", 300, 120],
    ["auth-session", 30, 20],
    ["dashboard-home", 3_600, 1_020],
    ["dashboard-home", 20, 10],
    ["dashboard-home", 60, 0],
    ["dashboard-home", 10, 0],
  ];
  it.each(pinned)("of %s every %i s is forever %i", (id, intervalSeconds, phase) => {
    expect(phaseOf(id, intervalSeconds)).toBe(phase);
  });

  it("lies on the grid of the monitor's rounds, inside the interval", () => {
    fc.assert(
      fc.property(fc.string(), schedules, (id, { intervalSeconds }) => {
        const phase = phaseOf(id, intervalSeconds);
        expect(phase % stepOf(every(intervalSeconds))).toBe(0);
        expect(phase).toBeGreaterThanOrEqual(0);
        expect(phase).toBeLessThan(intervalSeconds);
      }),
    );
  });

  // The bounds are the 99.9th percentiles of chi-square for slots − 1 degrees of freedom.
  const spread: [prefix: string, intervalSeconds: number, slots: number, bound: number][] = [
    ["monitor-", 30, 3, 13.82],
    ["monitor-", 300, 5, 18.47],
    ["m", 600, 10, 27.88],
    ["api-health-", 3_600, 60, 98.32],
  ];
  it.each(spread)("spreads %s1…1000 every %i s over %i slots", (prefix, seconds, slots, bound) => {
    const tally = new Map<number, number>();
    for (let index = 1; index <= 1_000; index += 1) {
      const phase = phaseOf(`${prefix}${index}`, seconds);
      tally.set(phase, (tally.get(phase) ?? 0) + 1);
    }
    const expected = 1_000 / slots;
    const chiSquare = [...tally.values()].reduce(
      (sum, n) => sum + (n - expected) ** 2 / expected,
      0,
    );
    expect(tally.size).toBe(slots);
    expect(chiSquare).toBeLessThan(bound);
  });
});
