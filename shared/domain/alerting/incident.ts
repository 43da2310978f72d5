/**
 * An incident: the span that people handle. It begins with the first of its alerts, ends with the
 * last, and others may be merged into it; only what is merged into nothing is told of.
 */

import type { DeadlineKind, Priority } from "./priority.ts";
import type { Level } from "./rule.ts";

/** How far the telling has got. Epoch seconds. */
export interface Page {
  readonly policy: string;
  /** The worst level that was told. */
  readonly level: Level;
  /** From when the policy's steps count. */
  readonly startedAt: number;
  /** Steps taken over all rounds. */
  readonly stepsTaken: number;
  /** Ids of the channels told so far: they hear of everything that follows. */
  readonly channels: readonly string[];
  /** How many notifications each of them was given: the last part of their keys. */
  readonly sequence: number;
  /** Keys of the alerts that were told of. */
  readonly alertsTold: readonly string[];
  /** Keys of those among them that were told to be over while the incident goes on. */
  readonly alertsOver: readonly string[];
  /** When they last heard of more alerts, of fewer, or of the end. */
  readonly updatedAt: number;
  readonly deadlinesTold: readonly DeadlineKind[];
  /** They were told that it is over. */
  readonly endTold: boolean;
}

export interface Incident {
  /** Never changes: `outage/<monitor>/<start>`, or `alert/<alert>/<start>`. */
  readonly key: string;
  readonly origin: "outage" | "alert" | "manual";
  /** Id of the monitor; null where it is about more, or about none. */
  readonly monitor: string | null;
  readonly title: string;
  readonly startedAt: number;
  readonly detectedAt: number;
  /** Null while any of its alerts fires. */
  readonly endedAt: number | null;
  /** Key of the incident that people handle in its place. */
  readonly mergedInto: string | null;
  readonly severity: Level;
  readonly priority: Priority;
  /** A person has set the priority: it is not computed any more. */
  readonly priorityFixed: boolean;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  /** Nobody is told before; null: not snoozed. */
  readonly snoozedUntil: number | null;
  /** Null until somebody was told. */
  readonly page: Page | null;
}

/** Incidents that begin this soon after another one's beginning are one, seconds. */
export const groupWithinSeconds = 300;

/** Channels hear of what joined an incident, or is over, this often at most, seconds. */
export const updateEverySeconds = 300;

/**
 * The incident that one which begins at a time is part of: the oldest that people handle, goes on,
 * and began within the time of grouping.
 */
export function rootFor(
  incidents: Iterable<Incident>,
  key: string,
  beganAt: number,
): Incident | null {
  let root: Incident | null = null;
  for (const incident of incidents) {
    const fits =
      incident.key !== key &&
      incident.mergedInto === null &&
      incident.endedAt === null &&
      Math.abs(beganAt - incident.detectedAt) <= groupWithinSeconds;
    if (fits && (root === null || incident.detectedAt < root.detectedAt)) root = incident;
  }
  return root;
}
