/** Of what a window's figures are made: single results, hours or days. */
import type { FieldError } from "../contract/api/problem.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { KeptFrom } from "../domain/retention.ts";
import { day, hour, type RollupStep } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { lengthOf } from "../domain/span.ts";

/** Single results up to here, hours up to there; seconds. */
export const longestOfResults = 3 * hour;
export const longestOfHours = 3 * day;
/** Where a series by hour is asked for. */
export const longestByHour = 14 * day;

/** An answer reads about so many rows at most; of rollups, each has a sketch to be merged. */
export const mostResults = 60_000;
export const mostRollups = 100_000;

export type SeriesStep = "hour" | "day";
export const secondsOf: Readonly<Record<SeriesStep, RollupStep>> = { hour, day };

export type Resolution = "result" | "hour" | "day";

/** What the choice is made by. */
export interface ResolutionRequest {
  readonly window: Span;
  readonly monitors: readonly Pick<Monitor, "schedule" | "regions">[];
  readonly by: SeriesStep | null;
}

/** What the figures are made of, and the window that whole hours or days make of the one asked for. */
export type ChosenResolution =
  | { readonly ok: true; readonly resolution: Resolution; readonly covered: Span }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * The finest resolution that the window's length, what is still kept, and the number of monitors
 * allow.
 */
export function chooseResolution(request: ResolutionRequest, kept: KeptFrom): ChosenResolution {
  const { window, monitors, by } = request;
  const length = lengthOf(window);
  if (
    length <= longestOfResults &&
    window.from >= kept.results &&
    expectedResults(monitors, length) <= mostResults
  ) {
    return { ok: true, resolution: "result", covered: window };
  }
  const hours = outward(window, hour);
  const fits = rollupsOf(monitors, hours, hour) <= mostRollups;
  const longest = by === "hour" ? longestByHour : longestOfHours;
  if (length <= longest && hours.from >= kept.hours && fits) {
    return { ok: true, resolution: "hour", covered: hours };
  }
  if (by === "hour") return wrong("by", whyNotByHour(length, hours.from >= kept.hours));
  const days = outward(window, day);
  const covered = { from: Math.min(days.to, Math.max(days.from, kept.days)), to: days.to };
  if (rollupsOf(monitors, covered, day) > mostRollups) {
    const most = Math.max(1, Math.floor(mostRollups / Math.max(1, seriesOf(monitors))) - 1);
    return wrong("window", `at most ${most}d of so many monitors; more of one monitor or group`);
  }
  return { ok: true, resolution: "day", covered };
}

/** How many results to expect of monitors in so many seconds. */
export function expectedResults(monitors: ResolutionRequest["monitors"], seconds: number): number {
  return monitors.reduce(
    (sum, { schedule, regions }) => sum + (regions.length * seconds) / schedule.intervalSeconds,
    0,
  );
}

/** How many rollups of a step there are in a window at most. */
function rollupsOf(
  monitors: ResolutionRequest["monitors"],
  window: Span,
  step: RollupStep,
): number {
  return (seriesOf(monitors) * lengthOf(window)) / step;
}

function seriesOf(monitors: ResolutionRequest["monitors"]): number {
  return monitors.reduce((sum, { regions }) => sum + regions.length, 0);
}

function outward({ from, to }: Span, step: RollupStep): Span {
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}

function whyNotByHour(length: number, kept: boolean): string {
  if (!kept) return "day: hours of so long ago are no longer kept";
  return length > longestByHour
    ? `day; hour in a window of at most ${longestByHour / day}d`
    : "day; hour of one monitor or group: these are too many";
}

function wrong(field: string, message: string): ChosenResolution {
  return { ok: false, errors: [{ field, message }] };
}
