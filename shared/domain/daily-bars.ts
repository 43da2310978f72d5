/** A monitor's days, as a status page draws them: a bar for each day in UTC. */
import { type Availability, availabilityOf, type Segment } from "./availability.ts";
import { intersect, lengthOf, type Span, totalSeconds } from "./span.ts";
import type { Status } from "./status.ts";

const secondsPerDay = 86_400;

/** What a day came to. */
export interface DayBar {
  /** The worst of the day: down, degraded, unknown, up, in this order; null: nothing was counted. */
  readonly worst: Status | null;
  readonly seen: Availability;
}

/** The last days up to a time, each [from, to), epoch seconds; the last one is the day it is. */
export function lastDays(now: number, count: number): Span[] {
  const today = Math.floor(now / secondsPerDay) * secondsPerDay;
  return Array.from({ length: count }, (_, index) => {
    const from = today - (count - 1 - index) * secondsPerDay;
    return { from, to: from + secondsPerDay };
  });
}

/**
 * The bars of days that follow each other: segments are walked once, so that it costs as much as
 * there were changes and days.
 *
 * @param segments of `timeline`: in order, none overlap
 * @param excluded planned time, normalised; it is left out of the segments already
 */
export function dailyBars(
  segments: readonly Segment[],
  excluded: readonly Span[],
  days: readonly Span[],
): DayBar[] {
  let first = 0;
  return days.map((day) => {
    while ((segments[first]?.to ?? Number.POSITIVE_INFINITY) <= day.from) first += 1;
    const parts: Segment[] = [];
    for (let index = first; index < segments.length; index += 1) {
      const segment = segments[index];
      if (!segment || segment.from >= day.to) break;
      const from = Math.max(segment.from, day.from);
      parts.push({ status: segment.status, from, to: Math.min(segment.to, day.to) });
    }
    const seen = availabilityOf(parts, totalSeconds(intersect([day], excluded)));
    return { worst: worstOf(parts), seen };
  });
}

const worstFirst: readonly Status[] = ["down", "degraded", "unknown", "up"];

function worstOf(parts: readonly Segment[]): Status | null {
  return (
    worstFirst.find((status) =>
      parts.some((part) => part.status === status && lengthOf(part) > 0),
    ) ?? null
  );
}
