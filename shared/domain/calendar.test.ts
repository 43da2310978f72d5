import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CalendarDate,
  dateAt,
  firstDayOf,
  type PeriodKind,
  parsePeriodName,
  periodKinds,
  periodName,
  periodSpan,
  shiftPeriod,
  startOfDay,
} from "./calendar.ts";

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/Sao_Paulo",
  "Africa/Cairo",
  "Pacific/Apia",
  "America/Havana",
];

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

function day(text: string): CalendarDate {
  const date = parsePeriodName("day", text);
  if (!date) throw new Error(`no day ${text}`);
  return date;
}

const dates = fc
  .integer({ min: Date.UTC(1995, 0, 1) / 86_400_000, max: Date.UTC(2040, 0, 1) / 86_400_000 })
  .map((days) => dateAt(days * 86_400, "UTC"));

describe("the length of a day", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin", "2026-10-25", 25],
    ["Europe/Berlin", "2026-10-26", 24],
    ["America/New_York", "2026-03-08", 23],
    ["America/New_York", "2026-11-01", 25],
    ["Australia/Lord_Howe", "2026-10-04", 23.5],
    ["Australia/Lord_Howe", "2026-04-05", 24.5],
    ["Asia/Kathmandu", "2026-06-01", 24],
    // Midnight itself is skipped.
    ["Africa/Cairo", "2026-04-24", 23],
    ["America/Sao_Paulo", "2018-11-04", 23],
    // Samoa went without it, over to the other side of the date line.
    ["Pacific/Apia", "2011-12-30", 0],
  ])("in %s on %s is %d hours", (zone, date, hours) => {
    const { from, to } = periodSpan("day", day(date), zone);
    expect((to - from) / 3600).toBe(hours);
  });
});

describe("a period", () => {
  it.each<[PeriodKind, string, string, string, string]>([
    ["month", "2026-10", "Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"],
    ["quarter", "2026-Q4", "America/New_York", "2026-10-01T04:00:00Z", "2027-01-01T05:00:00Z"],
    ["week", "2026-W53", "UTC", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"],
    ["day", "2026-10-05", "Asia/Kathmandu", "2026-10-04T18:15:00Z", "2026-10-05T18:15:00Z"],
    ["month", "2026-10", "Australia/Lord_Howe", "2026-09-30T13:30:00Z", "2026-10-31T13:00:00Z"],
  ])("%s %s in %s", (kind, name, zone, from, to) => {
    const first = parsePeriodName(kind, name);
    if (!first) throw new Error("not parsed");
    const span = periodSpan(kind, first, zone);
    expect([iso(span.from), iso(span.to)]).toEqual([from, to]);
  });

  it.each<[PeriodKind, string]>([
    ["day", "2026-02-29"],
    ["day", "2026-2-01"],
    ["day", "2026-13-01"],
    ["week", "2026-W54"],
    ["week", "2027-W53"],
    ["week", "2026-W00"],
    ["month", "2026-00"],
    ["month", "2026-13"],
    ["month", "2026-Q1"],
    ["quarter", "2026-Q0"],
    ["quarter", "2026-Q5"],
    ["quarter", "2026"],
  ])("%s has none called %s", (kind, name) => {
    expect(parsePeriodName(kind, name)).toBeNull();
  });

  it("is found again by its name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...periodKinds), dates, (kind, date) => {
        expect(parsePeriodName(kind, periodName(kind, date))).toEqual(firstDayOf(kind, date));
      }),
    );
  });

  it("ends where the next begins, and holds just the moments whose date lies in it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...periodKinds),
        dates,
        fc.constantFrom(...zones),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, date, zone, part) => {
          const span = periodSpan(kind, date, zone);
          const next = periodSpan(kind, shiftPeriod(kind, date, 1), zone);
          expect(next.from).toBe(span.to);
          if (span.to === span.from) return;
          const moment = Math.floor(span.from + part * (span.to - span.from - 1));
          expect(periodName(kind, dateAt(moment, zone))).toBe(periodName(kind, date));
          expect(periodName(kind, dateAt(span.from - 1, zone))).not.toBe(periodName(kind, date));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the start of a day", () => {
  it("equals a search minute by minute for the first moment that shows its date or a later one", () => {
    fc.assert(
      fc.property(dates, fc.constantFrom(...zones), (date, zone) => {
        const utc = Date.UTC(date.year, date.month - 1, date.day) / 1000;
        const shows = (at: number) => periodName("day", dateAt(at, zone));
        let at = utc - 16 * 3_600;
        while (shows(at) < periodName("day", date)) at += 60;
        expect(iso(startOfDay(date, zone))).toBe(iso(at));
      }),
      { numRuns: 60 },
    );
  });

  it("throws on a zone that does not exist", () => {
    expect(() => startOfDay(day("2026-01-01"), "Mars/Olympus")).toThrow(RangeError);
  });
});
