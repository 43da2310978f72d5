import type { HealthSettings } from "./health-score.ts";
import type { KpiSettings } from "./kpi.ts";
import type { MetricDefinition } from "./metric.ts";
import type { Monitor, Region, RegionId } from "./monitor.ts";
import type { ReportSettings } from "./report.ts";
import type { Retention } from "./retention.ts";
import { isDue, type Round, roundsOfMinute } from "./schedule.ts";
import { fits, type ShardLoad } from "./shard.ts";

/** What is to be probed, by whom: the configuration as one revision of it was applied. */
export interface Plan {
  readonly revision: number;
  readonly regions: readonly Region[];
  readonly monitors: readonly Monitor[];
  /** Objects per region. It never shrinks: an object no longer asked could still hold results. */
  readonly shards: number;
  /** What a region asks when targets fail: if none of them answers, the fault is ours. */
  readonly controls: readonly string[];
  /** Which reports are made; the usual ones where it says nothing. */
  readonly reports?: ReportSettings | undefined;
  /** What indicators are held against, where that differs from the usual. */
  readonly kpis?: KpiSettings | undefined;
  /** How long what was measured is kept; the usual time where it says nothing. */
  readonly retention?: Retention | undefined;
  /** What is known of metrics; NetPost's usual ones where it says nothing. */
  readonly metrics?: readonly MetricDefinition[] | undefined;
  /** How the health score is weighed; as usual where it says nothing. */
  readonly healthScore?: HealthSettings | undefined;
}

/** The rounds of a plan in the minute from `minute`, epoch seconds. */
export function planRounds(plan: Plan, minute: number): Round[] {
  return roundsOfMinute(
    plan.monitors.map((monitor) => monitor.schedule),
    minute,
  );
}

/** The monitors that a round checks. */
export function dueIn(plan: Plan, round: Round): Monitor[] {
  return plan.monitors.filter((monitor) => isDue(monitor.schedule, round));
}

/**
 * Whether a region probes a monitor in a round of its own accord. Under round-robin the regions
 * take turns, in the order in which the monitor names them.
 */
export function isProbedFrom(monitor: Monitor, region: RegionId, round: Round): boolean {
  const { schedule, regions, mode } = monitor;
  if (!regions.includes(region) || !isDue(schedule, round)) return false;
  return mode === "parallel" || regions[turnOf(monitor, round)] === region;
}

/** Whose turn it is under round-robin, as an index into the monitor's regions. */
function turnOf({ schedule, regions }: Monitor, round: Round): number {
  const check = Math.floor((round.time - schedule.phaseSeconds) / schedule.intervalSeconds);
  return check % regions.length;
}

/**
 * Gives every monitor the first shard with room for it, in the order given.
 *
 * @returns a shard per monitor and how many shards that takes (at least one)
 */
export function assignShards(monitors: readonly ShardLoad[]): {
  assigned: number[];
  shards: number;
} {
  const shards: ShardLoad[][] = [[]];
  const assigned = monitors.map((monitor) => {
    let shard = shards.findIndex((load) => fits(load, monitor));
    if (shard === -1) shard = shards.push([]) - 1;
    shards[shard]?.push(monitor);
    return shard;
  });
  return { assigned, shards: shards.length };
}
