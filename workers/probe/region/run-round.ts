import pLimit from "p-limit";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Result } from "../../../shared/domain/result.ts";
import { connections } from "../../../shared/domain/shard.ts";
import type { ControlCheck } from "./controls.ts";
import { ownFault, type ProbeSurroundings, runProbe } from "./run-probe.ts";

/** What a round asks for besides its targets, on connections that no target needs. */
export interface Aside {
  readonly controls?: ControlCheck;
  /** Is begun when no probe waits for a connection any more, and is not waited for. */
  readonly lookAround?: () => Promise<void>;
}

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
  { controls, lookAround }: Aside = {},
): Promise<Result[]> {
  const { clock } = surroundings;
  const startedAt = clock.now();
  const limit = pLimit(connections);
  // Once nothing waits for a connection, a free one stays free.
  const free = () => (limit.pendingCount > 0 ? 0 : connections - limit.activeCount);
  const afterFailedAttempt = async () => controls?.afterFailedAttempt(free());
  const round = { ...surroundings, afterFailedAttempt };
  const results = monitors.map((monitor) => {
    const probed = limit(() => {
      const leftMs = startedAt + budgetMs - clock.now();
      if (leftMs < monitor.retry.timeoutMs) {
        return ownFault(monitor, "not-run", "no time was left in the round", 0);
      }
      const { budgetMs: ownMs } = monitor.retry;
      const retry = ownMs <= leftMs ? monitor.retry : { ...monitor.retry, budgetMs: leftMs };
      return runProbe(monitor, retry, round);
    });
    return probed.finally(() => controls?.mayUse(free()));
  });
  if (lookAround !== undefined) void limit(lookAround);
  const all = await Promise.all(results);
  return controls === undefined ? all : controls.judge(all);
}
