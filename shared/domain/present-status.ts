/**
 * The effective status at present: what is stored, as far as somebody is looking.
 *
 * 1. No check has settled a status yet: unknown since the monitor was added.
 * 2. No round of its kind for two minutes: unknown since the newest one ended (stale).
 * 3. None of the scope's regions took part in the newest round: unknown since the last one did.
 * 4. Otherwise the stored status.
 */
import { type CoverageSpan, frontier } from "./coverage.ts";
import { type Freshness, freshness } from "./freshness.ts";
import type { Place } from "./inbound.ts";
import type { Monitor } from "./monitor.ts";
import { type Cause, overall, type ScopedStatus, statusKey } from "./recording.ts";
import { type Step, stepOf } from "./schedule.ts";
import type { Status } from "./status.ts";
import { placeNumber, type VantagePoint } from "./vantage-point.ts";

/** Why a status is unknown; a closed list. */
export const unknownReasons = [
  "not-known-yet",
  "region-not-reporting",
  "stale",
  "own-fault",
] as const;

export type UnknownReason = (typeof unknownReasons)[number];

/** A status as it is shown. */
export interface PresentStatus {
  readonly status: Status;
  /** Epoch seconds. */
  readonly since: number;
  readonly cause: Cause | null;
  /** Set where, and only where, the status is unknown. */
  readonly unknownReason: UnknownReason | null;
}

/** What is known at a moment. */
export interface Known {
  /** Epoch seconds. */
  readonly now: number;
  /** By id: the regions, and where heartbeats come in. */
  readonly regions: ReadonlyMap<string, Place>;
  /** By `statusKey`. */
  readonly statuses: ReadonlyMap<string, ScopedStatus>;
  /** The last span of each region and step. */
  readonly lastSpans: readonly CoverageSpan[];
}

/** The effective overall status of a monitor. */
export function presentOverall(known: Known, monitor: Monitor): PresentStatus {
  return present(known, monitor, overall, regionNumbers(known.regions, monitor));
}

/** The effective status of a monitor in each of its regions, by region id. */
export function presentByRegion(
  known: Known,
  monitor: Monitor,
): { id: string; number: number; status: PresentStatus }[] {
  return monitor.regions.flatMap((id) => {
    const number = known.regions.get(id)?.number;
    if (number === undefined) return [];
    return [{ id, number, status: present(known, monitor, number, [number]) }];
  });
}

/** The effective status of a monitor as other services see it, by vantage point. */
export function presentByVantagePoint(
  known: Known,
  monitor: Monitor,
): { point: VantagePoint; status: PresentStatus }[] {
  return (monitor.vantagePoints ?? []).map((point) => {
    const place = placeNumber(point.service);
    return { point, status: present(known, monitor, place, [place]) };
  });
}

function present(
  known: Known,
  monitor: Monitor,
  scope: number,
  regions: readonly number[],
): PresentStatus {
  const { now, lastSpans } = known;
  const stored = storedStatus(known, monitor, scope);
  const settled = stored !== null && (stored.status !== "unknown" || stored.lastKnown !== null);
  if (!settled) return unknown("not-known-yet", monitor.addedAt);
  const step = stepOf(monitor.schedule);
  const lookedUntil = lastSpanOf(lastSpans, step, regions)?.to ?? monitor.addedAt;
  // What was unknown before nobody looked has been so for longer.
  const since = stored.status === "unknown" ? Math.min(stored.since, lookedUntil) : lookedUntil;
  if (freshnessOfStep(now, lastSpans, step).stale) return unknown("stale", since);
  if (lookedUntil < frontier(lastSpans, step)) return unknown("region-not-reporting", since);
  if (stored.status === "unknown") return unknown("own-fault", stored.since);
  return { status: stored.status, since: stored.since, cause: stored.cause, unknownReason: null };
}

function unknown(unknownReason: UnknownReason, since: number): PresentStatus {
  return { status: "unknown", since, cause: null, unknownReason };
}

/** A monitor's stored status in one scope, if it was ever checked there. */
export function storedStatus(
  { statuses }: Pick<Known, "statuses">,
  monitor: Monitor,
  scope: number,
): ScopedStatus | null {
  return statuses.get(statusKey(monitor.number, scope)) ?? null;
}

/** The last span in which one of the regions took part in a step's rounds. */
export function lastSpanOf(
  lastSpans: readonly CoverageSpan[],
  step: Step,
  regions: readonly number[],
): CoverageSpan | null {
  return lastSpans
    .filter((span) => span.step === step && regions.includes(span.region))
    .reduce<CoverageSpan | null>(
      (last, span) => (last === null || span.to > last.to ? span : last),
      null,
    );
}

/** How recent the data about monitors of one step is. */
export function freshnessOfStep(
  now: number,
  lastSpans: readonly CoverageSpan[],
  step: Step,
): Freshness {
  return freshness(
    now,
    lastSpans.filter((span) => span.step === step),
  );
}

/** The numbers of a monitor's regions. */
export function regionNumbers(regions: ReadonlyMap<string, Place>, monitor: Monitor): number[] {
  return monitor.regions.flatMap((id) => regions.get(id)?.number ?? []);
}
