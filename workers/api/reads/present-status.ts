/**
 * The effective status at present: what is stored, as far as somebody is looking.
 *
 * 1. No check has settled a status yet: unknown since the monitor was added.
 * 2. No round of its kind for two minutes: unknown since the newest one ended (stale).
 * 3. None of the scope's regions took part in the newest round: unknown since the last one did.
 * 4. Otherwise the stored status.
 */
import type { unknownReasons } from "../../../shared/contract/api/common.ts";
import { frontier } from "../../../shared/domain/coverage.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { type Cause, overall } from "../../../shared/domain/recording.ts";
import { stepOf } from "../../../shared/domain/schedule.ts";
import type { Status } from "../../../shared/domain/status.ts";
import {
  freshnessOfStep,
  lastSpanOf,
  regionNumbers,
  type Snapshot,
  storedStatus,
} from "./snapshot.ts";

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

/** The effective overall status of a monitor. */
export function presentOverall(snapshot: Snapshot, monitor: Monitor): PresentStatus {
  return present(snapshot, monitor, overall, regionNumbers(snapshot.regions, monitor));
}

/** The effective status of a monitor in each of its regions, by region id. */
export function presentByRegion(
  snapshot: Snapshot,
  monitor: Monitor,
): { id: string; number: number; status: PresentStatus }[] {
  return monitor.regions.flatMap((id) => {
    const number = snapshot.regions.get(id)?.number;
    if (number === undefined) return [];
    return [{ id, number, status: present(snapshot, monitor, number, [number]) }];
  });
}

function present(
  snapshot: Snapshot,
  monitor: Monitor,
  scope: number,
  regions: readonly number[],
): PresentStatus {
  const { now, lastSpans } = snapshot;
  const stored = storedStatus(snapshot, monitor, scope);
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
