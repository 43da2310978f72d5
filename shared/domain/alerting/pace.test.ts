import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PaceLimit, paceFloor, paceOf, placesUntil, placeTimes } from "./pace.ts";

const now = 1_790_000_000_000;

/** Books as the database does. */
function book(limit: PaceLimit, booked: number, at: number, count: number) {
  const until = Math.max(booked, paceFloor(limit, at)) + count * limit.everyMs;
  return { until, times: placeTimes(limit, until, count).map((time) => Math.max(time, at)) };
}

describe("a channel's pace", () => {
  it("lets a burst through at once, and then one at a time", () => {
    const limit = { everyMs: 1_000, burst: 3 };
    const { until, times } = book(limit, 0, now, 5);
    expect(times.map((time) => time - now)).toEqual([0, 0, 0, 1_000, 2_000]);
    expect(book(limit, until, now + 500, 1).times).toEqual([now + 3_000]);
    expect(book(limit, until, now + 60_000, 4).times.map((time) => time - now - 60_000)).toEqual([
      ...[0, 0, 0],
      1_000,
    ]);
  });

  it("says how many there are until a time", () => {
    const limit = { everyMs: 1_000, burst: 3 };
    expect(placesUntil(limit, 0, now, now)).toBe(3);
    expect(placesUntil(limit, 0, now, now + 20_000)).toBe(23);
    expect(placesUntil(limit, now + 5_000, now, now + 4_000)).toBe(0);
  });

  it.each([
    ["slack", 3, 2_000],
    ["telegram", 20, 60_000],
    ["pagerduty", 120, 60_000],
    ["discord", 8, 2_000],
    ["something else", 310, 60_000],
  ])("of %s stays within %d messages in %d ms, whoever asks when", (type, most, windowMs) => {
    const limit = paceOf(type);
    const asks = fc.array(
      fc.record({ after: fc.nat(5_000), count: fc.integer({ min: 1, max: 10 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(asks, (those) => {
        let at = now;
        let booked = 0;
        const times: number[] = [];
        for (const { after, count } of those) {
          at += after;
          const { until, times: own } = book(limit, booked, at, count);
          booked = until;
          times.push(...own);
        }
        const busiest = Math.max(
          0,
          ...times.map((from) => times.filter((t) => t >= from && t < from + windowMs).length),
        );
        // One more where the window begins with a place that was saved up.
        expect(busiest).toBeLessThanOrEqual(most + 2);
      }),
      { numRuns: 50 },
    );
  });
});
