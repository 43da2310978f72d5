/** What incidents tell of a stretch of time: how soon people answered and ended them. */
import { type Finding, mean, share } from "../kpi.ts";
import type { Span } from "../span.ts";
import type { Incident } from "./incident.ts";
import { type DeadlineKind, deadlinesOf, type Handled } from "./priority.ts";

/** An incident as far as it is measured. Epoch seconds. */
export interface MeasuredIncident extends Handled {
  readonly key: string;
  readonly origin: Incident["origin"];
  /** Id of the monitor; null where it is about more, or about none. */
  readonly monitor: string | null;
  readonly startedAt: number;
  /** It is part of another: people handle that. */
  readonly merged: boolean;
  /** Whether anybody was told of it. */
  readonly told: boolean;
  /** When a person said that there had been nothing, of it or of what it is part of; null: nobody. */
  readonly falseAlarmAt: number | null;
}

/** What a span's incidents are measured by. */
export interface IncidentsOfSpan {
  readonly window: Span;
  /** Epoch seconds; what lies after it has not happened. */
  readonly now: number;
  /** All that were open at some time of the window. */
  readonly incidents: readonly MeasuredIncident[];
  /** When a monitor's incidents do not count, by its id: maintenance; normalised. */
  readonly excluded: (monitor: string) => readonly Span[];
}

/**
 * Mean seconds from the first failed check of a complete outage (P1) to its end, over the real ones
 * that ended in the window. What began in planned time is left out.
 */
export function p1Recovery({ window, incidents, excluded }: IncidentsOfSpan): Finding {
  const complete = incidents.filter(({ priority, merged }) => priority === "P1" && !merged);
  const counted = complete.filter(
    ({ monitor, startedAt, falseAlarmAt }) =>
      falseAlarmAt === null &&
      !(monitor !== null && excluded(monitor).some((span) => isIn(span, startedAt))),
  );
  const seconds = counted.flatMap(({ startedAt, endedAt }) =>
    endedAt !== null && isIn(window, endedAt) ? [endedAt - startedAt] : [],
  );
  const open = counted.filter(({ endedAt }) => endedAt === null || endedAt >= window.to);
  const leftOut = complete.length - counted.length;
  return mean(seconds, "no P1 incident ended in this time", {
    incidents: seconds.length,
    stillOpen: open.length,
    ...(seconds.length > 0 ? { longestSeconds: Math.max(...seconds) } : {}),
    ...(leftOut > 0 ? { leftOut } : {}),
  });
}

/**
 * Percent of the deadlines, to respond and to resolve, that were met: of those that were met or
 * passed in the window, by the incident's priority. An incident that nobody was told of, and a false
 * alarm, has none.
 */
export function deadlinesMet({ window, now, incidents }: IncidentsOfSpan): Finding {
  const handled = incidents.filter(
    ({ merged, told, falseAlarmAt }) => !merged && told && falseAlarmAt === null,
  );
  const settled = handled.flatMap((incident) =>
    deadlinesOf(incident, now).flatMap(({ kind, dueAt, metAt }) => {
      const met = metAt !== null && metAt <= dueAt;
      const at = met ? metAt : dueAt;
      return at < now && isIn(window, at) ? [{ kind, met }] : [];
    }),
  );
  const missed = (wanted: DeadlineKind) =>
    settled.filter(({ kind, met }) => kind === wanted && !met).length;
  const met = settled.filter((one) => one.met).length;
  return share(met, settled.length, "no deadline was met or passed in this time", {
    deadlines: settled.length,
    ...(settled.length > 0
      ? { responsesMissed: missed("response"), resolutionsMissed: missed("resolution") }
      : {}),
  });
}

function isIn(span: Span, time: number): boolean {
  return time >= span.from && time < span.to;
}
