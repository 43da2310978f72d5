/**
 * How old the newest data is. A round [t, t + 60) is recorded between t + 2 s and t + 55 s, so the
 * newest covered slot normally ends less than a minute ago. Two minutes mean that a whole round is
 * missing: nobody knows the present then, whatever the last status was (laws 5 and 7).
 */
import type { CoverageSpan } from "./coverage.ts";

/** Data older than this is stale, in seconds. */
export const staleAfterSeconds = 120;

/** Up to when we know, and whether that is recent enough to speak of the present. */
export interface Freshness {
  /**
   * The end of the newest covered slot, epoch seconds, but never after now: a slot is covered from
   * its beginning. Null where nothing was ever covered.
   */
  readonly asOf: number | null;
  readonly stale: boolean;
  /** From `asOf` to now; null where nothing was ever covered. */
  readonly lagSeconds: number | null;
}

/**
 * Judges the age of the newest data.
 *
 * @param now epoch seconds
 * @param spans at least the newest span of each region
 */
export function freshness(now: number, spans: readonly CoverageSpan[]): Freshness {
  if (spans.length === 0) return { asOf: null, stale: true, lagSeconds: null };
  const newest = spans.reduce((end, span) => Math.max(end, span.to), Number.NEGATIVE_INFINITY);
  const asOf = Math.min(now, newest);
  return { asOf, stale: now - asOf > staleAfterSeconds, lagSeconds: now - asOf };
}
