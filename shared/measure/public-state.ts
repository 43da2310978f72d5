/** What everybody may know of the present: what a status page elsewhere is told. */
import { activeWindows } from "../domain/maintenance.ts";
import type { Plan } from "../domain/plan.ts";
import { type Known, presentOverall } from "../domain/present-status.ts";
import type { Status } from "../domain/status.ts";
import {
  readOpenPublicIncidents,
  readPublicIncidentsByKey,
} from "../storage/alerting/public-incidents.ts";
import { readMaintenance } from "../storage/maintenance.ts";
import { nextTime } from "./material.ts";
import { isPublic, readShownIncidents, type ShownIncident } from "./public-incidents.ts";

/** A monitor that the page shows. */
export interface PublicMonitorState {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly status: Status;
  /** Whether a maintenance window of it is in force. */
  readonly maintenance: boolean;
}

export interface PublicState {
  /** Epoch seconds. */
  readonly at: number;
  readonly monitors: readonly PublicMonitorState[];
  /** Those that go on, and of those asked for the ones that may be shown; oldest first. */
  readonly incidents: readonly ShownIncident[];
}

const mostOpen = 50;

/**
 * Reads it: the size of the plan, and of what goes on.
 *
 * @param asked keys of incidents that are wanted also where they are over
 */
export async function readPublicState(
  db: D1Database,
  plan: Plan,
  known: Known,
  asked: readonly string[],
): Promise<PublicState> {
  const at = known.now;
  const [windows, open, others] = await Promise.all([
    readMaintenance(db, { from: at, to: at + 1 }),
    readOpenPublicIncidents(db, mostOpen),
    asked.length === 0 ? [] : readPublicIncidentsByKey(db, asked),
  ]);
  const all = new Map([...open, ...others].map((row) => [row.key, row]));
  const rows = [...all.values()].sort((a, b) => a.startedAt - b.startedAt || a.number - b.number);
  return {
    at,
    monitors: plan.monitors.filter(isPublic).map((monitor) => ({
      id: monitor.id,
      name: monitor.name,
      group: monitor.group,
      status: presentOverall(known, monitor).status,
      maintenance: activeWindows(windows, monitor, at, nextTime).length > 0,
    })),
    incidents: await readShownIncidents(db, plan, rows),
  };
}
