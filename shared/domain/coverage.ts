/**
 * Coverage: when a region was looking. A region that reports a round has covered the round's slot
 * [time, time + step). Slots that touch are one span, so that what is kept grows with the gaps,
 * not with the rounds. A gap is our fault, and everything in it is unknown (laws 1 and 7).
 */
import type { Schedule } from "./monitor.ts";
import { lastCheckAt, type Round, type Step, stepOf } from "./schedule.ts";
import { normalise, type Span } from "./span.ts";

/** What one region covered of the rounds of one step, a database row. */
export interface CoverageSpan extends Span {
  /** The region's number. */
  readonly region: number;
  readonly step: Step;
}

/** What recording a round does to a region's coverage. */
export type CoverageChange =
  | { readonly kind: "extend"; readonly span: CoverageSpan }
  | { readonly kind: "begin"; readonly span: CoverageSpan }
  | { readonly kind: "none" };

/**
 * Adds a round's slot to a region's last span.
 *
 * @param last the region's last span of that step, or null
 * @returns `none` where the slot is not after the span: rounds are recorded in order
 */
export function cover(last: CoverageSpan | null, region: number, round: Round): CoverageChange {
  const slot = { from: round.time, to: round.time + round.step };
  if (last === null || slot.from > last.to) {
    return { kind: "begin", span: { region, step: round.step, ...slot } };
  }
  if (slot.to <= last.to) return { kind: "none" };
  return { kind: "extend", span: { ...last, to: slot.to } };
}

/**
 * Up to where rounds of a step have been decided: the end of the newest slot that any region
 * covers, epoch seconds; 0 where there is none. A round that begins before it is closed.
 */
export function frontier(spans: readonly CoverageSpan[], step: Step): number {
  return spans.reduce((end, span) => (span.step === step ? Math.max(end, span.to) : end), 0);
}

/** When at least one of the regions was looking. */
export function coveredByAny(
  spans: readonly CoverageSpan[],
  step: Step,
  regions: readonly number[],
): Span[] {
  return normalise(spans.filter((span) => span.step === step && regions.includes(span.region))).map(
    ({ from, to }) => ({ from, to }),
  );
}

/**
 * When the newest check due of a schedule was one that at least one of the regions saw: a check
 * speaks until the next is due, and one that nobody made leaves its whole interval unknown.
 *
 * @param spans also those that end within an interval before the window asked about
 */
export function coveredByChecks(
  spans: readonly CoverageSpan[],
  schedule: Schedule,
  regions: readonly number[],
): Span[] {
  const { intervalSeconds } = schedule;
  const step = stepOf(schedule);
  return normalise(
    coveredByAny(spans, step, regions).map(({ from, to }) => ({
      from: lastCheckAt(schedule, from - 1) + intervalSeconds,
      to: lastCheckAt(schedule, to - step) + intervalSeconds,
    })),
  );
}
