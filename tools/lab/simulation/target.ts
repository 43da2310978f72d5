import { decideRetry } from "../../../shared/domain/backoff.ts";
import type { RetryPolicy } from "../../../shared/domain/monitor.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import type { Outcome } from "../../../shared/domain/result.ts";
import { chance } from "./chance.ts";
import { isFailing, regionIds, type Script, type TargetFault } from "./script.ts";

/** What one region saw of one target, and when it had seen it. */
export interface Seen {
  readonly outcome: Outcome;
  readonly latencyMs: number | null;
  readonly attempts: number;
  /** ms since the script's start. */
  readonly endedAt: number;
  /** When the first attempt had failed; null where none did. */
  readonly firstFailureAt: number | null;
}

/** Longer answers are degraded: what the lab's plan demands. */
const maxLatencyMs = 2_000;

interface Asked {
  readonly target: number;
  readonly region: number;
  readonly at: number;
  readonly timeoutMs: number;
  /** A number in [0, 1) for each thing that is left to chance. */
  readonly draw: (what: number) => number;
}

interface Attempt {
  readonly tookMs: number;
  readonly failure: { readonly reason: FailureReason; readonly httpStatus: number | null } | null;
}

/** The targets of a script, as regions see them. */
export class Targets {
  /** By target and region. */
  readonly #faults: readonly (readonly (readonly TargetFault[])[])[];
  /** By region, when nothing can be reached from it. */
  readonly #cutOff: readonly (readonly { readonly from: number; readonly to: number }[])[];
  readonly #seed: number;

  constructor({ seed, faults, intervals }: Script) {
    this.#seed = seed;
    this.#faults = intervals.map((_, target) =>
      regionIds.map((_, region) =>
        faults
          .filter((fault): fault is TargetFault => fault.kind === "target")
          .filter((fault) => fault.target === target && fault.regions.includes(region))
          // Of several faults at one time the worst is seen.
          .sort((a, b) => severity(b) - severity(a)),
      ),
    );
    this.#cutOff = regionIds.map((_, region) =>
      faults.flatMap((fault) => {
        const isCut = fault.kind === "region" && fault.how === "no-network";
        return isCut && fault.region === region ? [fault] : [];
      }),
    );
  }

  /** Whether a region reaches nothing, control targets neither. */
  isCutOff(region: number, at: number): boolean {
    return this.#cutOff[region]?.some(isAt(at)) ?? false;
  }

  /** Probes a target, attempt by attempt, as workers/probe/region/run-probe.ts does. */
  probe(target: number, region: number, startedAt: number, retry: RetryPolicy): Seen {
    let now = startedAt;
    let firstFailureAt: number | null = null;
    let timeoutMs = Math.min(retry.timeoutMs, retry.budgetMs);
    for (let attempts = 1; ; attempts += 1) {
      const draw = (what: number) => chance(this.#seed, target, region, startedAt, attempts, what);
      const { tookMs, failure } = this.#attempt({ target, region, at: now, timeoutMs, draw });
      now += tookMs;
      if (failure === null) {
        const outcome = tookMs > maxLatencyMs ? slow : up;
        return { outcome, latencyMs: tookMs, attempts, endedAt: now, firstFailureAt };
      }
      firstFailureAt ??= now;
      const decision = decideRetry(retry, failure, attempts, now - startedAt, draw(0));
      if (!decision.retry) {
        const outcome: Outcome = { outcome: "down", reason: failure.reason, detail: "simulated" };
        return { outcome, latencyMs: null, attempts, endedAt: now, firstFailureAt };
      }
      now += decision.pauseMs;
      timeoutMs = decision.timeoutMs;
    }
  }

  #attempt({ target, region, at, timeoutMs, draw }: Asked): Attempt {
    if (this.isCutOff(region, at)) return timedOut(timeoutMs);
    const fault = this.#faults[target]?.[region]?.find(isAt(at));
    const tookMs = Math.floor(30 + 300 * draw(1) ** 3);
    switch (fault?.how) {
      case undefined:
        return { tookMs, failure: null };
      case "slow":
        return { tookMs: Math.min(tookMs + maxLatencyMs, timeoutMs), failure: null };
      case "flaky":
        return draw(2) < 0.5 ? { tookMs, failure: null } : timedOut(timeoutMs);
      case "hang":
        return timedOut(timeoutMs);
      case "refuse":
        return { tookMs: 20, failure: { reason: "connection", httpStatus: null } };
      case "error":
        return { tookMs, failure: { reason: "status", httpStatus: 503 } };
      case "wrong":
        return { tookMs, failure: { reason: "json", httpStatus: 200 } };
    }
  }
}

function severity(fault: TargetFault): number {
  if (isFailing(fault)) return 2;
  return fault.how === "flaky" ? 1 : 0;
}

const up: Outcome = { outcome: "up" };
const slow: Outcome = { outcome: "degraded", reason: "latency", detail: "simulated" };

function timedOut(timeoutMs: number): Attempt {
  return { tookMs: timeoutMs, failure: { reason: "http-timeout", httpStatus: null } };
}

function isAt(at: number): (span: { readonly from: number; readonly to: number }) => boolean {
  return ({ from, to }) => at >= from && at < to;
}
