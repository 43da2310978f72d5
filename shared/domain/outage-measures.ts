/** What outages tell of a stretch of time: how fast they were seen and ended, how many were real. */
import { type Finding, mean, share } from "./kpi.ts";
import type { Span } from "./span.ts";

/** An outage as far as it is measured. Times in epoch seconds. */
export interface MeasuredOutage {
  readonly monitor: number;
  readonly startedAt: number;
  readonly detectedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** When a person said that there had been nothing; null: nobody did. */
  readonly falseAlarmAt: number | null;
}

/** What a span's outages are measured by. */
export interface OutagesOfSpan {
  readonly window: Span;
  /** All that were open at some time of the window. */
  readonly outages: readonly MeasuredOutage[];
  /** When a monitor's outages do not count: maintenance; normalised. */
  readonly excluded: (monitor: number) => readonly Span[];
}

const noneBegan = "no outage began in this time";

/**
 * Mean seconds from the first failed check to the recorded change of status, over the real
 * outages that began in the window.
 */
export function timeToDetect(of: OutagesOfSpan): Finding {
  const began = countedIn(of).filter(({ startedAt }) => isIn(of.window, startedAt));
  const seconds = began.map(({ startedAt, detectedAt }) => Math.max(0, detectedAt - startedAt));
  return mean(seconds, noneBegan, {
    outages: began.length,
    ...(seconds.length > 0 ? { longestSeconds: Math.max(...seconds) } : {}),
    ...leftOut(of),
  });
}

/**
 * Mean seconds from the first failed check to the first that was no longer down, over the real
 * outages that ended in the window: so each counts once, in the span in which it was over.
 */
export function timeToRecover(of: OutagesOfSpan): Finding {
  const seconds = countedIn(of).flatMap(({ startedAt, endedAt }) =>
    endedAt !== null && isIn(of.window, endedAt) ? [endedAt - startedAt] : [],
  );
  const open = countedIn(of).filter(({ endedAt }) => endedAt === null || endedAt >= of.window.to);
  return mean(seconds, "no outage ended in this time", {
    outages: seconds.length,
    stillOpen: open.length,
    ...(seconds.length > 0 ? { longestSeconds: Math.max(...seconds) } : {}),
    ...leftOut(of),
  });
}

/** Something that people were alerted to; the time as in an outage. */
type Alarm = Pick<MeasuredOutage, "startedAt" | "falseAlarmAt">;

/**
 * Percent of what began in the window that nobody has marked as a false alarm: of the outages, and
 * of the incidents that another rule's alert began.
 */
export function alertAccuracy(
  window: Span,
  outages: readonly Alarm[],
  others: readonly Alarm[],
): Finding {
  const began = (all: readonly Alarm[]) => all.filter(({ startedAt }) => isIn(window, startedAt));
  const [ofOutages, ofOthers] = [began(outages), began(others)];
  const all = [...ofOutages, ...ofOthers];
  const wrong = all.filter(({ falseAlarmAt }) => falseAlarmAt !== null).length;
  return share(all.length - wrong, all.length, "nothing that alerts began in this time", {
    outages: ofOutages.length,
    otherIncidents: ofOthers.length,
    falseAlarms: wrong,
  });
}

/** Real ones, and not those of planned work. */
function countedIn({ outages, excluded }: OutagesOfSpan): MeasuredOutage[] {
  return outages.filter(
    ({ monitor, startedAt, falseAlarmAt }) =>
      falseAlarmAt === null && !excluded(monitor).some((span) => isIn(span, startedAt)),
  );
}

function leftOut(of: OutagesOfSpan): Finding["from"] {
  const count = of.outages.length - countedIn(of).length;
  return count > 0 ? { leftOut: count } : {};
}

function isIn(span: Span, time: number): boolean {
  return time >= span.from && time < span.to;
}
