/** Reports: which are due. A report is of a calendar day, week or month in a time zone. */
import { dateAt, type PeriodKind, periodName, periodSpan } from "./calendar.ts";
import type { Span } from "./span.ts";

export const reportKinds = ["daily", "weekly", "monthly"] as const;

export type ReportKind = (typeof reportKinds)[number];

/** Which reports are made of their own accord, and in which time zone days begin. */
export interface ReportSettings {
  /** Of the IANA database. */
  readonly zone: string;
  readonly daily: boolean;
  readonly weekly: boolean;
  readonly monthly: boolean;
}

/** Where the configuration says nothing. */
export const usualReports: ReportSettings = {
  zone: "UTC",
  daily: true,
  weekly: true,
  monthly: true,
};

/**
 * Seconds after the end of a period before its report is made: an outage can be taken up again
 * for 15 minutes, and the last hour is rolled up in that time.
 */
export const reportDelaySeconds = 1_200;

/** How many periods back a report that was missed is still made of its own accord. */
export const catchUpPeriods: Readonly<Record<ReportKind, number>> = {
  daily: 35,
  weekly: 9,
  monthly: 3,
};

const calendarKinds: Readonly<Record<ReportKind, PeriodKind>> = {
  daily: "day",
  weekly: "week",
  monthly: "month",
};

/**
 * A zone as its database calls it, so that one zone has one name here. Throws on an unknown one.
 */
export function zoneName(zone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
}

/** The calendar's period that a kind of report is of. */
export function periodKindOf(kind: ReportKind): PeriodKind {
  return calendarKinds[kind];
}

/** The period of a kind that a moment (epoch seconds) falls into. Throws on an unknown zone. */
export function reportPeriodAt(kind: ReportKind, zone: string, moment: number): Span {
  return periodSpan(calendarKinds[kind], dateAt(moment, zone), zone);
}

/** What a period is called: `2026-11-22`, `2026-W47`, `2026-11`. */
export function reportPeriodName(kind: ReportKind, zone: string, { from }: Span): string {
  return periodName(calendarKinds[kind], dateAt(from, zone));
}

/** What is known of one kind's reports in one zone. */
export interface ReportsSoFar {
  /** The end of the last period that has a report, epoch seconds; null: none has. */
  readonly reportedUntil: number | null;
  /** The first moment of which anything is known, epoch seconds; null: nothing ever was. */
  readonly knownSince: number | null;
}

/**
 * The oldest period of a kind that is over and has no report yet; null where there is none. Of a
 * kind never reported it is the last period that is over.
 *
 * @param now epoch seconds
 */
export function duePeriod(
  kind: ReportKind,
  zone: string,
  { reportedUntil, knownSince }: ReportsSoFar,
  now: number,
): Span | null {
  if (knownSince === null) return null;
  const running = reportPeriodAt(kind, zone, now - reportDelaySeconds);
  let due: Span | null = null;
  let end = running.from;
  for (let count = 0; count < catchUpPeriods[kind]; count += 1) {
    const period = reportPeriodAt(kind, zone, end - 1);
    const isReported = reportedUntil !== null && period.from < reportedUntil;
    if (isReported || period.to <= knownSince) break;
    due = period;
    // Without a report to go on from, only the newest: what came before was not asked for.
    if (reportedUntil === null) break;
    end = period.from;
  }
  return due;
}
