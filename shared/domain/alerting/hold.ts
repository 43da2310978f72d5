/**
 * When a channel is held back as a whole. A receiver that asks for a pause means all that is sent to
 * it; one that is away is asked by one or two messages at a time, the most urgent ones, so that when
 * it is back the rest follows in order. A single message that its receiver cannot take holds up no
 * other: only where a second one fails as well is it the receiver.
 */
import { type AfterAttempt, deadlineSeconds } from "./delivery.ts";
import type { DeliveryFailure } from "./delivery-failure.ts";

/** Failures that say something of the receiver, not of the message. */
const ofReceiver: ReadonlySet<DeliveryFailure> = new Set([
  "timeout",
  "connection",
  "tls",
  "rate-limited",
  "server-error",
  "deferred",
]);

/** Until when nothing is sent, epoch seconds, and why. */
export interface Hold {
  readonly until: number;
  readonly failure: DeliveryFailure;
}

/** What the attempts through a channel, one after the other, say of it so far. */
export interface Run {
  /** A message got through. */
  readonly delivered: boolean;
  /** Of those that failed since. */
  readonly failures: number;
  readonly hold: Hold | null;
  /** Nothing more is to be sent now. */
  readonly over: boolean;
}

export const freshRun: Run = { delivered: false, failures: 0, hold: null, over: false };

/** Adds what became of another message. */
export function advanceRun(run: Run, after: AfterAttempt): Run {
  if (after.kind === "sent") return { ...freshRun, delivered: true };
  if (after.kind === "dead" || !ofReceiver.has(after.failure)) return run;
  const failures = run.failures + 1;
  const over = after.failure === "rate-limited" || failures > 1;
  const until = Math.max(run.hold?.until ?? 0, after.nextAt);
  return { ...run, failures, hold: { until, failure: after.failure }, over };
}

/** How long the channel is held back after a run; null: it is not. */
export function holdAfter({ delivered, hold, over }: Run): Hold | null {
  return over || !delivered ? hold : null;
}

/**
 * What follows for a notification that is overdue while its channel is held back: another is told in
 * its place, or it is given up.
 *
 * @param now epoch seconds
 */
export function whileHeld(
  { waitingSince, fellBack }: { readonly waitingSince: number; readonly fellBack: boolean },
  { until, failure }: Hold,
  now: number,
): Exclude<AfterAttempt, { kind: "sent" }> {
  const detail = `not tried: nothing gets through, and the next attempt is in ${until - now} s`;
  const told = { fallBack: !fellBack, failure, detail };
  if (now - waitingSince >= deadlineSeconds) return { kind: "dead", because: "deadline", ...told };
  return { kind: "retry", nextAt: until, ...told };
}
