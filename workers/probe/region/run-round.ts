import pLimit from "p-limit";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Result } from "../../../shared/domain/result.ts";
import { connections } from "../../../shared/domain/shard.ts";
import { ownFault, type ProbeSurroundings, runProbe } from "./run-probe.ts";

/**
 * Probes monitors, no more at a time than the platform has connections for: in its own queue a
 * request would wait with its clock running, and be measured as slow.
 *
 * A probe that could no longer have one full attempt within `budgetMs` is not begun; cut short,
 * it would show a healthy target as down.
 */
export async function runRound(
  monitors: readonly Monitor[],
  budgetMs: number,
  surroundings: ProbeSurroundings,
): Promise<Result[]> {
  const { clock } = surroundings;
  const startedAt = clock.now();
  const limit = pLimit(connections);
  return limit.map(monitors, (monitor) => {
    const leftMs = startedAt + budgetMs - clock.now();
    if (leftMs < monitor.retry.timeoutMs) {
      return ownFault(monitor, "not-run", "no time was left in the round", 0);
    }
    const retry = { ...monitor.retry, budgetMs: Math.min(monitor.retry.budgetMs, leftMs) };
    return runProbe(monitor, retry, surroundings);
  });
}
