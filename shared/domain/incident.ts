import type { Transition } from "./status.ts";

/** What a change of a monitor's overall status means for its incidents. */
export type IncidentDecision =
  | { readonly decision: "open"; readonly startedAt: number }
  | { readonly decision: "close"; readonly startedAt: number; readonly endedAt: number }
  | {
      readonly decision: "none";
      readonly because: "not-an-outage" | "already-open" | "status-unknown";
    };

/**
 * An outage is an incident from the first failed check until the first check that is no longer
 * down. While the status is unknown nobody can say that it is over, so it stays open.
 *
 * @param openSince when the monitor's open incident started, epoch seconds; null if none is open
 */
export function decideIncident(transition: Transition, openSince: number | null): IncidentDecision {
  if (transition.to === "unknown") return { decision: "none", because: "status-unknown" };
  if (transition.to === "down") {
    if (openSince !== null) return { decision: "none", because: "already-open" };
    return { decision: "open", startedAt: transition.at };
  }
  if (openSince === null) return { decision: "none", because: "not-an-outage" };
  return { decision: "close", startedAt: openSince, endedAt: transition.at };
}
