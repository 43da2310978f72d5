import type { RetryPolicy } from "./monitor.ts";
import type { FailureReason } from "./reason.ts";

/**
 * The pause before the next attempt, in ms: exponential with full jitter, that is a uniform draw
 * from zero to `min(cap, base × 2^(attempt − 1))`.
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param attempt attempts made so far, from 1
 * @param draw a number in [0, 1) from the caller's source of randomness
 */
export function backoffMs(policy: RetryPolicy, attempt: number, draw: number): number {
  const ceiling = Math.min(policy.backoffCapMs, policy.backoffBaseMs * 2 ** (attempt - 1));
  return Math.floor(draw * ceiling);
}

/** The least time an attempt must be given to be worth making, in ms. */
const leastAttemptMs = 100;

/** What to do after an attempt failed, and why. */
export type RetryDecision =
  | { readonly retry: true; readonly pauseMs: number; readonly timeoutMs: number }
  | { readonly retry: false; readonly because: "incurable" | "attempts-spent" | "budget-spent" };

/** What an attempt failed of; `httpStatus` where an answer came. */
export interface AttemptFailure {
  readonly reason: FailureReason;
  readonly httpStatus: number | null;
}

/**
 * Decides whether a failed attempt is followed by another.
 *
 * @param attempt attempts made so far, from 1
 * @param elapsedMs since the probe's first attempt began
 * @param draw a number in [0, 1)
 */
export function decideRetry(
  policy: RetryPolicy,
  failure: AttemptFailure,
  attempt: number,
  elapsedMs: number,
  draw: number,
): RetryDecision {
  if (!isCurable(failure)) return { retry: false, because: "incurable" };
  if (attempt >= policy.attempts) return { retry: false, because: "attempts-spent" };
  const pauseMs = backoffMs(policy, attempt, draw);
  const leftMs = policy.budgetMs - elapsedMs - pauseMs;
  if (leftMs < leastAttemptMs) return { retry: false, because: "budget-spent" };
  return { retry: true, pauseMs, timeoutMs: Math.min(policy.timeoutMs, leftMs) };
}

/** Only what another attempt can cure: passing faults of network and server, not wrong answers. */
export function isCurable(failure: AttemptFailure): boolean {
  switch (failure.reason) {
    case "http-timeout":
    case "connection":
    case "latency":
    case "dns":
    case "connect-refused":
    case "connect-timeout":
    case "tls":
    // Without a status, a wrong answer may be a busy server's "not now".
    case "tcp-expect":
      return true;
    case "protocol":
      return true;
    case "status":
    // A step fails for a reason of its own; by its status it can be told whether that may pass.
    case "step":
    case "websocket":
      return failure.httpStatus === null || isPassingStatus(failure.httpStatus);
    case "text":
    case "json":
    case "body-size":
    case "header":
    case "regex":
    case "redirect":
    case "certificate":
    case "dns-record":
    case "heartbeat-missing":
    case "heartbeat-failed":
    case "heartbeat-overlong":
    case "seen-down":
      return false;
  }
}

/** Statuses by which a server says "not now" (RFC 9110, 15.5.9 and 15.6; RFC 6585, 4). */
function isPassingStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
