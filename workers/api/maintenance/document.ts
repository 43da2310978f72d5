/** A maintenance window as operators see it. */
import type { MaintenanceDocument } from "../../../shared/contract/api/maintenance.ts";
import {
  boundsOf,
  endOfTime,
  type MaintenanceWindow,
  occurrencesOf,
  type Selector,
  type Timing,
} from "../../../shared/domain/maintenance.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { instant, instantOrNull } from "../../../shared/instant.ts";
import { nextTime } from "../../../shared/measure/material.ts";

const mostUpcoming = 5;
const secondsPerDay = 86_400;
/** A recurrence may be a leap day's: one comes at least every eight years. */
const farthestDays = 8 * 366;

/**
 * A window's document.
 *
 * @param now epoch seconds
 */
export function maintenanceDocument(window: MaintenanceWindow, now: number): MaintenanceDocument {
  const last = window.versions.at(-1);
  if (!last) throw new RangeError(`maintenance window ${window.number} says nothing`);
  const [active] = occurrencesOf(window, { from: now, to: now + 1 }, nextTime);
  const upcoming = upcomingOf(window, now);
  return {
    id: window.number,
    kind: window.kind,
    name: window.name,
    reason: window.reason,
    state: active ? "active" : upcoming.length > 0 ? "upcoming" : "over",
    selector: shownSelector(last.selector),
    timing: shownTiming(last.timing),
    startsAt: last.timing.kind === "once" ? null : instant(last.from),
    endsAt: instantOrNull(last.until),
    active: active ? shownSpan(active) : null,
    upcoming: upcoming.map(shownSpan),
    createdAt: instant(window.createdAt),
    createdBy: window.createdBy,
    cancelledAt: instantOrNull(window.cancelledAt),
    withdrawnAt: instantOrNull(window.withdrawnAt),
  };
}

/** The next occurrences: looked for farther and farther ahead, for few are rare. */
function upcomingOf(window: MaintenanceWindow, now: number): Span[] {
  const end = Math.min(boundsOf(window).to, endOfTime);
  for (let days = 8; ; days = Math.min(days * 8, farthestDays)) {
    const to = Math.min(end, now + days * secondsPerDay);
    const found = occurrencesOf(window, { from: now, to }, nextTime)
      .filter(({ from }) => from > now)
      .slice(0, mostUpcoming);
    if (found.length === mostUpcoming || to === end || days === farthestDays) return found;
  }
}

function shownSpan({ from, to }: Span) {
  return { from: instant(from), to: instant(to) };
}

function shownSelector(selector: Selector): MaintenanceDocument["selector"] {
  switch (selector.kind) {
    case "all":
      return { kind: "all" };
    case "monitors":
      return { kind: "monitors", ids: [...selector.ids] };
    case "groups":
      return { kind: "groups", names: [...selector.names] };
    case "tags":
      return { kind: "tags", tags: [...selector.tags] };
  }
}

function shownTiming(timing: Timing): MaintenanceDocument["timing"] {
  if (timing.kind === "once") {
    return { kind: "once", ...shownSpan(timing) };
  }
  const { expression, timeZone, durationSeconds } = timing;
  return { kind: "recurring", cron: expression, timeZone, durationMinutes: durationSeconds / 60 };
}
