import type { Transition } from "./status.ts";

/** A monitor's latest incident, as far as deciding about the next needs it. Epoch seconds. */
export interface LatestIncident {
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** How often it was taken up again. */
  readonly reopenings: number;
}

/** An outage this soon after the last one's end (seconds) is not a new one. */
export const reopenWithinSeconds = 900;

/** Taken up again this often, an incident is of a monitor that flaps. */
export const flappingReopenings = 2;

/** What a change of a monitor's overall status means for its incidents. */
export type IncidentDecision =
  | { readonly decision: "open"; readonly incident: LatestIncident }
  | { readonly decision: "reopen"; readonly incident: LatestIncident }
  | { readonly decision: "close"; readonly incident: LatestIncident; readonly endedAt: number }
  | {
      readonly decision: "none";
      readonly because: "not-an-outage" | "already-open" | "status-unknown";
    };

/**
 * An outage is an incident from the first failed check until the first check that is no longer
 * down. While the status is unknown nobody can say that it is over, so it stays open. An outage
 * soon after another takes up that one's incident again: a monitor that flaps has one incident,
 * not one for each time it comes and goes.
 *
 * @param latest the monitor's latest incident, open or not; null if it never had one
 */
export function decideIncident(
  transition: Transition,
  latest: LatestIncident | null,
): IncidentDecision {
  const open = latest !== null && latest.endedAt === null;
  if (transition.to === "unknown") return { decision: "none", because: "status-unknown" };
  if (transition.to === "down") {
    if (open) return { decision: "none", because: "already-open" };
    if (latest?.endedAt != null && transition.at - latest.endedAt <= reopenWithinSeconds) {
      const reopenings = latest.reopenings + 1;
      return { decision: "reopen", incident: { ...latest, endedAt: null, reopenings } };
    }
    const incident = { startedAt: transition.at, endedAt: null, reopenings: 0 };
    return { decision: "open", incident };
  }
  if (!open) return { decision: "none", because: "not-an-outage" };
  const endedAt = transition.at;
  return { decision: "close", incident: { ...latest, endedAt }, endedAt };
}

/** Whether an incident is of a monitor that comes and goes. */
export function isFlapping({ reopenings }: { readonly reopenings: number }): boolean {
  return reopenings >= flappingReopenings;
}
