import type { Clock } from "../../../shared/clock.ts";
import { decideRetry } from "../../../shared/domain/backoff.ts";
import { diagnosisMs, timeoutBeforeDiagnosis } from "../../../shared/domain/diagnosis-time.ts";
import type { Monitor, RetryPolicy } from "../../../shared/domain/monitor.ts";
import type { OwnFault } from "../../../shared/domain/reason.ts";
import type { Result } from "../../../shared/domain/result.ts";
import { log, redactedError } from "../../../shared/log.ts";
import type { Attempt, ProberContext } from "../probers/prober.ts";
import { attemptProbe } from "../probers/registry.ts";
import type { Secrets } from "../probers/secrets.ts";
import type { Recorder } from "../transcript/recorder.ts";
import { diagnose, leastStepMs } from "./diagnose.ts";

/** What probing takes from outside. */
export interface ProbeSurroundings {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of pauses. */
  readonly draw: () => number;
  readonly userAgent: string;
  /** What monitors may refer to. */
  readonly secrets: Secrets;
  /** Whether private hosts are probed. */
  readonly allowsPrivate: boolean;
  /** DNS over HTTPS, for diagnoses. */
  readonly resolverUrl: string;
  /** Takes the probe down, where somebody wants its transcript. */
  readonly recorder?: Recorder;
  /** Is told of every failed attempt, and waited for. */
  readonly afterFailedAttempt?: () => Promise<void>;
}

/**
 * Probes a monitor once: attempts until one is not down, none can help, or the budget is spent; and
 * where no answer came, a diagnosis in what is left of the budget.
 */
export async function runProbe(
  monitor: Monitor,
  retry: RetryPolicy,
  surroundings: ProbeSurroundings,
): Promise<Result> {
  const { clock, draw, userAgent, recorder, allowsPrivate, resolverUrl, secrets } = surroundings;
  const constant = { clock, userAgent, allowsPrivate, secrets, resolverUrl };
  const startedAt = clock.now();
  let timeoutMs = Math.min(retry.timeoutMs, retry.budgetMs);
  for (let attempts = 1; ; attempts += 1) {
    const trace = recorder?.begin(timeoutMs);
    const context = { ...constant, timeoutMs, ...(trace && { trace }) };
    const attempt = await tryOnce(monitor, context, secrets);
    if (attempt === null) {
      recorder?.end(null, { retry: false, because: "own-fault" });
      return ownFault(monitor, "internal", "the prober failed", attempts);
    }
    const { outcome, latencyMs, httpStatus, metrics } = attempt;
    const result = {
      monitor: monitor.number,
      outcome,
      latencyMs,
      attempts,
      ...(metrics && isAny(metrics) && { metrics }),
    };
    if (outcome.outcome !== "down") {
      recorder?.end(attempt, { retry: false, because: "answered" });
      return result;
    }
    await surroundings.afterFailedAttempt?.();
    const failure = { reason: outcome.reason, httpStatus };
    const elapsedMs = clock.now() - startedAt;
    const decision = decideRetry(retry, failure, attempts, elapsedMs, draw());
    if (!decision.retry) {
      recorder?.end(attempt, decision);
      const timeMs = diagnosisMs(retry, elapsedMs);
      return explain(result, attempt, timeMs, surroundings);
    }
    const { pauseMs } = decision;
    timeoutMs = decision.timeoutMs;
    if (attempt.unanswered !== undefined) {
      const leftMs = retry.budgetMs - elapsedMs - pauseMs;
      timeoutMs = timeoutBeforeDiagnosis(retry, timeoutMs, leftMs);
    }
    recorder?.end(attempt, { retry: true, pauseMs, timeoutMs });
    await clock.sleep(pauseMs);
  }
}

/** The result with the reason that a diagnosis found, where no answer came and there is time. */
async function explain(
  result: Result,
  { outcome, unanswered }: Attempt,
  timeoutMs: number,
  { clock, resolverUrl, recorder }: ProbeSurroundings,
): Promise<Result> {
  if (outcome.outcome !== "down" || unanswered === undefined) return result;
  if (timeoutMs < leastStepMs) return result;
  const startedAt = clock.now();
  const diagnosis = await diagnose(unanswered, outcome.reason, { clock, resolverUrl, timeoutMs });
  recorder?.diagnosed(diagnosis, clock.now() - startedAt);
  const detail = [outcome.detail, ...diagnosis.findings].join("; ");
  return { ...result, outcome: { outcome: "down", reason: diagnosis.reason, detail } };
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

/** Whatever a prober tells or throws, no secret leaves with it (law 6). */
async function tryOnce(
  monitor: Monitor,
  context: ProberContext,
  { redact }: Secrets,
): Promise<Attempt | null> {
  try {
    const attempt = await attemptProbe(monitor.probe, context);
    const { outcome } = attempt;
    if (outcome.outcome === "up") return attempt;
    return { ...attempt, outcome: { ...outcome, detail: redact(outcome.detail) } };
  } catch (error) {
    log("error", "prober-failed", { monitor: monitor.id }, redactedError(error, redact));
    return null;
  }
}

function isAny(metrics: Readonly<Record<string, number>>): boolean {
  return Object.keys(metrics).length > 0;
}
