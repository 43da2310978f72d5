/**
 * Service level objectives: the error budget and when it runs out.
 *
 * The budget is 1 - target of the time that counts, and what was down spends it: budget left and
 * availability met say the same of a window that is over. Time that is unknown or excluded is not
 * there. Of a calendar period under way, the rest counts as time that can still be spent. Source:
 * "Implementing SLOs", The Site Reliability Workbook, chapter 2 and appendix B (error budget policy).
 */
import type { Segment } from "./availability.ts";
import { lengthOf, type Span, subtract } from "./span.ts";

/** An error budget, in seconds to the millisecond. */
export interface ErrorBudget {
  readonly totalSeconds: number;
  /** Below 0 where more was down than allowed. */
  readonly leftSeconds: number;
  /** Left of the total, 1 to below 0; null where nothing is known. */
  readonly leftFraction: number | null;
}

/**
 * The error budget of a window.
 *
 * @param target availability promised, as a fraction below 1
 * @param knownSeconds up, degraded or down
 * @param restSeconds of the period, still to come and not excluded; 0 for a rolling window
 */
export function errorBudget(
  target: number,
  downSeconds: number,
  knownSeconds: number,
  restSeconds: number,
): ErrorBudget {
  const totalSeconds = toMilliseconds((1 - target) * (knownSeconds + restSeconds));
  const leftSeconds = toMilliseconds(totalSeconds - downSeconds);
  return {
    totalSeconds,
    leftSeconds,
    leftFraction: totalSeconds === 0 ? null : leftSeconds / totalSeconds,
  };
}

/** Why no time is named at which the budget runs out. */
export const noForecastReasons = [
  "spent",
  "nothing-known",
  "not-burning",
  "lasts",
  "window-over",
] as const;

export type NoForecastReason = (typeof noForecastReasons)[number];

/** When the budget runs out if it goes on burning as it did, epoch seconds, or why never. */
export type Forecast =
  | { readonly runsOutAt: number; readonly reason: null }
  | { readonly runsOutAt: null; readonly reason: NoForecastReason };

/** What a forecast is made from. */
export interface Outlook {
  readonly target: number;
  /** The burn rate that is taken to go on; null: not known. */
  readonly rate: number | null;
  readonly budget: ErrorBudget;
}

/**
 * Forecast for a calendar period: what is left, at the rate given, over what is still to come.
 *
 * @param rest from now to the end of the period, empty where it is over
 * @param excluded planned time in it, in which nothing burns; normalised
 */
export function forecastPeriod(outlook: Outlook, rest: Span, excluded: readonly Span[]): Forecast {
  if (lengthOf(rest) === 0) return never("window-over");
  const settled = settledAlready(outlook);
  if (settled) return settled;
  const errorRate = errorRateOf(outlook);
  let left = outlook.budget.leftSeconds / errorRate;
  for (const span of subtract([rest], excluded)) {
    if (left <= lengthOf(span)) return { runsOutAt: Math.floor(span.from + left), reason: null };
    left -= lengthOf(span);
  }
  return never("lasts");
}

/**
 * Forecast for a rolling window: what comes burns at the rate given, and what is old leaves the
 * window and gives its share back. At a rate below 1 it can still run out, where the time that
 * leaves was better.
 *
 * @param segments the timeline of the window
 * @param window the rolling window as it is now, its end being now
 */
export function forecastRolling(
  outlook: Outlook,
  segments: readonly Segment[],
  window: Span,
): Forecast {
  const settled = settledAlready(outlook);
  if (settled) return settled;
  const errorRate = errorRateOf(outlook);
  const allowed = 1 - outlook.target;
  const length = lengthOf(window);
  // What is overspent: below 0 while there is budget left. It changes evenly while one segment
  // leaves the window.
  let over = -outlook.budget.leftSeconds;
  for (const leaving of withGaps(segments, window)) {
    const lostDown = leaving.status === "down" ? 1 : 0;
    const lostKnown = leaving.status === "unknown" ? 0 : 1;
    const slope = errorRate - lostDown - allowed * (1 - lostKnown);
    const next = over + slope * lengthOf(leaving);
    if (slope > 0 && next >= -negligible) {
      const at = leaving.from + length - over / slope;
      return { runsOutAt: Math.floor(at + negligible), reason: null };
    }
    over = next;
  }
  return never("lasts");
}

/** A millisecond: less is what floating point makes of nothing. */
const negligible = 0.001;

function settledAlready({ rate, budget }: Outlook): Forecast | null {
  if (budget.totalSeconds === 0) return never("nothing-known");
  if (budget.leftSeconds <= 0) return never("spent");
  if (rate === null) return never("nothing-known");
  return rate === 0 ? never("not-burning") : null;
}

function errorRateOf({ rate, target }: Outlook): number {
  return (rate ?? 0) * (1 - target);
}

function never(reason: NoForecastReason): Forecast {
  return { runsOutAt: null, reason };
}

/** What is excluded counts for nothing, like what is unknown. */
function withGaps(segments: readonly Segment[], window: Span): Segment[] {
  const gaps = subtract([window], segments).map((gap): Segment => ({ ...gap, status: "unknown" }));
  return [...segments, ...gaps].sort((a, b) => a.from - b.from);
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
