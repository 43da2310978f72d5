/**
 * Whether maintenance keeps inside its windows, as far as that can be seen. A window shows work if
 * somebody ended it early, or if a monitor that it is for went down in it. Work kept inside its
 * window if none of those monitors is still down when it is over. A window that shows no work says
 * nothing either way.
 */
import type { StatusPoint } from "./availability.ts";
import { type Finding, share } from "./kpi.ts";
import {
  type MaintenanceVersion,
  type MaintenanceWindow,
  type NextTime,
  occurrencesOf,
  type Selectable,
  selects,
} from "./maintenance.ts";
import type { Span } from "./span.ts";

/** A monitor and its overall changes of status, in order of time. */
export interface MaintainedMonitor extends Selectable {
  readonly intervalSeconds: number;
  readonly points: readonly StatusPoint[];
}

/** What adherence is judged by. */
export interface MaintenanceRecord {
  /** Windows that ended in it are judged. */
  readonly within: Span;
  readonly windows: readonly MaintenanceWindow[];
  readonly monitors: readonly MaintainedMonitor[];
}

/** Percent of the windows with work, ended in a stretch of time, that held all of it. */
export function maintenanceAdherence(
  { within, windows, monitors }: MaintenanceRecord,
  nextTime: NextTime,
): Finding {
  const ended = windows
    .filter(({ kind }) => kind === "maintenance")
    .flatMap((window) =>
      window.versions.flatMap((version) =>
        occurrencesOf({ ...window, versions: [version] }, within, nextTime)
          .filter(({ to }) => to > within.from && to <= within.to)
          .map((span) => ({ span, version })),
      ),
    );
  const worked = ended.flatMap(({ span, version }) => {
    const meant = monitors.filter((monitor) => selects(version.selector, monitor));
    const touched = meant.filter((monitor) => wentDownIn(monitor, span));
    if (touched.length === 0 && !isEndedEarly(version, span)) return [];
    return [{ kept: !touched.some((monitor) => isDownAfter(monitor, span)) }];
  });
  const kept = worked.filter((one) => one.kept).length;
  const reason =
    ended.length === 0
      ? "no maintenance window ended in this time"
      : "no maintenance window in this time shows any work";
  return share(kept, worked.length, reason, {
    windows: ended.length,
    withWork: worked.length,
    kept,
  });
}

function isEndedEarly({ until, timing }: MaintenanceVersion, { from, to }: Span): boolean {
  if (until === null || to !== until) return false;
  return timing.kind === "once" ? timing.to > to : to - from < timing.durationSeconds;
}

function wentDownIn({ points }: MaintainedMonitor, { from, to }: Span): boolean {
  return points.some(({ at, status }) => status === "down" && at >= from && at < to);
}

/** At the first check after it: nobody could have seen it any better before. */
function isDownAfter({ points, intervalSeconds }: MaintainedMonitor, { to }: Span): boolean {
  return points.findLast(({ at }) => at <= to + intervalSeconds)?.status === "down";
}
