/**
 * One alert: a rule whose condition holds for one subject.
 *
 * 1. While the condition holds, but not yet for as long as the rule asks, the alert is pending.
 * 2. Then it fires. It may worsen from warning to critical, when critical held as long; it may
 *    improve, at once.
 * 3. Well again for as long as the rule asks, it is resolved. A condition that returns before that
 *    starts the wait anew, so that an alert does not flap.
 * 4. A signal that is not known changes nothing: missing data is neither bad nor well (law 7).
 * 5. A resolved alert is remembered for its cooldown. If it returns within it and is no worse, it
 *    fires, and nobody is told until the cooldown is over.
 */
import type { Level } from "./rule.ts";

/** What an alert is about; all null: the whole. */
export interface Subject {
  readonly monitor: string | null;
  readonly region: string | null;
  readonly metric: string | null;
}

/** What a rule's signal says of a subject now. */
export interface Sample {
  readonly rule: string;
  readonly subject: Subject;
  /** `unknown` where the data is missing; `well` where no threshold is passed. */
  readonly level: Level | "well" | "unknown";
  /** In the signal's unit; null where there is none. */
  readonly value: number | null;
  /** What was seen, in words fit for a notification. */
  readonly detail: string;
  /** Since when, where the signal knows better than the rule's own watch; epoch seconds. */
  readonly since: number | null;
}

/** How an alert stands. Epoch seconds. */
export type AlertState =
  | {
      readonly phase: "pending";
      readonly level: Level;
      readonly since: number;
      /** Since when it has been critical without a break. */
      readonly criticalSince: number | null;
      readonly quiet: Quiet | null;
    }
  | {
      readonly phase: "firing";
      readonly level: Level;
      /** Since when the condition has held. */
      readonly since: number;
      readonly firedAt: number;
      readonly criticalSince: number | null;
      /** Since when it has been well without a break; null while it is not. */
      readonly wellSince: number | null;
      readonly quiet: Quiet | null;
    }
  | {
      readonly phase: "resolved";
      /** The worst it was. */
      readonly level: Level;
      readonly since: number;
      readonly firedAt: number;
      readonly resolvedAt: number;
    };

/** Until when a return is not told, unless it is worse than this. */
export interface Quiet {
  readonly until: number;
  readonly level: Level;
}

/** What a rule says about time, seconds. */
export interface Timing {
  readonly forSeconds: number;
  readonly resolveSeconds: number;
  readonly cooldownSeconds: number;
}

/** What became of an alert, and why. */
export type AlertChange =
  | "none"
  | "pending"
  | "cleared"
  | "fired"
  | "worsened"
  | "improved"
  | "resolved"
  | "forgotten";

export interface AdvancedAlert {
  readonly state: AlertState | null;
  readonly change: AlertChange;
}

const severity: Readonly<Record<Level, number>> = { warning: 1, critical: 2 };

/** Whether one level is worse than another. */
export function isWorse(level: Level, than: Level): boolean {
  return severity[level] > severity[than];
}

/**
 * Takes an alert one sample further. Samples must come in order of time; the same one twice changes
 * nothing more. Where nothing changed the very state given is returned: nothing is written then.
 *
 * @param before null where there is no alert
 * @param now epoch seconds
 */
export function advanceAlert(
  before: AlertState | null,
  sample: Pick<Sample, "level" | "since">,
  timing: Timing,
  now: number,
): AdvancedAlert {
  if (sample.level === "unknown") return forget(before, timing, now);
  if (sample.level === "well") return recover(before, timing, now);
  const since = Math.min(sample.since ?? now, now);
  if (before === null || before.phase === "resolved") {
    const pending = {
      phase: "pending",
      level: sample.level,
      since,
      criticalSince: sample.level === "critical" ? since : null,
      quiet: quietAfter(before, timing, now),
    } as const;
    return fireIfDue(pending, timing, now, "pending");
  }
  const criticalSince = sample.level === "critical" ? (before.criticalSince ?? since) : null;
  if (before.phase === "pending") {
    const same = before.level === sample.level && before.criticalSince === criticalSince;
    const pending = same ? before : { ...before, level: sample.level, criticalSince };
    return fireIfDue(pending, timing, now, "none");
  }
  const same = before.criticalSince === criticalSince && before.wellSince === null;
  const firing = same ? before : { ...before, criticalSince, wellSince: null };
  return burn(firing, sample.level, timing, now);
}

type Pending = Extract<AlertState, { phase: "pending" }>;
type Firing = Extract<AlertState, { phase: "firing" }>;

function fireIfDue(
  pending: Pending,
  timing: Timing,
  now: number,
  otherwise: AlertChange,
): AdvancedAlert {
  if (now - pending.since < timing.forSeconds) return { state: pending, change: otherwise };
  const { since, criticalSince, quiet } = pending;
  const level = isLasting(criticalSince, timing, now) ? "critical" : "warning";
  return {
    state: { phase: "firing", level, since, firedAt: now, criticalSince, wellSince: null, quiet },
    change: "fired",
  };
}

function burn(firing: Firing, level: Level, timing: Timing, now: number): AdvancedAlert {
  if (level === firing.level) return { state: firing, change: "none" };
  if (level === "warning") return { state: { ...firing, level }, change: "improved" };
  if (!isLasting(firing.criticalSince, timing, now)) return { state: firing, change: "none" };
  return { state: { ...firing, level }, change: "worsened" };
}

function recover(before: AlertState | null, timing: Timing, now: number): AdvancedAlert {
  if (before === null) return { state: null, change: "none" };
  if (before.phase === "pending") {
    const remembered = before.quiet !== null && before.quiet.until > now;
    return remembered
      ? { state: asResolved(before, before.quiet, timing), change: "cleared" }
      : { state: null, change: "cleared" };
  }
  if (before.phase === "resolved") return forget(before, timing, now);
  const wellSince = before.wellSince ?? now;
  if (now - wellSince < timing.resolveSeconds) {
    const same = before.wellSince === wellSince && before.criticalSince === null;
    return { state: same ? before : { ...before, wellSince, criticalSince: null }, change: "none" };
  }
  const { level, since, firedAt } = before;
  return {
    state: { phase: "resolved", level, since, firedAt, resolvedAt: now },
    change: "resolved",
  };
}

/** A return that did not last leaves the memory of the alert before it as it was. */
function asResolved(pending: Pending, quiet: Quiet, timing: Timing): AlertState {
  const resolvedAt = quiet.until - timing.cooldownSeconds;
  return {
    phase: "resolved",
    level: quiet.level,
    since: Math.min(pending.since, resolvedAt),
    firedAt: resolvedAt,
    resolvedAt,
  };
}

function forget(before: AlertState | null, timing: Timing, now: number): AdvancedAlert {
  if (before?.phase !== "resolved") return { state: before, change: "none" };
  if (now <= before.resolvedAt + timing.cooldownSeconds) return { state: before, change: "none" };
  return { state: null, change: "forgotten" };
}

function quietAfter(before: AlertState | null, timing: Timing, now: number): Quiet | null {
  if (before?.phase !== "resolved") return null;
  const until = before.resolvedAt + timing.cooldownSeconds;
  return until > now ? { until, level: before.level } : null;
}

function isLasting(since: number | null, { forSeconds }: Timing, now: number): boolean {
  return since !== null && now - since >= forSeconds;
}
