/** From a query to the window that is computed over. */
import type { FieldError } from "../contract/api/problem.ts";
import {
  defaultWindow,
  type PeriodDocument,
  parseDuration,
  type WindowQuery,
  windowMessages,
} from "../contract/api/window.ts";
import { isTimeZone } from "../cron.ts";
import {
  type CalendarDate,
  dateAt,
  type PeriodKind,
  parsePeriodName,
  periodName,
  periodSpan,
  shiftPeriod,
} from "../domain/calendar.ts";
import type { Freshness } from "../domain/freshness.ts";
import type { Span } from "../domain/span.ts";
import { instant } from "../instant.ts";

/** A period of the calendar: its span as a whole may go on after what is known. */
export interface Period {
  readonly kind: PeriodKind;
  readonly name: string;
  readonly zone: string;
  readonly span: Span;
}

/** What is to be computed over. */
export interface AskedWindow {
  /** Up to what is known. */
  readonly window: Span;
  /** Null where no period was asked for. */
  readonly period: Period | null;
}

/** A window, or what is wrong with the query. */
export type ParsedWindow =
  | ({ readonly ok: true } & AskedWindow)
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * Up to when we can speak, epoch seconds: to the newest data while it is fresh, because what comes
 * after it is only on its way. Stale data ends nothing: the time since then is unknown, and counts.
 */
export function knownUntil(now: number, { asOf, stale }: Freshness): number {
  return stale || asOf === null ? now : asOf;
}

/**
 * The window that a query means: a period of the calendar, from a moment to another, or so long.
 *
 * @param now epoch seconds
 */
export function parseWindow(query: WindowQuery, now: number, freshness: Freshness): ParsedWindow {
  const { window, from, to, period, of, zone } = query;
  const end = knownUntil(now, freshness);
  if (period !== undefined) {
    if (window !== undefined || from !== undefined || to !== undefined) {
      return wrong("period", "either period, or window, or from and to, not several of them");
    }
    return parsePeriod({ kind: period, of, zone: zone ?? "UTC" }, now, end);
  }
  if (of !== undefined) return wrong("of", "only together with period");
  if (zone !== undefined) {
    return wrong("zone", "only together with period; from and to say their offset themselves");
  }
  if (window !== undefined && (from !== undefined || to !== undefined)) {
    return wrong("window", "either window, or from and to, not both");
  }
  if (from === undefined) {
    if (to !== undefined) return wrong("from", "needed where to is given");
    const seconds = window ?? parseDuration(defaultWindow) ?? 0;
    return { ok: true, window: { from: end - seconds, to: end }, period: null };
  }
  if (from >= now) return wrong("from", "a moment in the past");
  if (to !== undefined && to > now) return wrong("to", "not in the future; leave it out for now");
  if (to !== undefined && from >= to) return wrong("from", "before to");
  return { ok: true, window: upTo({ from, to: to ?? end }, end), period: null };
}

interface AskedPeriod {
  readonly kind: PeriodKind;
  readonly of: string | undefined;
  readonly zone: string;
}

function parsePeriod({ kind, of, zone }: AskedPeriod, now: number, end: number): ParsedWindow {
  if (!isTimeZone(zone)) return wrong("zone", windowMessages.zone);
  const date = dateOf(kind, of ?? "present", dateAt(now, zone));
  if (date === null) return wrong("of", windowMessages.of[kind]);
  const span = periodSpan(kind, date, zone);
  if (span.from > now) return wrong("of", "one that has begun");
  const period = { kind, name: periodName(kind, date), zone, span };
  return { ok: true, window: upTo(span, end), period };
}

function dateOf(kind: PeriodKind, of: string, today: CalendarDate): CalendarDate | null {
  if (of === "present") return today;
  return of === "previous" ? shiftPeriod(kind, today, -1) : parsePeriodName(kind, of);
}

/** What lies after all that is known is empty, not turned around. */
function upTo({ from, to }: Span, end: number): Span {
  return { from, to: Math.max(from, Math.min(to, end)) };
}

/** A span as the API shows it. */
export function windowDocument({ from, to }: Span): { from: string; to: string } {
  return { from: instant(from), to: instant(to) };
}

/** A period as the API shows it. */
export function periodDocument(period: Period | null): PeriodDocument | null {
  if (period === null) return null;
  const { span, ...named } = period;
  return { ...named, ...windowDocument(span) };
}

function wrong(field: string, message: string): ParsedWindow {
  return { ok: false, errors: [{ field, message }] };
}
