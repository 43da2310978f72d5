/**
 * Calendar periods in IANA time zones, by the zone data that `Intl` brings. A local day is as long
 * as it is: 23 or 25 hours where the clock changes.
 */
import type { Span } from "./span.ts";

/** A day of the Gregorian calendar; `month` from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export const periodKinds = ["day", "week", "month", "quarter"] as const;

export type PeriodKind = (typeof periodKinds)[number];

const monthsIn: Readonly<Record<"month" | "quarter", number>> = { month: 1, quarter: 3 };
const secondsPerDay = 86_400;
/** No zone was ever farther from UTC. */
const farthestOffset = 16 * 3_600;

/** The date that a zone's calendar shows at a time, epoch seconds. Throws on an unknown zone. */
export function dateAt(seconds: number, zone: string): CalendarDate {
  return dateOf(seconds + offsetAt(seconds, zone));
}

/**
 * The first moment of a day in a zone, epoch seconds: midnight, or what comes instead of it where
 * the clock skips it. Of a day that a zone skips altogether it is the first moment of the next.
 * Throws RangeError on an unknown zone.
 */
export function startOfDay(date: CalendarDate, zone: string): number {
  const midnight = inUtc(date);
  let [before, after] = [midnight - farthestOffset, midnight + farthestOffset];
  const [first, second] = [offsetAt(before, zone), offsetAt(after, zone)];
  if (first === second) return midnight - first;
  // Somewhere between the two the clock changes: find the first second of the new offset.
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle, zone) === first) before = middle;
    else after = middle;
  }
  return midnight - first < after ? midnight - first : Math.max(after, midnight - second);
}

/** The first day of the period that a date lies in. Weeks begin on Mondays (ISO 8601). */
export function firstDayOf(kind: PeriodKind, date: CalendarDate): CalendarDate {
  switch (kind) {
    case "day":
      return addDays(date, 0);
    case "week":
      return addDays(date, -((weekday(date) + 6) % 7));
    case "month":
      return { ...date, day: 1 };
    case "quarter":
      return { year: date.year, month: date.month - ((date.month - 1) % 3), day: 1 };
  }
}

/** The first day of the period after (or before, if negative) by so many periods. */
export function shiftPeriod(kind: PeriodKind, date: CalendarDate, by: number): CalendarDate {
  const first = firstDayOf(kind, date);
  if (kind === "day" || kind === "week") return addDays(first, by * (kind === "day" ? 1 : 7));
  return dateOf(Date.UTC(first.year, first.month - 1 + by * monthsIn[kind], 1) / 1000);
}

/** The span of the period that a date lies in, in a zone. Throws RangeError on an unknown zone. */
export function periodSpan(kind: PeriodKind, date: CalendarDate, zone: string): Span {
  return {
    from: startOfDay(firstDayOf(kind, date), zone),
    to: startOfDay(shiftPeriod(kind, date, 1), zone),
  };
}

/** A period's name: `2026-10-05`, `2026-W41`, `2026-10`, `2026-Q4`. */
export function periodName(kind: PeriodKind, date: CalendarDate): string {
  const first = firstDayOf(kind, date);
  const [year, month] = [pad(first.year, 4), pad(first.month, 2)];
  switch (kind) {
    case "day":
      return `${year}-${month}-${pad(first.day, 2)}`;
    case "week": {
      // The year of a week is that of its Thursday (ISO 8601).
      const thursday = addDays(first, 3);
      const days = (inUtc(thursday) - Date.UTC(thursday.year, 0, 1) / 1000) / secondsPerDay;
      return `${pad(thursday.year, 4)}-W${pad(Math.floor(days / 7) + 1, 2)}`;
    }
    case "month":
      return `${year}-${month}`;
    case "quarter":
      return `${year}-Q${Math.ceil(first.month / 3)}`;
  }
}

/** The first day of the period of that name; null where no period of the kind is called so. */
export function parsePeriodName(kind: PeriodKind, name: string): CalendarDate | null {
  const [, first = "", second = "1", third = "1"] = patterns[kind].exec(name) ?? [];
  const [year, part, day] = [Number(first), Number(second), Number(third)];
  const date = firstOfParts(kind, year, part, day);
  // Whatever overflowed, as the 31st of June does, is called otherwise.
  return periodName(kind, date) === name ? date : null;
}

const patterns: Readonly<Record<PeriodKind, RegExp>> = {
  day: /^(\d{4})-(\d\d)-(\d\d)$/,
  week: /^(\d{4})-W(\d\d)$/,
  month: /^(\d{4})-(\d\d)$/,
  quarter: /^(\d{4})-Q(\d)$/,
};

function firstOfParts(kind: PeriodKind, year: number, part: number, day: number): CalendarDate {
  if (kind === "week") {
    // The 4th of January lies in the first week of its year.
    return addDays(firstDayOf("week", { year, month: 1, day: 4 }), (part - 1) * 7);
  }
  const month = kind === "quarter" ? part * 3 - 2 : part;
  return dateOf(Date.UTC(year, month - 1, day) / 1000);
}

function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOf(inUtc(date) + days * secondsPerDay);
}

/** 0 is Sunday. */
function weekday(date: CalendarDate): number {
  return new Date(inUtc(date) * 1000).getUTCDay();
}

/** Midnight of a date in UTC, epoch seconds. */
function inUtc({ year, month, day }: CalendarDate): number {
  return Date.UTC(year, month - 1, day) / 1000;
}

function dateOf(seconds: number): CalendarDate {
  const date = new Date(seconds * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** As many zones are kept: making a format costs a hundred times what using it does. */
const mostFormats = 50;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clock is ahead of UTC at a time, in seconds. */
function offsetAt(seconds: number, zone: string): number {
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(zone).formatToParts(seconds * 1000)) {
    if (isField(type)) fields[type] = Number(value);
  }
  const { year, month, day, hour, minute, second } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - seconds;
}

function isField(type: string): type is "year" | "month" | "day" | "hour" | "minute" | "second" {
  return ["year", "month", "day", "hour", "minute", "second"].includes(type);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= mostFormats) formats.clear();
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}
