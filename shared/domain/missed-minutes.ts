import type { CoverageSpan } from "./coverage.ts";
import { normalise, type Span, subtract, totalSeconds } from "./span.ts";

/**
 * Whole minutes of a stretch of time in which no region was looking: the ticks that never came, or
 * that recorded nothing.
 *
 * @param spans those that touch the stretch
 * @param first when the first of all began: before it nobody was to look; null: there is none
 */
export function missedMinutes(
  spans: readonly CoverageSpan[],
  first: number | null,
  { from, to }: Span,
): number {
  if (first === null) return 0;
  const asked = normalise([{ from: Math.max(from, first), to }]);
  return Math.floor(totalSeconds(subtract(asked, normalise(spans))) / 60);
}
