/**
 * What becomes of a notification after an attempt to deliver it.
 *
 * 1. What cannot succeed by repetition is dead at once, and another channel is told in its place.
 * 2. The rest is tried again, after a pause with full jitter that grows up to five minutes, or as
 *    long as the receiver asks for.
 * 3. After some attempts, or some minutes, another channel is told too; this one goes on being tried
 *    until its deadline, so that nothing is lost while a receiver is away.
 */
import type { Delivered, DeliveryFailure } from "./delivery-failure.ts";
import type { NotificationKind } from "./memory.ts";
import type { MessageKind } from "./message.ts";

/** Who leased a notification has so long to send it and to say so, seconds. */
export const leaseSeconds = 60;

/** First pause, and the longest, seconds. */
const backoffBaseSeconds = 10;
const backoffCapSeconds = 300;

/** From then on another channel is told in its place. */
export const fallbackAfterAttempts = 5;
export const fallbackAfterSeconds = 300;

/** Tried for so long, seconds. */
export const deadlineSeconds = 86_400;

/** What receivers may ask for at most, seconds: what they ask for beyond is not news any more. */
const longestRetryAfterSeconds = 3_600;

/** How a notification stands when an attempt is over. Epoch seconds. */
export interface Attempted {
  /** Since when nothing gets through its channel, epoch seconds; null: it does, or did last. */
  readonly awaySince?: number | null;
  /** This one included. */
  readonly attempts: number;
  readonly waitingSince: number;
  /** Another channel was told in its place already. */
  readonly fellBack: boolean;
}

export type AfterAttempt =
  | { readonly kind: "sent"; readonly receipt: string | null }
  | {
      readonly kind: "retry";
      readonly nextAt: number;
      readonly fallBack: boolean;
      readonly failure: DeliveryFailure;
      readonly detail: string;
    }
  | {
      readonly kind: "dead";
      readonly because: "permanent" | "deadline";
      readonly fallBack: boolean;
      readonly failure: DeliveryFailure;
      readonly detail: string;
    };

/**
 * Decides what follows an attempt.
 *
 * @param now epoch seconds
 * @param random from 0 to below 1
 */
export function afterAttempt(
  { attempts, waitingSince, fellBack, awaySince }: Attempted,
  delivered: Delivered,
  now: number,
  random: number,
): AfterAttempt {
  if (delivered.ok) return { kind: "sent", receipt: delivered.receipt };
  const { reason: failure, detail } = delivered;
  if (delivered.lasting === "permanent") {
    return { kind: "dead", because: "permanent", fallBack: !fellBack, failure, detail };
  }
  const waited = now - waitingSince;
  const away = now - (awaySince ?? now);
  const late = attempts >= fallbackAfterAttempts || Math.max(waited, away) >= fallbackAfterSeconds;
  const fallBack = late && !fellBack;
  const pause = Math.max(backoffSeconds(attempts, random), askedFor(delivered.retryAfterSeconds));
  const nextAt = now + pause;
  if (waited >= deadlineSeconds || nextAt - waitingSince > deadlineSeconds) {
    return { kind: "dead", because: "deadline", fallBack: !fellBack, failure, detail };
  }
  return { kind: "retry", nextAt, fallBack, failure, detail };
}

/**
 * The pause after an attempt, whole seconds from 1: full jitter, anything up to a limit that doubles
 * each time. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffSeconds(attempts: number, random: number): number {
  const limit = Math.min(backoffCapSeconds, backoffBaseSeconds * 2 ** Math.min(attempts - 1, 16));
  return Math.max(1, Math.ceil(random * limit));
}

function askedFor(seconds: number | null): number {
  return seconds === null ? 0 : Math.min(Math.ceil(seconds), longestRetryAfterSeconds);
}

/** In this order channels take the place of others; those not in it follow by name. */
const fallbackOrder: readonly string[] = ["email", "slack", "pagerduty", "webhook"];

/**
 * The channel that is told in the place of one that cannot be reached: the first that was not told
 * of the incident yet; if all were, the first, which then hears who could not be reached.
 *
 * @param working names of the channels that can be used
 * @param told names of those that the incident was given to
 * @param away names of those through which nothing gets at present: they come last
 * @returns null where there is no other
 */
export function fallbackFor(
  channel: string,
  working: readonly string[],
  told: ReadonlySet<string>,
  away: ReadonlySet<string> = new Set(),
): string | null {
  const rank = (name: string) => {
    const at = fallbackOrder.indexOf(name);
    return at === -1 ? fallbackOrder.length : at;
  };
  const others = working
    .filter((name) => name !== channel)
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const untold = others.filter((name) => !told.has(name));
  const present = (names: readonly string[]) => names.find((name) => !away.has(name));
  return present(untold) ?? untold[0] ?? present(others) ?? others[0] ?? null;
}

/**
 * As what a notification is sent. Whoever hears of an incident for the first time is told of it as
 * of something new, whichever step of the escalation it is; what is over by now is told as over.
 *
 * @param heard whether the channel was told of the incident before
 */
export function kindToSend(
  kind: NotificationKind,
  heard: boolean,
  incident: { readonly ended: boolean; readonly acknowledged: boolean },
): MessageKind {
  if (incident.ended) return "resolve";
  if (heard) return kind === "resolve" ? "update" : kind;
  return incident.acknowledged && kind === "acknowledge" ? "acknowledge" : "trigger";
}
