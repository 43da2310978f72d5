/** Planned maintenance as a calendar: each occurrence an event, also one that was called off. */
import {
  endOfTime,
  type MaintenanceVersion,
  type MaintenanceWindow,
  occurrencesOf,
  type Selectable,
  selects,
} from "../../../shared/domain/maintenance.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { type CalendarEvent, icalendar } from "../../../shared/icalendar.ts";
import { nextTime } from "../../../shared/measure/material.ts";

/** How far the calendar reaches back and ahead, seconds. */
export const calendarBackSeconds = 30 * 86_400;
export const calendarAheadSeconds = 90 * 86_400;

const mostEvents = 1_000;

/** The stretch of time of a calendar, epoch seconds. */
export function calendarSpan(now: number): Span {
  return { from: now - calendarBackSeconds, to: now + calendarAheadSeconds };
}

/**
 * The calendar of windows. An occurrence of a series has the UID of its window and its beginning,
 * and a single one that of its window, so that it keeps it where it is moved.
 *
 * @param monitors those of the status page
 */
export function maintenanceCalendar(
  windows: readonly MaintenanceWindow[],
  monitors: readonly (Selectable & { readonly name: string })[],
  now: number,
): string {
  const within = calendarSpan(now);
  const events = windows
    .filter(({ kind }) => kind === "maintenance")
    .flatMap((window) => eventsOf(window, monitors, within))
    .sort((a, b) => a.from - b.from || (a.uid < b.uid ? -1 : 1));
  return icalendar("NetPost maintenance", events.slice(0, mostEvents));
}

function eventsOf(
  window: MaintenanceWindow,
  monitors: readonly (Selectable & { readonly name: string })[],
  within: Span,
): CalendarEvent[] {
  const last = window.versions.at(-1);
  if (!last) return [];
  const calledOffAt = window.withdrawnAt ?? window.cancelledAt;
  const eventOf = (
    version: MaintenanceVersion,
    { from, to }: Span,
    status: CalendarEvent["status"],
  ): CalendarEvent[] => {
    const { selector, timing } = version;
    const names = monitors.filter((one) => selects(selector, one)).map(({ name }) => name);
    if (selector.kind !== "all" && names.length === 0) return [];
    const which = timing.kind === "once" ? "" : `-${from}`;
    const isOff = status === "CANCELLED";
    return [
      {
        uid: `maintenance-${window.number}${which}@netpost-monitoring`,
        sequence: window.versions.length - 1 + (isOff ? 1 : 0),
        changedAt: isOff ? (calledOffAt ?? version.from) : version.from,
        from,
        to,
        status,
        summary: window.name,
        description:
          selector.kind === "all" ? "Everything is concerned." : `Concerned: ${names.join(", ")}.`,
      },
    ];
  };
  const planned = window.versions.flatMap((version) =>
    occurrencesOf({ ...window, versions: [version] }, within, nextTime).flatMap((span) =>
      eventOf(version, span, "CONFIRMED"),
    ),
  );
  if (calledOffAt === null) return onePerUid(planned);
  // As if nobody had called it off: what was still to come then, or all where it was withdrawn.
  const from = window.withdrawnAt === null ? calledOffAt : last.from;
  const asMeant = { ...last, until: endOfTime };
  const off = occurrencesOf({ ...window, withdrawnAt: null, versions: [asMeant] }, within, nextTime)
    .filter((span) => span.from >= from || window.withdrawnAt !== null)
    .flatMap((span) => eventOf(asMeant, span, "CANCELLED"));
  return onePerUid([...planned, ...off]);
}

/** Of events with one UID the last counts: the others are earlier versions of it. */
function onePerUid(events: readonly CalendarEvent[]): CalendarEvent[] {
  return [...new Map(events.map((event) => [event.uid, event])).values()];
}
