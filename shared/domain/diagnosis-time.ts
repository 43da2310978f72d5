/** How a probe's time budget is shared with the diagnosis that follows its last attempt. */
import type { RetryPolicy } from "./monitor.ts";

/** A diagnosis never takes longer, ms. */
export const longestDiagnosisMs = 2_000;

/**
 * Time for a diagnosis, ms: what the budget has left, so that the worst case by which shards are
 * sized stays the budget.
 *
 * @param elapsedMs since the probe's first attempt began
 */
export function diagnosisMs(policy: RetryPolicy, elapsedMs: number): number {
  return Math.max(0, Math.min(longestDiagnosisMs, policy.budgetMs - elapsedMs));
}

/**
 * The timeout of a repeated attempt, ms, with time left for a diagnosis after it, which a target
 * that hangs would otherwise use up: up to half of what is left. The attempt keeps half of the
 * policy's timeout in any case; the first attempt is never shortened.
 *
 * @param timeoutMs what the retry decision allows the attempt
 * @param leftMs what the budget has left when the attempt begins
 */
export function timeoutBeforeDiagnosis(
  policy: RetryPolicy,
  timeoutMs: number,
  leftMs: number,
): number {
  const least = Math.min(timeoutMs, Math.ceil(policy.timeoutMs / 2));
  const reservedMs = Math.min(longestDiagnosisMs, Math.floor(leftMs / 2));
  return Math.max(least, Math.min(timeoutMs, leftMs - reservedMs));
}
