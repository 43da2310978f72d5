import pLimit from "p-limit";
import {
  type BenchmarkPart,
  type BenchmarkPartAnswer,
  benchmarkPartSchema,
} from "../../../shared/contract/benchmark.ts";
import type { BenchmarkRequest } from "../../../shared/domain/benchmark.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { log, redactedError } from "../../../shared/log.ts";
import { type Env, parseSettings } from "../env.ts";
import { attemptProbe } from "../probers/registry.ts";
import { noSecrets } from "../probers/secrets.ts";
import { findPlace } from "./place.ts";
import type { ProbeSurroundings } from "./run-probe.ts";
import { probeSurroundings } from "./surroundings.ts";

/**
 * An object's benchmarks, one at a time: two at once would measure each other. A run comes in parts,
 * because each call of the object may make only so many requests.
 */
export class BenchmarkRuns {
  #current: { readonly run: string; readonly untilMs: number } | null = null;

  /**
   * Runs a part of a benchmark. Nothing of it is kept, and no secret is told.
   *
   * @param input a BenchmarkPart
   * @throws ZodError on anything else
   */
  async runPart(input: unknown, env: Env): Promise<BenchmarkPartAnswer> {
    const part = benchmarkPartSchema.parse(input);
    const surroundings = probeSurroundings(part.region, env);
    const now = surroundings.clock.now();
    const current = this.#current;
    if (current !== null && current.run !== part.run && now < current.untilMs) {
      return { kind: "busy" };
    }
    // Should nobody come for the rest, the object is free when the time is over.
    this.#current = { run: part.run, untilMs: now + part.budgetMs };
    let ended = true;
    try {
      // Before anything is timed: it takes a connection.
      const colo = part.locate ? await whereabouts(env) : null;
      const measured = await runRequests(part, surroundings);
      ended = part.last || measured.requests.length < part.count;
      return { ...measured, colo };
    } finally {
      if (ended && this.#current?.run === part.run) this.#current = null;
    }
  }
}

async function whereabouts(env: Env): Promise<string | null> {
  const { TRACE_URL } = parseSettings(env);
  return TRACE_URL === undefined ? null : ((await findPlace(TRACE_URL))?.colo ?? null);
}

async function runRequests(
  { monitor, count, concurrency, budgetMs }: BenchmarkPart,
  surroundings: ProbeSurroundings,
) {
  const { clock } = surroundings;
  const startedAt = clock.now();
  const limit = pLimit(concurrency);
  const requests = await limit.map(Array.from({ length: count }), () => {
    const leftMs = startedAt + budgetMs - clock.now();
    // Cut short, it would show a healthy target as failing.
    return leftMs < monitor.retry.timeoutMs ? null : request(monitor, surroundings);
  });
  return {
    kind: "measured" as const,
    requests: requests.filter((one) => one !== null),
    elapsedMs: Math.max(0, clock.now() - startedAt),
  };
}

/** One attempt, never repeated. Of a failure only the reason is told: details quote the target. */
async function request(
  monitor: Monitor,
  { clock, userAgent, allowsPrivate, resolverUrl, secrets = noSecrets }: ProbeSurroundings,
): Promise<BenchmarkRequest> {
  const { timeoutMs } = monitor.retry;
  try {
    const context = { clock, userAgent, timeoutMs, allowsPrivate, secrets, resolverUrl };
    const { outcome, latencyMs } = await attemptProbe(monitor.probe, context);
    const reason = outcome.outcome === "up" ? null : outcome.reason;
    return { outcome: outcome.outcome, reason, latencyMs };
  } catch (error) {
    const failed = redactedError(error, secrets.redact);
    log("error", "prober-failed", { monitor: monitor.id }, failed);
    return { outcome: "unknown", reason: "internal", latencyMs: null };
  }
}
