/** What rolling up and deleting take, and what is stored: as it is once the retention is reached. */
import type { Monitor } from "../../shared/domain/monitor.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import { defaultRetention, type Retention } from "../../shared/domain/retention.ts";
import { assumptions } from "./assumptions.ts";
import type { Case, DayLoad } from "./load.ts";

const hoursPerDay = 24;
const secondsPerDay = 86_400;

/** Bytes in D1, once as old as it is kept. */
export interface StoredBytes {
  readonly results: number;
  /** Rollups of hours. */
  readonly hours: number;
  /** Rollups of days. */
  readonly days: number;
  readonly retention: Retention;
}

/** What a day's upkeep takes of D1; a row that is deleted counts as written. */
export function upkeepOf(plan: Plan, which: Case, results: number): Partial<DayLoad> {
  const hours = hoursOf(plan, which);
  const days = seriesOf(plan);
  // A day is merged anew after each of its hours.
  const rolledUp = 2 * hours + hoursPerDay * assumptions.rollupWorkRowsPerHour;
  const deleted = results + hours + days;
  return {
    d1RowsWritten: rolledUp + deleted,
    d1RowsRead: results * assumptions.upkeepRowsReadPerResult,
  };
}

/** What D1 holds in the end. */
export function storedOf(plan: Plan, which: Case, results: number): StoredBytes {
  const retention = plan.retention ?? defaultRetention;
  const { bytesPerFailedResult, bytesPerResult, bytesPerRollup } = assumptions;
  const each = which === "worst" ? bytesPerFailedResult : bytesPerResult;
  return {
    results: retention.rawDays * results * each,
    hours: retention.hourDays * hoursOf(plan, which) * bytesPerRollup,
    days: retention.dayDays * seriesOf(plan) * bytesPerRollup,
    retention,
  };
}

/** A rollup is one of a monitor in one region. */
function seriesOf({ monitors }: Plan): number {
  return monitors.reduce((sum, monitor) => sum + placesOf(monitor), 0);
}

/** Rollups of hours that a day brings: none of an hour without a check. */
function hoursOf({ monitors }: Plan, which: Case): number {
  return monitors.reduce((sum, monitor) => {
    const inTurns = monitor.mode === "round-robin" && which === "typical";
    const turns = inTurns ? monitor.regions.length : 1;
    const checks = secondsPerDay / monitor.schedule.intervalSeconds / turns;
    return sum + placesOf(monitor) * Math.min(hoursPerDay, checks);
  }, 0);
}

function placesOf({ probe, regions }: Monitor): number {
  // Heartbeats come in at one door.
  return probe.kind === "heartbeat" ? 1 : regions.length;
}
