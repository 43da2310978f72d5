/** What incidents tell of a stretch of time: how fast they were seen and ended, how many were real. */
import { type Finding, mean, share } from "./kpi.ts";
import type { Span } from "./span.ts";

/** An incident as far as it is measured. Times in epoch seconds. */
export interface MeasuredIncident {
  readonly monitor: number;
  readonly startedAt: number;
  readonly detectedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** When a person said that there had been nothing; null: nobody did. */
  readonly falseAlarmAt: number | null;
}

/** What a span's incidents are measured by. */
export interface IncidentsOfSpan {
  readonly window: Span;
  /** All that were open at some time of the window. */
  readonly incidents: readonly MeasuredIncident[];
  /** When a monitor's outages do not count: maintenance; normalised. */
  readonly excluded: (monitor: number) => readonly Span[];
}

const noneBegan = "no incident began in this time";

/**
 * Mean seconds from the first failed check to the recorded change of status, over the real
 * incidents that began in the window.
 */
export function timeToDetect(of: IncidentsOfSpan): Finding {
  const began = countedIn(of).filter(({ startedAt }) => isIn(of.window, startedAt));
  const seconds = began.map(({ startedAt, detectedAt }) => Math.max(0, detectedAt - startedAt));
  return mean(seconds, noneBegan, {
    incidents: began.length,
    ...(seconds.length > 0 ? { longestSeconds: Math.max(...seconds) } : {}),
    ...leftOut(of),
  });
}

/**
 * Mean seconds from the first failed check to the first that was no longer down, over the real
 * incidents that ended in the window: so each counts once, in the span in which it was over.
 */
export function timeToRecover(of: IncidentsOfSpan): Finding {
  const seconds = countedIn(of).flatMap(({ startedAt, endedAt }) =>
    endedAt !== null && isIn(of.window, endedAt) ? [endedAt - startedAt] : [],
  );
  const open = countedIn(of).filter(({ endedAt }) => endedAt === null || endedAt >= of.window.to);
  return mean(seconds, "no incident ended in this time", {
    incidents: seconds.length,
    stillOpen: open.length,
    ...(seconds.length > 0 ? { longestSeconds: Math.max(...seconds) } : {}),
    ...leftOut(of),
  });
}

/** Percent of the incidents begun in the window that nobody has marked as a false alarm. */
export function alertAccuracy({ window, incidents }: IncidentsOfSpan): Finding {
  const began = incidents.filter(({ startedAt }) => isIn(window, startedAt));
  const wrong = began.filter(({ falseAlarmAt }) => falseAlarmAt !== null).length;
  return share(began.length - wrong, began.length, noneBegan, {
    incidents: began.length,
    falseAlarms: wrong,
  });
}

/** Real ones, and not those of planned work. */
function countedIn({ incidents, excluded }: IncidentsOfSpan): MeasuredIncident[] {
  return incidents.filter(
    ({ monitor, startedAt, falseAlarmAt }) =>
      falseAlarmAt === null && !excluded(monitor).some((span) => isIn(span, startedAt)),
  );
}

function leftOut(of: IncidentsOfSpan): Finding["from"] {
  const count = of.incidents.length - countedIn(of).length;
  return count > 0 ? { leftOut: count } : {};
}

function isIn(span: Span, time: number): boolean {
  return time >= span.from && time < span.to;
}
