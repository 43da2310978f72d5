/**
 * The status of one monitor in one scope (a region, or overall): verdicts, debounced.
 *
 * 1. A verdict equal to the status confirms it and ends any streak against it.
 * 2. A worse verdict counts towards `failuresToOpen`, a better one towards `successesToClose`.
 * 3. When the count is reached the status changes to the member of the streak that lies nearest
 *    to the old status, and the change dates from the streak's first check: that is when it began.
 * 4. An unknown verdict is our fault: the status is unknown from that check until a verdict
 *    either confirms the status known before or completes a streak against it.
 */

export const statuses = ["up", "degraded", "down", "unknown"] as const;

export type Status = (typeof statuses)[number];
export type KnownStatus = Exclude<Status, "unknown">;

/** A run of verdicts that disagree with the status in one direction. */
export interface Streak {
  readonly direction: "worse" | "better";
  /** The verdict of the run that lies nearest to the present status. */
  readonly status: KnownStatus;
  readonly count: number;
  /** Epoch seconds of its first check. */
  readonly since: number;
}

/** All that has to be remembered between two checks. */
export interface StatusState {
  readonly status: Status;
  /** Epoch seconds of the check from which the status holds. */
  readonly since: number;
  /** The last status known; null until there was one. */
  readonly lastKnown: KnownStatus | null;
  readonly streak: Streak | null;
}

/** One change of status. `at` is the first check at which it held, epoch seconds. */
export interface Transition {
  readonly at: number;
  readonly from: Status;
  readonly to: Status;
}

export interface Debounce {
  readonly failuresToOpen: number;
  readonly successesToClose: number;
}

export interface Advance {
  readonly state: StatusState;
  readonly transition: Transition | null;
}

const severity: Readonly<Record<KnownStatus, number>> = { up: 0, degraded: 1, down: 2 };

/** What is remembered of a monitor that was never checked. */
export function initialState(at: number): StatusState {
  return { status: "unknown", since: at, lastKnown: null, streak: null };
}

/**
 * Takes the state before a check and the check's verdict; returns the state after it and the
 * change of status, if that is what the verdict completed. Checks must come in order of time.
 */
export function advance(
  state: StatusState,
  verdict: Status,
  at: number,
  debounce: Debounce,
): Advance {
  if (verdict === "unknown") return lose(state, at);
  if (state.lastKnown === null && verdict === "up") return change(state, "up", at);
  const base = state.lastKnown ?? "up";
  if (verdict === base) {
    if (state.status === base) return keep(state, null);
    // A monitor never known cannot get here: its first "up" is a change, above.
    return change(state, base, at);
  }
  const streak = extend(state, base, verdict, at);
  const needed = streak.direction === "worse" ? debounce.failuresToOpen : debounce.successesToClose;
  if (streak.count < needed) return keep(state, streak);
  return change(state, streak.status, streak.since);
}

/** Returns the very state it was given where nothing changed: nothing has to be written then. */
function keep(state: StatusState, streak: Streak | null): Advance {
  return { state: state.streak === streak ? state : { ...state, streak }, transition: null };
}

function change(state: StatusState, to: KnownStatus, at: number): Advance {
  return {
    state: { status: to, since: at, lastKnown: to, streak: null },
    transition: { at, from: state.status, to },
  };
}

function lose(state: StatusState, at: number): Advance {
  if (state.status === "unknown") return keep(state, state.streak);
  return {
    state: { ...state, status: "unknown", since: at },
    transition: { at, from: state.status, to: "unknown" },
  };
}

function extend(state: StatusState, base: KnownStatus, verdict: KnownStatus, at: number): Streak {
  const direction = severity[verdict] > severity[base] ? "worse" : "better";
  const before = state.streak;
  if (before === null || before.direction !== direction) {
    return { direction, status: verdict, count: 1, since: at };
  }
  // The span between its checks that nobody saw stays unknown: a streak that was interrupted
  // keeps its count but dates from its first check since.
  const interrupted = state.status === "unknown" && before.since < state.since;
  return {
    direction,
    status: nearer(base, before.status, verdict),
    count: before.count + 1,
    since: interrupted ? at : before.since,
  };
}

function nearer(base: KnownStatus, a: KnownStatus, b: KnownStatus): KnownStatus {
  const distance = (status: KnownStatus) => Math.abs(severity[status] - severity[base]);
  return distance(a) <= distance(b) ? a : b;
}
