/**
 * Coverage: when a region was looking. A region that reports a round has covered the round's slot
 * [time, time + step). Slots that touch are one span, so that what is kept grows with the gaps,
 * not with the rounds. A gap is our fault, and everything in it is unknown (laws 1 and 7).
 */
import type { Schedule } from "./monitor.ts";
import { lastCheckAt, type Round, type Step, stepOf } from "./schedule.ts";
import { intersect, normalise, type Span } from "./span.ts";

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

/** A schedule, and since when it has been that of a monitor, epoch seconds. */
export interface ScheduleSince {
  readonly since: number;
  readonly schedule: Schedule;
}

/**
 * The same for a monitor whose schedule changed: time counts by the schedule it had then. The last
 * check before a change speaks until the first of the new schedule is due.
 *
 * @param history in order of time, at least one; the first counts for all time before, too
 */
export function coveredByHistory(
  spans: readonly CoverageSpan[],
  history: readonly ScheduleSince[],
  regions: readonly number[],
): Span[] {
  const covered = history.flatMap(({ since, schedule }, index): Span[] => {
    const next = history[index + 1];
    const begin = index === 0 ? 0 : firstCheckAt(schedule, since);
    const end = next === undefined ? Number.MAX_SAFE_INTEGER : next.since;
    // Of a schedule that was changed before its first check nothing was seen.
    const own = intersect(
      coveredByChecks(spans, schedule, regions),
      normalise([{ from: begin, to: end }]),
    );
    const last = own.at(-1);
    if (next === undefined || last?.to !== end) return own;
    return [...own, { from: end, to: firstCheckAt(next.schedule, end) }];
  });
  return normalise(covered);
}

function firstCheckAt(schedule: Schedule, time: number): number {
  return lastCheckAt(schedule, time - 1) + schedule.intervalSeconds;
}
