/**
 * What a job's pings amount to.
 *
 * 1. The next ping is due an interval after the last finish, or at the next time of the cron
 *    expression. Until then, and for the grace after it, the job is up.
 * 2. A run that said in time that it started has, if its length is bounded, until that bound.
 * 3. A run that takes longer is overlong. A job that reported a failure has failed until it reports
 *    a success. Both are down, and so is a job whose ping is missing after the grace.
 * 4. Of a new job nothing is known until its first ping, or until that would have been missing.
 * 5. Where the ping that is missed may have come while none could be taken, the fault may be ours:
 *    it counts as come at the end of that time, and until the ping after it would be missing
 *    nothing is known (law 1).
 */
import type { CronTimetable, HeartbeatProbe, Timetable } from "./probes/heartbeat.ts";
import type { Outcome } from "./result.ts";
import { normalise, type Span } from "./span.ts";

/** The newest pings of a job. Epoch seconds. */
export interface Pings {
  readonly startedAt: number | null;
  readonly succeededAt: number | null;
  readonly failedAt: number | null;
  /** Of the newest failure; null where it gave none. */
  readonly exitStatus: number | null;
  /** Whether the newest finish was a failure. */
  readonly failing: boolean;
  /** Since when a run has been going on that has not finished. */
  readonly runningSince: number | null;
}

export const noPings: Pings = {
  startedAt: null,
  succeededAt: null,
  failedAt: null,
  exitStatus: null,
  failing: false,
  runningSince: null,
};

/** A job, and what it said. */
export interface Heartbeat {
  readonly probe: HeartbeatProbe;
  /** Epoch seconds; what was said before does not count. */
  readonly addedAt: number;
  readonly pings: Pings;
}

/** The first time of a cron expression after a time, epoch seconds; infinity where there is none. */
export type NextTime = (cron: CronTimetable, after: number) => number;

/** How a job stands. Epoch seconds. */
export type HeartbeatState =
  /** Nothing came, and nothing is missing yet. */
  | { readonly state: "new" }
  | { readonly state: "up" }
  | { readonly state: "missing"; readonly dueAt: number; readonly lastAt: number | null }
  | { readonly state: "failed"; readonly at: number; readonly exitStatus: number | null }
  | { readonly state: "overlong"; readonly since: number }
  /** It looks down, but a ping may have come in this time, in which none could be taken. */
  | { readonly state: "lost"; readonly gap: Span };

/** A ping this much before a time of the cron expression is that time's: clocks differ. */
export const earlySeconds = 5;

/**
 * How a job stands.
 *
 * @param gaps when no pings could be taken, in order of time
 * @param now epoch seconds
 */
export function assess(
  heartbeat: Heartbeat,
  gaps: readonly Span[],
  now: number,
  nextTime: NextTime,
): HeartbeatState {
  const state = assessPings(heartbeat, now, nextTime);
  if (state.state === "new" || state.state === "up") return state;
  const gap = gaps.findLast((one) => couldHide(one, state, heartbeat, nextTime));
  if (gap === undefined) return state;
  const { timetable, graceSeconds, maxRunSeconds } = heartbeat.probe;
  const excusedUntil = dueAfter(timetable, gap.to, nextTime) + graceSeconds;
  // The run that has to make it good has begun in time; how long it may take is judged above.
  const { runningSince } = heartbeat.pings;
  const isRunning =
    maxRunSeconds !== null &&
    runningSince !== null &&
    runningSince >= gap.to &&
    runningSince <= excusedUntil;
  return now <= excusedUntil || isRunning ? { state: "lost", gap } : state;
}

/** When the next ping is due, epoch seconds. */
export function nextDueAt({ probe, addedAt, pings }: Heartbeat, nextTime: NextTime): number {
  return dueAfter(probe.timetable, lastFinish(pings, addedAt) ?? addedAt, nextTime);
}

