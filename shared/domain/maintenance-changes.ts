/**
 * What people do to maintenance windows. Nothing here alters what was planned before the time at
 * which it is done, save withdrawing, which is there to take back a mistake.
 */
import {
  activeUntil,
  type MaintenanceVersion,
  type MaintenanceWindow,
  type NextTime,
  versionAt,
} from "./maintenance.ts";

/** What can be changed. */
export type MaintenanceChange = Partial<
  Pick<MaintenanceWindow, "name" | "reason"> & Pick<MaintenanceVersion, "selector" | "timing">
>;

/**
 * Changes a window from a time on; its name and reason as a whole, for they plan nothing. What was
 * still to come is replaced.
 *
 * @param at epoch seconds
 * @param until when the series ends, epoch seconds; null: never; undefined: as before
 */
export function changeWindow(
  window: MaintenanceWindow,
  at: number,
  change: MaintenanceChange,
  until?: number | null,
): MaintenanceWindow {
  const { name = window.name, reason = window.reason, selector, timing } = change;
  const labelled = { ...window, name, reason };
  const last = window.versions.at(-1);
  if (!last || (selector === undefined && timing === undefined && until === undefined)) {
    return labelled;
  }
  const from = Math.max(at, last.from);
  const next: MaintenanceVersion = {
    from,
    until: until === undefined ? last.until : until,
    selector: selector ?? last.selector,
    timing: timing ?? last.timing,
  };
  return { ...labelled, versions: [...cutAt(window.versions, from), next] };
}

/**
 * Ends what a window has in force now, early: a single one for good, a recurring one until its next
 * occurrence.
 *
 * @param at epoch seconds
 * @returns null where none of it is in force
 */
export function endWindow(
  window: MaintenanceWindow,
  at: number,
  nextTime: NextTime,
): MaintenanceWindow | null {
  if (window.withdrawnAt !== null) return null;
  const version = versionAt(window, at);
  const end = version ? activeUntil(version, at, nextTime) : null;
  if (!version || end === null) return null;
  const versions = closeAt(window.versions, at);
  const rest = { ...version, from: end };
  const goesOn =
    version.timing.kind === "recurring" && end < (rest.until ?? Number.POSITIVE_INFINITY);
  const later = window.versions.filter(({ from }) => from > at);
  return { ...window, versions: [...versions, ...(goesOn ? [rest] : []), ...later] };
}

/** Cancels whatever is still to come of a window. */
export function cancelWindow(window: MaintenanceWindow, at: number): MaintenanceWindow {
  return {
    ...window,
    versions: closeAt(window.versions, at),
    cancelledAt: window.cancelledAt ?? at,
  };
}

/** Takes a window back as though it had never been declared: this one alters the past. */
export function withdrawWindow(window: MaintenanceWindow, at: number): MaintenanceWindow {
  return { ...window, cancelledAt: window.cancelledAt ?? at, withdrawnAt: at };
}

/** The versions as they were before a time; one that had not begun is gone. */
function cutAt(versions: readonly MaintenanceVersion[], at: number): MaintenanceVersion[] {
  return versions
    .filter(({ from }) => from < at)
    .map((version) => ({ ...version, until: Math.min(version.until ?? Infinity, at) }));
}

/** As `cutAt`, but something is left to tell what it was, even if it planned nothing. */
function closeAt(versions: readonly MaintenanceVersion[], at: number): MaintenanceVersion[] {
  const kept = cutAt(versions, at);
  return kept.length > 0 ? kept : versions.slice(0, 1).map((one) => ({ ...one, until: one.from }));
}
