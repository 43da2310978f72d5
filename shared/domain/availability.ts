/**
 * Availability by interval arithmetic: exact to the second, and its cost grows with the number of
 * status changes, not with the number of checks.
 *
 * availability = up / (up + down), where degraded counts as up: it answered. Unknown time is in
 * neither (law 7); it widens the bounds instead. Source: the SLI as good over valid,
 * "Implementing SLOs", The Site Reliability Workbook, chapter 2.
 */

import { intersect, lengthOf, normalise, type Span, subtract, totalSeconds } from "./span.ts";
import type { Status } from "./status.ts";

/** A change of status as the database keeps it: the status from `at` (epoch seconds) on. */
export interface StatusPoint {
  readonly at: number;
  readonly status: Status;
}

/** A span with one status. */
export interface Segment extends Span {
  readonly status: Status;
}

/** What availability is computed from. */
export interface Observation {
  readonly window: Span;
  /** In order of time. The last point before the window, if any, gives its first status. */
  readonly points: readonly StatusPoint[];
  /** When we were looking; normalised. Outside of it the status is unknown. */
  readonly covered: readonly Span[];
  /** Left out altogether, for example maintenance; normalised. */
  readonly excluded: readonly Span[];
}

/** Seconds by status, and what follows from them. */
export interface Availability {
  readonly upSeconds: number;
  readonly degradedSeconds: number;
  readonly downSeconds: number;
  readonly unknownSeconds: number;
  readonly excludedSeconds: number;
  /** Good over valid time, 0 to 1; null where nothing is known. */
  readonly availability: number | null;
  /** If all unknown time had been down, or up; null where the window is empty. */
  readonly worst: number | null;
  readonly best: number | null;
}

/** The window cut into spans of one status each, gaps in coverage as unknown, in order. */
export function timeline(observation: Observation): Segment[] {
  const counted = subtract(normalise([observation.window]), observation.excluded);
  const seen = intersect(counted, observation.covered);
  const segments: Segment[] = subtract(counted, seen).map((gap) => ({ ...gap, status: "unknown" }));
  const statuses = statusSpans(observation);
  let index = 0;
  for (const { from, to } of seen) {
    while ((statuses[index]?.to ?? to) <= from) index += 1;
    for (; ; index += 1) {
      const span = statuses[index];
      if (!span || span.from >= to) break;
      const part = { from: Math.max(span.from, from), to: Math.min(span.to, to) };
      segments.push({ ...part, status: span.status });
      // It may go on in the next stretch that was seen.
      if (span.to > to) break;
    }
  }
  return joinEqual(segments.sort((a, b) => a.from - b.from));
}

/** Seconds by status over a timeline, and the fractions. */
export function availability(observation: Observation): Availability {
  const excluded = totalSeconds(intersect([observation.window], observation.excluded));
  return availabilityOf(timeline(observation), excluded);
}

/** Seconds by status over segments that do not overlap, and the fractions. */
export function availabilityOf(
  segments: readonly Segment[],
  excludedSeconds: number,
): Availability {
  const seconds: Record<Status, number> = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const segment of segments) seconds[segment.status] += lengthOf(segment);
  const good = seconds.up + seconds.degraded;
  const valid = good + seconds.down;
  const whole = valid + seconds.unknown;
  return {
    upSeconds: seconds.up,
    degradedSeconds: seconds.degraded,
    downSeconds: seconds.down,
    unknownSeconds: seconds.unknown,
    excludedSeconds,
    availability: fraction(good, valid),
    worst: fraction(good, whole),
    best: fraction(good + seconds.unknown, whole),
  };
}

function statusSpans({ window, points }: Observation): Segment[] {
  const spans: Segment[] = [];
  const first = points[0];
  if (!first || first.at > window.from) {
    spans.push({ from: window.from, to: first?.at ?? window.to, status: "unknown" });
  }
  points.forEach((point, index) => {
    const to = points[index + 1]?.at ?? window.to;
    if (to > point.at) spans.push({ from: point.at, to, status: point.status });
  });
  return spans;
}

function joinEqual(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last && last.status === segment.status && last.to === segment.from) {
      joined[joined.length - 1] = { ...last, to: segment.to };
    } else joined.push(segment);
  }
  return joined;
}

function fraction(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
