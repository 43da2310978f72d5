/**
 * A region's monitors are spread over Durable Objects, its shards, by the worst case: every target
 * takes its whole budget, six at a time, and the round still ends in time.
 */
import type { ProbingMode, RetryPolicy, Schedule } from "./monitor.ts";
import { fastStep, minuteStep, type Step, stepOf } from "./schedule.ts";

/** Connections an invocation may have waiting for headers; a seventh would queue in the platform. */
export const connections = 6;

/** How long a shard may take over a round, in ms: the step, less what is needed to record it. */
export const roundBudgetMs: Readonly<Record<Step, number>> = {
  [minuteStep]: 50_000,
  [fastStep]: 9_000,
};

/** How long a round may wait for its control targets, ms, whenever it asks them. */
export const controlsMs: Readonly<Record<Step, number>> = {
  [minuteStep]: 4_000,
  [fastStep]: 2_000,
};

/** What is left of a round for messages and for recording after its last confirmation, ms. */
export const confirmationReserveMs = 3_000;

/**
 * The longest budget that a monitor may have, in ms. Under round-robin it is needed twice: in the
 * turn, and then for the confirmation, after which the round still has to be recorded.
 */
export function longestBudgetMs(step: Step, mode: ProbingMode): number {
  if (mode === "parallel") return roundBudgetMs[step];
  return Math.min(roundBudgetMs[step], step * 1000 - confirmationReserveMs) / 2;
}

/** What sharding has to know of a monitor. */
export interface ShardLoad {
  readonly schedule: Schedule;
  readonly retry: RetryPolicy;
  /** Parallel unless said. */
  readonly mode?: ProbingMode;
}

/** What the monitors of one shard take of a round in the worst case, in ms. */
export function worstCaseMs(load: readonly ShardLoad[], step: Step): number {
  const budgets = load
    .filter((monitor) => stepOf(monitor.schedule) === step)
    .map((monitor) => monitor.retry.budgetMs);
  // List scheduling on m machines ends by sum/m + longest (Graham 1966).
  const longest = Math.max(0, ...budgets);
  const sum = budgets.reduce((total, budget) => total + budget, 0);
  return budgets.length <= connections ? longest : (sum - longest) / connections + longest;
}

/**
 * Whether a shard can take one more monitor. Under round-robin its time is needed twice: in another
 * region's turn, and then here, to confirm what failed there.
 */
export function fits(shard: readonly ShardLoad[], monitor: ShardLoad): boolean {
  const step = stepOf(monitor.schedule);
  const load = [...shard, monitor];
  const toConfirm = load.filter(({ mode }) => mode === "round-robin");
  return worstCaseMs(load, step) + worstCaseMs(toConfirm, step) <= roundBudgetMs[step];
}
