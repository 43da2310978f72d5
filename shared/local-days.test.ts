import { describe, expect, it } from "vitest";
import { onCallOf } from "./domain/alerting/on-call.ts";
import { localDaysBetween, nextInHours } from "./local-days.ts";

const at = (iso: string) => Date.parse(iso) / 1000;
const office = {
  timeZone: "Europe/Berlin",
  weekdays: [1, 2, 3, 4, 5],
  fromMinute: 540,
  toMinute: 1_020,
};

describe("business hours", () => {
  it.each([
    ["2026-10-05T08:00:00Z", "2026-10-05T08:00:00Z", "inside, at once"],
    ["2026-10-05T03:10:20Z", "2026-10-05T07:00:00Z", "before them, on the same day"],
    ["2026-10-05T15:00:00Z", "2026-10-06T07:00:00Z", "at their end, on the next day"],
    ["2026-10-09T16:00:00Z", "2026-10-12T07:00:00Z", "over the weekend"],
    ["2026-10-23T16:00:00Z", "2026-10-26T08:00:00Z", "over the change of the clocks"],
  ])("from %s begin at %s: %s", (from, begin, _why) => {
    expect(nextInHours(office, at(from))).toBe(at(begin));
  });

  it("begin to the minute", () => {
    const hours = { ...office, timeZone: "UTC", fromMinute: 547 };
    expect(nextInHours(hours, at("2026-10-05T09:00:30Z"))).toBe(at("2026-10-05T09:07:00Z"));
  });
});

describe("local days", () => {
  it.each([
    ["2026-10-24T07:00:00Z", "2026-10-25T07:59:59Z", 0],
    ["2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", 1],
    ["2026-03-28T08:00:00Z", "2026-03-29T06:59:59Z", 0],
    ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", 1],
    ["2026-10-05T07:00:00Z", "2026-10-05T06:59:59Z", -1],
  ])("from %s to %s there are %d", (anchor, time, days) => {
    expect(localDaysBetween("Europe/Berlin", at(anchor), at(time))).toBe(days);
  });
});

describe("who is on call", () => {
  const rotation = {
    id: "team",
    people: ["Ann", "Bob", "Cyd"],
    anchor: at("2026-10-05T07:00:00Z"),
    turnDays: 1,
    timeZone: "Europe/Berlin",
    overrides: [],
  };

  it("changes at the handover, also before the first turn", () => {
    const now = at("2026-10-05T06:00:00Z");
    expect(onCallOf(rotation, now, localDaysBetween)).toEqual({
      person: "Cyd",
      until: rotation.anchor,
      next: "Ann",
      override: false,
    });
  });

  it("of one person never changes", () => {
    const alone = { ...rotation, people: ["Ann"] };
    expect(onCallOf(alone, rotation.anchor, localDaysBetween)).toMatchObject({
      person: "Ann",
      until: null,
    });
  });
});
