/** What availability is computed from: status changes, coverage and planned time of some monitors. */
import { nextCronTime } from "../cron.ts";
import type { Observation, StatusPoint } from "../domain/availability.ts";
import { type CoverageSpan, coveredByHistory, type ScheduleSince } from "../domain/coverage.ts";
import { placesOf } from "../domain/inbound.ts";
import { exclusions, type NextTime, type Selectable } from "../domain/maintenance.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { freshnessOfStep } from "../domain/present-status.ts";
import { overall, statusKey } from "../domain/recording.ts";
import { stepOf } from "../domain/schedule.ts";
import { lengthOf, type Span, subtract, totalSeconds } from "../domain/span.ts";
import { readLastSpans } from "../storage/last-spans.ts";
import { readMaintenance } from "../storage/maintenance.ts";
import { readPlan } from "../storage/plans.ts";
import { readCoverage, readStatusPoints } from "../storage/queries.ts";
import { readSchedules } from "../storage/schedules.ts";
import { knownUntil } from "./window.ts";

/** The present, as the plan and the newest coverage tell it. */
export interface Present {
  /** Epoch seconds. */
  readonly now: number;
  readonly plan: Plan;
  /** The last coverage span of each region and step. */
  readonly lastSpans: readonly CoverageSpan[];
}

/** Reads the present: the size of the plan, whatever the history. */
export async function readPresent(db: D1Database, now: number): Promise<Present> {
  const [plan, lastSpans] = await Promise.all([readPlan(db), readLastSpans(db)]);
  return { now, plan, lastSpans };
}

/** The next time of a recurrence in its zone. */
export const nextTime: NextTime = ({ expression, timeZone }, after) =>
  nextCronTime({ kind: "cron", expression, timeZone }, after);

/** What was read of some monitors for a stretch of time. */
export interface Material {
  /**
   * A window as it is for a monitor: not before it was added, not after what is known of its
   * rounds; it may be empty.
   */
  windowFor(monitor: Monitor, window: Span): Span;
  /** What was observed of a monitor in a scope, in a window inside what was read. */
  observe(monitor: Monitor, scope: number, window: Span): Observation;
  /** Planned time of a monitor, normalised: in what was read and until `plannedUntil`. */
  excludedFor(monitor: Selectable): readonly Span[];
}

/** What is to be read. */
export interface Wanted {
  readonly monitors: readonly Monitor[];
  readonly window: Span;
  /** Numbers of regions beside overall; all of each monitor's if left out. */
  readonly scopes?: readonly number[];
  /** Planned time is read until then, where that is after the window; epoch seconds. */
  readonly plannedUntil?: number;
}

/**
 * Reads four things, whatever the number of monitors: no more rows than there are changes of
 * status in the window, one per monitor and scope, and what there is of coverage, planned time and
 * applied configurations: time counts by the schedule that a monitor had then.
 */
export async function readMaterial(
  db: D1Database,
  { now, plan, lastSpans }: Present,
  { monitors, window, scopes: wantedScopes, plannedUntil }: Wanted,
): Promise<Material> {
  const numbers = new Map(placesOf(plan).map((place) => [place.id, place.number]));
  const regionsOf = (monitor: Monitor) => monitor.regions.flatMap((id) => numbers.get(id) ?? []);
  const scopes = monitors.flatMap((monitor) => {
    const regions = regionsOf(monitor).filter((region) => wantedScopes?.includes(region) ?? true);
    return [overall, ...regions].map((scope) => ({ monitor: monitor.number, scope }));
  });
  const planned = { from: window.from, to: Math.max(window.to, plannedUntil ?? window.to) };
  const reaching = reachingBack(window, monitors);
  const [coverage, scoped, maintenance, schedules] = await Promise.all([
    readCoverage(db, reaching),
    readStatusPoints(db, scopes, window),
    readMaintenance(db, planned),
    readSchedules(db, reaching),
  ]);
  const coveredBy = rememberCovered(coverage);
  const scheduleOf = ({ number, schedule, addedAt }: Monitor): readonly ScheduleSince[] =>
    schedules?.get(number) ?? [{ since: addedAt, schedule }];
  const points = new Map(scoped.map((one) => [statusKey(one.monitor, one.scope), one.points]));
  const excludedFor = exclusions(maintenance, planned, nextTime);
  return {
    excludedFor,
    windowFor(monitor, { from, to }) {
      const until = knownUntil(now, freshnessOfStep(now, lastSpans, stepOf(monitor.schedule)));
      const begin = Math.max(from, Math.min(monitor.addedAt, to));
      return { from: begin, to: Math.max(begin, Math.min(to, until)) };
    },
    observe(monitor, scope, part) {
      const looking = scope === overall ? regionsOf(monitor) : [scope];
      return {
        window: part,
        points: ownLife(points.get(statusKey(monitor.number, scope)) ?? [], monitor),
        covered: coveredBy(scheduleOf(monitor), looking),
        excluded: excludedFor(monitor),
      };
    },
  };
}

/** Seconds of a stretch of time that are not planned away. */
export function countedSeconds(span: Span, excluded: readonly Span[]): number {
  return lengthOf(span) === 0 ? 0 : totalSeconds(subtract([span], excluded));
}

/** A monitor that was removed and came back starts anew: its former life says nothing. */
function ownLife(points: readonly StatusPoint[], { addedAt }: Monitor): readonly StatusPoint[] {
  return points.filter((point) => point.at >= addedAt);
}

/** A check speaks until the next is due: the one before the window still does in it. */
function reachingBack({ from, to }: Span, monitors: readonly Monitor[]): Span {
  const longest = Math.max(0, ...monitors.map(({ schedule }) => schedule.intervalSeconds));
  return { from: from - longest, to };
}

/** Most monitors have the same schedules and regions: their coverage is worked out once. */
function rememberCovered(
  coverage: readonly CoverageSpan[],
): (history: readonly ScheduleSince[], regions: readonly number[]) => readonly Span[] {
  const known = new Map<string, readonly Span[]>();
  return (history, regions) => {
    const schedules = history.map(({ since, schedule }, index) =>
      // The first one counts for all time before: since when it was is no difference.
      [index === 0 ? 0 : since, schedule.intervalSeconds, schedule.phaseSeconds].join("/"),
    );
    const key = `${schedules.join()} ${regions.join()}`;
    const covered = known.get(key) ?? coveredByHistory(coverage, history, regions);
    known.set(key, covered);
    return covered;
  };
}
