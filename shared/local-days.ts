/** Local days and working hours, which the clocks' changes bend. */
import type { BusinessHours, LocalDaysBetween, NextInHours } from "./domain/alerting/escalation.ts";

interface Local {
  /** Days since 1970, by the local calendar. */
  readonly day: number;
  /** Seconds after local midnight, as clocks show it. */
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localAt(timeZone: string, at: number): Local {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      hourCycle: "h23",
    });
  formats.set(timeZone, format);
  const parts = new Map(
    format.formatToParts(new Date(at * 1000)).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return {
    day: Date.UTC(part("year"), part("month") - 1, part("day")) / 86_400_000,
    second: part("hour") * 3_600 + part("minute") * 60 + part("second"),
  };
}

/** Whole local days from an anchor to a time: each ends at the anchor's hour of the local clock. */
export const localDaysBetween: LocalDaysBetween = (timeZone, anchor, at) => {
  const from = localAt(timeZone, anchor);
  const to = localAt(timeZone, at);
  return to.day - from.day - (to.second < from.second ? 1 : 0);
};

/** The next moment in business hours, to the minute. */
export const nextInHours: NextInHours = (hours, at) => {
  // Minute by minute would be long over a weekend: where it is far off, in quarters of an hour.
  for (let time = at; time < at + 8 * 86_400; ) {
    if (isIn(hours, time)) return time;
    const next = time - (time % 900) + 900;
    if (!isIn(hours, next)) time = next;
    else return firstIn(hours, time, next);
  }
  // Hours that never come: nobody is to wait for ever.
  return at;
};

function firstIn(hours: BusinessHours, from: number, to: number): number {
  for (let time = from - (from % 60) + 60; time < to; time += 60) {
    if (isIn(hours, time)) return time;
  }
  return to;
}

function isIn({ timeZone, weekdays, fromMinute, toMinute }: BusinessHours, at: number): boolean {
  const { day, second } = localAt(timeZone, at);
  // The 1st of January 1970 was a Thursday.
  const weekday = ((day + 3) % 7) + 1;
  return weekdays.includes(weekday) && second >= fromMinute * 60 && second < toMinute * 60;
}