/** The outcome that a state amounts to; null where there is nothing to record yet. */
export function outcomeOf(state: HeartbeatState, probe: HeartbeatProbe): Outcome | null {
  switch (state.state) {
    case "new":
      return null;
    case "up":
      return { outcome: "up" };
    case "missing": {
      const last = state.lastAt === null ? "never called in" : `last finished ${at(state.lastAt)}`;
      const detail = `${last}, was due ${at(state.dueAt)}, grace ${probe.graceSeconds} s`;
      return { outcome: "down", reason: "heartbeat-missing", detail };
    }
    case "failed": {
      const status = state.exitStatus === null ? "" : `, exit status ${state.exitStatus}`;
      const detail = `reported a failure ${at(state.at)}${status}`;
      return { outcome: "down", reason: "heartbeat-failed", detail };
    }
    case "overlong": {
      const detail = `started ${at(state.since)} and not finished, at most ${probe.maxRunSeconds} s`;
      return { outcome: "down", reason: "heartbeat-overlong", detail };
    }
    case "lost": {
      const detail = `a ping may be lost: none was taken ${at(state.gap.from)} to ${at(state.gap.to)}`;
      return { outcome: "unknown", reason: "pings-not-taken", detail };
    }
  }
}

/**
 * When no pings could be taken, from when they could.
 *
 * @param covered what the door covered, each span a run of rounds; the earliest begins the account
 * @param step seconds between two rounds
 * @param now epoch seconds, the time of a round in which they could
 */
export function gapsBetween(covered: readonly Span[], step: number, now: number): Span[] {
  const spans = [...normalise(covered), { from: now, to: now }];
  return spans.slice(1).flatMap((span, index) => {
    // The door was last seen open at the beginning of the last slot.
    const from = (spans[index]?.to ?? now) - step;
    return span.from > from + step ? [{ from, to: span.from }] : [];
  });
}

function assessPings({ probe, addedAt, pings }: Heartbeat, now: number, nextTime: NextTime) {
  const { graceSeconds, maxRunSeconds } = probe;
  const runningSince = notBefore(addedAt, pings.runningSince);
  const failedAt = notBefore(addedAt, pings.failedAt);
  const lastAt = lastFinish(pings, addedAt);
  const isBounded = runningSince !== null && maxRunSeconds !== null;
  if (isBounded && now > runningSince + maxRunSeconds) {
    return { state: "overlong", since: runningSince } as const;
  }
  if (pings.failing && failedAt !== null) {
    return { state: "failed", at: failedAt, exitStatus: pings.exitStatus } as const;
  }
  const dueAt = dueAfter(probe.timetable, lastAt ?? addedAt, nextTime);
  const hasStartedInTime = isBounded && runningSince <= dueAt + graceSeconds;
  if (now > dueAt + graceSeconds && !hasStartedInTime) {
    return { state: "missing", dueAt, lastAt } as const;
  }
  const isNew = lastAt === null && runningSince === null;
  return isNew ? ({ state: "new" } as const) : ({ state: "up" } as const);
}

/** Whether the ping that would make a job up may have come in a gap. */
function couldHide(
  gap: Span,
  state: HeartbeatState,
  { probe, addedAt, pings }: Heartbeat,
  nextTime: NextTime,
): boolean {
  // A run may finish, and a job of an interval call in, at any time.
  if (state.state === "overlong") return gap.to > state.since;
  const last = lastFinish(pings, addedAt) ?? addedAt;
  const { timetable, graceSeconds } = probe;
  if (timetable.kind === "every") return gap.to > last;
  const firstDue = dueAfter(timetable, last, nextTime);
  const due = Math.max(firstDue, nextTime(timetable, gap.from - graceSeconds));
  return due - earlySeconds < gap.to;
}

function dueAfter(timetable: Timetable, last: number, nextTime: NextTime): number {
  if (timetable.kind === "every") return last + timetable.seconds;
  return nextTime(timetable, last + earlySeconds);
}

function lastFinish({ succeededAt, failedAt }: Pings, addedAt: number): number | null {
  const last = Math.max(succeededAt ?? 0, failedAt ?? 0);
  return notBefore(addedAt, last === 0 ? null : last);
}

function notBefore(addedAt: number, time: number | null): number | null {
  return time !== null && time >= addedAt ? time : null;
}

function at(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never";
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
