/**
 * Outages and what is said of them on average, over a timeline.
 *
 * An outage is time that is down, from the second it went down to the second it was something else
 * again. Excluded time is cut out and the ends are joined, as availability has it: an outage with
 * maintenance in its middle is one, that much shorter; one that begins in maintenance begins where
 * maintenance ends; one wholly inside is none. Unknown time in the middle of one does not make it
 * two, and is no part of its length. Of one that crosses an edge of the window, the part inside
 * counts.
 *
 * MTTR = down / outages, MTBF = up / outages, so that availability = MTBF / (MTBF + MTTR). Source:
 * IEC 60050-192 (dependability), mean down time and mean operating time between failures.
 */
import type { Segment } from "./availability.ts";
import { lengthOf, type Span } from "./span.ts";

/** An outage: from its first second down to after its last one. */
export interface Outage extends Span {
  /** Without what is excluded or unknown in it. */
  readonly downSeconds: number;
}

/** The outages of a timeline, in order of time. */
export function outagesOf(segments: readonly Segment[]): Outage[] {
  const outages: Outage[] = [];
  let goesOn = false;
  for (const segment of segments) {
    if (segment.status === "unknown") continue;
    const last = outages.at(-1);
    if (segment.status === "down" && goesOn && last) {
      const downSeconds = last.downSeconds + lengthOf(segment);
      outages[outages.length - 1] = { from: last.from, to: segment.to, downSeconds };
    } else if (segment.status === "down") {
      outages.push({ from: segment.from, to: segment.to, downSeconds: lengthOf(segment) });
    }
    goesOn = segment.status === "down";
  }
  return outages;
}

/** How often and how long it was down. Means are null where there was no outage. */
export interface OutageFigures {
  readonly outages: number;
  /** Mean time to restore, seconds. */
  readonly mttrSeconds: number | null;
  /** Mean time between failures, seconds up (degraded is up) for each outage. */
  readonly mtbfSeconds: number | null;
  readonly longestOutageSeconds: number | null;
}

/**
 * Sums up outages, of one monitor or of many.
 *
 * @param goodSeconds up and degraded, over the same time and monitors
 */
export function outageFigures(
  outages: readonly Pick<Outage, "downSeconds">[],
  goodSeconds: number,
): OutageFigures {
  const count = outages.length;
  const down = outages.reduce((sum, { downSeconds }) => sum + downSeconds, 0);
  return {
    outages: count,
    mttrSeconds: count === 0 ? null : down / count,
    mtbfSeconds: count === 0 ? null : goodSeconds / count,
    longestOutageSeconds: outages.reduce<number | null>(
      (longest, { downSeconds }) => Math.max(longest ?? 0, downSeconds),
      null,
    ),
  };
}
