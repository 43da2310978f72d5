import type { Transition } from "./status.ts";

/** A monitor's latest outage, as far as deciding about the next needs it. Epoch seconds. */
export interface LatestOutage {
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  /** How often it was taken up again. */
  readonly reopenings: number;
}

/** An outage this soon after the last one's end (seconds) is not a new one. */
export const reopenWithinSeconds = 900;

/** Taken up again this often, an outage is of a monitor that flaps. */
export const flappingReopenings = 2;

/** What a change of a monitor's overall status means for its outages. */
export type OutageDecision =
  | { readonly decision: "open"; readonly outage: LatestOutage }
  | { readonly decision: "reopen"; readonly outage: LatestOutage }
  | { readonly decision: "close"; readonly outage: LatestOutage; readonly endedAt: number }
  | {
      readonly decision: "none";
      readonly because: "not-an-outage" | "already-open" | "status-unknown";
    };

/**
 * An outage goes from the first failed check until the first check that is no longer down. While
 * the status is unknown nobody can say that it is over, so it stays open. What goes down soon after
 * an outage takes it up again: a monitor that flaps has one outage, not one for each time it comes
 * and goes.
 *
 * @param latest the monitor's latest outage, open or not; null if it never had one
 */
export function decideOutage(transition: Transition, latest: LatestOutage | null): OutageDecision {
  const open = latest !== null && latest.endedAt === null;
  if (transition.to === "unknown") return { decision: "none", because: "status-unknown" };
  if (transition.to === "down") {
    if (open) return { decision: "none", because: "already-open" };
    if (latest?.endedAt != null && transition.at - latest.endedAt <= reopenWithinSeconds) {
      const reopenings = latest.reopenings + 1;
      return { decision: "reopen", outage: { ...latest, endedAt: null, reopenings } };
    }
    const outage = { startedAt: transition.at, endedAt: null, reopenings: 0 };
    return { decision: "open", outage };
  }
  if (!open) return { decision: "none", because: "not-an-outage" };
  const endedAt = transition.at;
  return { decision: "close", outage: { ...latest, endedAt }, endedAt };
}

/** Whether an outage is of a monitor that comes and goes. */
export function isFlapping({ reopenings }: { readonly reopenings: number }): boolean {
  return reopenings >= flappingReopenings;
}
