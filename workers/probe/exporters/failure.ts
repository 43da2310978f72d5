/** Why telling a service failed, and how long it is left alone after that. */
import type { ServiceAnswer } from "./ask-service.ts";

/** A closed set. */
export type ServiceFailureReason =
  | "timeout"
  | "connection"
  | "unauthorized"
  | "not-found"
  | "too-large"
  | "rate-limited"
  | "server-error"
  | "rejected"
  /** An answer that its description does not know, where it is asked something. */
  | "malformed";

export interface ServiceFailure {
  readonly reason: ServiceFailureReason;
  /** In words; never anything secret. */
  readonly detail: string;
  /** As the service asked, seconds; null: it did not. */
  readonly waitSeconds: number | null;
}

/** A failure as an answer tells it. */
export function failureOfAnswer(answer: ServiceAnswer): ServiceFailure {
  if (answer.kind === "none") {
    const detail = answer.reason === "timeout" ? "no answer in time" : "no connection";
    return { reason: answer.reason, detail, waitSeconds: null };
  }
  const { status, words, waitSeconds } = answer;
  const detail = words === "" ? `status ${status}` : `status ${status}: ${words}`;
  return { reason: reasonOf(status), detail, waitSeconds };
}

function reasonOf(status: number): ServiceFailureReason {
  switch (status) {
    case 401:
    case 403:
      return "unauthorized";
    case 404:
    case 410:
      return "not-found";
    case 413:
      return "too-large";
    // 420 is Statuspage's.
    case 420:
    case 429:
      return "rate-limited";
    default:
      return status >= 500 ? "server-error" : "rejected";
  }
}

const longestHoldSeconds = 300;

/**
 * How long a service is left alone: as long as it asked; else not at all after the first failure,
 * then longer each time.
 *
 * @param before failures in a row before this one
 * @returns seconds
 */
export function holdSeconds({ waitSeconds, reason }: ServiceFailure, before: number): number {
  if (waitSeconds !== null) return waitSeconds;
  if (reason === "unauthorized" || reason === "not-found") return longestHoldSeconds;
  if (before === 0) return 0;
  return Math.min(longestHoldSeconds, 60 * 2 ** Math.min(10, before - 1));
}
