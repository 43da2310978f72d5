/** NetPost's state summed up: counts, the worst of many, groups. */
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { type PresentStatus, presentOverall } from "../../../shared/domain/present-status.ts";
import type { Status } from "../../../shared/domain/status.ts";
import type { Snapshot } from "./snapshot.ts";

/** A monitor and its effective overall status. */
export interface AssessedMonitor {
  readonly monitor: Monitor;
  readonly present: PresentStatus;
}

/** How many monitors have each status. */
export type StatusCounts = Record<Status, number>;

const worstFirst: readonly Status[] = ["down", "degraded", "unknown", "up"];

/**
 * The worst of some statuses: down, degraded, unknown, up, in this order. A known failure says more
 * than ignorance, and ignorance must not look like up. Of none it is unknown.
 */
export function worstOf(statuses: readonly Status[]): Status {
  return worstFirst.find((status) => statuses.includes(status)) ?? "unknown";
}

/** Counts statuses. */
export function countStatuses(statuses: readonly Status[]): StatusCounts {
  const counts: StatusCounts = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const status of statuses) counts[status] += 1;
  return counts;
}

/** Every monitor of the plan with its effective overall status, in the plan's order. */
export function assess(snapshot: Snapshot): AssessedMonitor[] {
  return snapshot.plan.monitors.map((monitor) => ({
    monitor,
    present: presentOverall(snapshot, monitor),
  }));
}

/** The statuses of assessed monitors. */
export function statusesOf(assessed: readonly AssessedMonitor[]): Status[] {
  return assessed.map(({ present }) => present.status);
}

/** Assessed monitors by group, groups in the order of their first monitor. */
export function byGroup(
  assessed: readonly AssessedMonitor[],
): { name: string; members: AssessedMonitor[] }[] {
  const groups = Map.groupBy(assessed, ({ monitor }) => monitor.group);
  return [...groups].map(([name, members]) => ({ name, members }));
}
