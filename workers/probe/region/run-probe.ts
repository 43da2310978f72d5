import type { Clock } from "../../../shared/clock.ts";
import { decideRetry } from "../../../shared/domain/backoff.ts";
import type { Monitor, RetryPolicy } from "../../../shared/domain/monitor.ts";
import type { OwnFault } from "../../../shared/domain/reason.ts";
import type { Result } from "../../../shared/domain/result.ts";
import { describeError, log } from "../../../shared/log.ts";
import type { Attempt, ProberContext } from "../probers/prober.ts";
import { attemptProbe } from "../probers/registry.ts";

/** What probing takes from outside. */
export interface ProbeSurroundings {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of pauses. */
  readonly draw: () => number;
  readonly userAgent: string;
}

/** Probes a monitor once: attempts until one is not down, none can help, or the budget is spent. */
export async function runProbe(
  monitor: Monitor,
  retry: RetryPolicy,
  { clock, draw, userAgent }: ProbeSurroundings,
): Promise<Result> {
  const startedAt = clock.now();
  let timeoutMs = Math.min(retry.timeoutMs, retry.budgetMs);
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await tryOnce(monitor, { clock, userAgent, timeoutMs });
    if (attempt === null) return ownFault(monitor, "internal", "the prober failed", attempts);
    const { outcome, latencyMs, httpStatus } = attempt;
    if (outcome.outcome !== "down") {
      return { monitor: monitor.number, outcome, latencyMs, attempts };
    }
    const failure = { reason: outcome.reason, httpStatus };
    const decision = decideRetry(retry, failure, attempts, clock.now() - startedAt, draw());
    if (!decision.retry) return { monitor: monitor.number, outcome, latencyMs, attempts };
    await clock.sleep(decision.pauseMs);
    timeoutMs = decision.timeoutMs;
  }
}

/** The result of a probe that a fault of ours prevented: unknown, never down (law 1). */
export function ownFault(
  monitor: Monitor,
  reason: OwnFault,
  detail: string,
  attempts: number,
): Result {
  const outcome = { outcome: "unknown", reason, detail } as const;
  return { monitor: monitor.number, outcome, latencyMs: null, attempts };
}

async function tryOnce(monitor: Monitor, context: ProberContext): Promise<Attempt | null> {
  try {
    return await attemptProbe(monitor.probe, context);
  } catch (error) {
    log("error", "prober-failed", { monitor: monitor.id, error: describeError(error) });
    return null;
  }
}
