/** Priorities of incidents, and the deadlines that people have (docs/INCIDENT_RESPONSE.md). */

export const priorities = ["P1", "P2", "P3", "P4"] as const;

export type Priority = (typeof priorities)[number];

/** How long people have, seconds from the detection. */
export interface Deadlines {
  readonly responseSeconds: number;
  readonly resolutionSeconds: number;
}

const minutes = 60;
const hours = 3_600;
const days = 86_400;

/** P1 complete outage, P2 major feature, P3 minor, P4 cosmetic. */
export const deadlines: Readonly<Record<Priority, Deadlines>> = {
  P1: { responseSeconds: 15 * minutes, resolutionSeconds: 2 * hours },
  P2: { responseSeconds: 30 * minutes, resolutionSeconds: 4 * hours },
  P3: { responseSeconds: 2 * hours, resolutionSeconds: 24 * hours },
  P4: { responseSeconds: 1 * days, resolutionSeconds: 7 * days },
};

/** A warning comes when this part of the time is used. */
export const warnAt = 0.8;

export type DeadlineKind = "response" | "resolution";

/** How an incident stands towards one of its deadlines. Epoch seconds. */
export interface DeadlineState {
  readonly kind: DeadlineKind;
  readonly dueAt: number;
  readonly warnAt: number;
  /** When it was met; null where it was not, or not yet. */
  readonly metAt: number | null;
  readonly state: "open" | "near" | "met" | "missed";
}

/** What deadlines need to know of an incident. Epoch seconds. */
export interface Handled {
  readonly priority: Priority;
  readonly detectedAt: number;
  readonly acknowledgedAt: number | null;
  readonly endedAt: number | null;
}

/**
 * Both deadlines of an incident. One that ended without anybody having acknowledged it needed no
 * answer: its response counts as given at the end.
 */
export function deadlinesOf(incident: Handled, now: number): DeadlineState[] {
  const { responseSeconds, resolutionSeconds } = deadlines[incident.priority];
  const response = earliest(incident.acknowledgedAt, incident.endedAt);
  return [
    stateOf("response", incident.detectedAt, responseSeconds, response, now),
    stateOf("resolution", incident.detectedAt, resolutionSeconds, incident.endedAt, now),
  ];
}

function stateOf(
  kind: DeadlineKind,
  from: number,
  seconds: number,
  metAt: number | null,
  now: number,
): DeadlineState {
  const dueAt = from + seconds;
  const warning = from + Math.floor(seconds * warnAt);
  const common = { kind, dueAt, warnAt: warning, metAt };
  if (metAt !== null) return { ...common, state: metAt <= dueAt ? "met" : "missed" };
  if (now >= dueAt) return { ...common, state: "missed" };
  return { ...common, state: now >= warning ? "near" : "open" };
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

/**
 * The priority of an incident before anybody said otherwise: P1 where everything of NetPost's that
 * is watched is down, P2 where something is down, P3 for any other critical alert, P4 for the rest.
 */
export function priorityOf(seen: {
  readonly downMonitors: number;
  readonly allMonitors: number;
  readonly critical: boolean;
}): Priority {
  if (seen.downMonitors > 0) {
    return seen.allMonitors > 1 && seen.downMonitors >= seen.allMonitors ? "P1" : "P2";
  }
  return seen.critical ? "P3" : "P4";
}
