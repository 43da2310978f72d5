/**
 * The status of one monitor in one scope (a region, or overall): verdicts, debounced.
 *
 * 1. Towards each status other than the present one runs a streak: the consecutive verdicts that
 *    reach it or go beyond it. Going from up, a down verdict reaches degraded and down.
 * 2. A streak to a worse status needs `failuresToOpen` verdicts, one to a better `successesToClose`.
 * 3. The status changes to the farthest whose streak is complete, and the change dates from that
 *    streak's first check: that is when it began. The streaks that lead farther still go on.
 * 4. An unknown verdict is our fault: the status is unknown from that check until a verdict
 *    either confirms the status known before or completes a streak. A streak keeps its count
 *    then, but dates from its first check since: what nobody saw stays unknown.
 */

export const statuses = ["up", "degraded", "down", "unknown"] as const;

export type Status = (typeof statuses)[number];
export type KnownStatus = Exclude<Status, "unknown">;

/** Consecutive verdicts that reach a status other than the present one, or go beyond it. */
export interface Streak {
  readonly to: KnownStatus;
  readonly count: number;
  /** Epoch seconds of its first check since the last unknown one; null until there is one. */
  readonly since: number | null;
}

/** All that has to be remembered between two checks. */
export interface StatusState {
  readonly status: Status;
  /** Epoch seconds of the check from which the status holds. */
  readonly since: number;
  /** The last status known; null until there was one. */
  readonly lastKnown: KnownStatus | null;
  /** The nearest status first; at most two. */
  readonly streaks: readonly Streak[];
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

const worsening: readonly KnownStatus[] = ["up", "degraded", "down"];
const severity: Readonly<Record<KnownStatus, number>> = { up: 0, degraded: 1, down: 2 };

/** What is remembered of a monitor that was never checked. */
export function initialState(at: number): StatusState {
  return { status: "unknown", since: at, lastKnown: null, streaks: [] };
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
  const base = state.lastKnown ?? "up";
  if (verdict === base) {
    return state.status === base ? keep(state, []) : change(state, base, at, []);
  }
  const streaks = path(base, verdict).map((to) => lengthen(state.streaks, to, at));
  const worse = severity[verdict] > severity[base];
  const needed = worse ? debounce.failuresToOpen : debounce.successesToClose;
  const complete = streaks.filter((streak) => streak.count >= needed).at(-1);
  if (!complete) return keep(state, streaks);
  return change(state, complete.to, complete.since, streaks);
}

/** The statuses on the way from one to another, nearest first, that other included. */
function path(from: KnownStatus, to: KnownStatus): KnownStatus[] {
  const way = severity[to] > severity[from] ? worsening : worsening.toReversed();
  return way.slice(way.indexOf(from) + 1, way.indexOf(to) + 1);
}

function lengthen(streaks: readonly Streak[], to: KnownStatus, at: number) {
  const before = streaks.find((streak) => streak.to === to);
  return { to, count: (before?.count ?? 0) + 1, since: before?.since ?? at };
}

/** Returns the very state it was given where nothing changed: nothing has to be written then. */
function keep(state: StatusState, streaks: readonly Streak[]): Advance {
  const same = state.streaks.length === 0 && streaks.length === 0;
  return { state: same ? state : { ...state, streaks }, transition: null };
}

/** The streaks that lead beyond the new status go on. No two changes date from one check. */
function change(
  state: StatusState,
  to: KnownStatus,
  at: number,
  streaks: readonly Streak[],
): Advance {
  const farther = streaks
    .slice(streaks.findIndex((streak) => streak.to === to) + 1)
    .map((streak) => (streak.since === at ? { ...streak, since: null } : streak));
  return {
    state: { status: to, since: at, lastKnown: to, streaks: farther },
    transition: { at, from: state.status, to },
  };
}

function lose(state: StatusState, at: number): Advance {
  const streaks = state.streaks.map((streak) => ({ ...streak, since: null }));
  if (state.status === "unknown") return keep(state, streaks);
  return {
    state: { ...state, status: "unknown", since: at, streaks },
    transition: { at, from: state.status, to: "unknown" },
  };
}
