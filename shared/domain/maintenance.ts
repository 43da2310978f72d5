/**
 * Maintenance windows: planned time. It is left out of the SLA, and nobody is notified in it. An
 * exclusion is left out of the SLA too, for a reason of its own, but mutes nothing.
 *
 * 1. What a window says (when, and for which monitors) comes in versions, each in force for a time.
 * 2. A moment is planned if an occurrence of the version in force at that moment holds it.
 * 3. Changing, ending and cancelling close the version in force and may begin another: they change
 *    nothing of what was before (`maintenance-changes.ts`).
 * 4. A window that was withdrawn was never there.
 */
import { intersect, normalise, type Span } from "./span.ts";

export const maintenanceKinds = ["maintenance", "exclusion"] as const;

export type MaintenanceKind = (typeof maintenanceKinds)[number];

/** Which monitors a window is for. */
export type Selector =
  | { readonly kind: "all" }
  | { readonly kind: "monitors"; readonly ids: readonly string[] }
  | { readonly kind: "groups"; readonly names: readonly string[] }
  | { readonly kind: "tags"; readonly tags: readonly string[] };

/** A time of day on some days, in a zone; `expression` has the five fields of a crontab. */
export interface Recurrence {
  readonly expression: string;
  readonly timeZone: string;
}

/** When: once, or again and again for a number of seconds that pass, whatever the clock shows. */
export type Timing =
  | ({ readonly kind: "once" } & Span)
  | ({ readonly kind: "recurring"; readonly durationSeconds: number } & Recurrence);

/** What a window says from `from` until before `until`, epoch seconds; null: for good. */
export interface MaintenanceVersion {
  readonly from: number;
  readonly until: number | null;
  readonly selector: Selector;
  readonly timing: Timing;
}

/** A window. Times in epoch seconds. */
export interface MaintenanceWindow {
  readonly number: number;
  readonly kind: MaintenanceKind;
  readonly name: string;
  readonly reason: string | null;
  /** In order of time; they do not overlap. At least one. */
  readonly versions: readonly MaintenanceVersion[];
  readonly createdAt: number;
  readonly createdBy: string;
  /** Since when nothing more of it is to come because somebody said so. */
  readonly cancelledAt: number | null;
  readonly withdrawnAt: number | null;
}

/**
 * The first time of a recurrence after a time, both epoch seconds; infinity where it never comes
 * again. `nextCronTime` of `shared/cron.ts` is one.
 */
export type NextTime = (recurrence: Recurrence, after: number) => number;

/** What a selector asks of a monitor. */
export interface Selectable {
  readonly id: string;
  readonly group: string;
  readonly tags: readonly string[];
}

/** Whether a selector means a monitor; null is the whole, which only `all` means. */
export function selects(selector: Selector, monitor: Selectable | null): boolean {
  if (selector.kind === "all") return true;
  if (monitor === null) return false;
  switch (selector.kind) {
    case "monitors":
      return selector.ids.includes(monitor.id);
    case "groups":
      return selector.names.includes(monitor.group);
    case "tags":
      return selector.tags.some((tag) => monitor.tags.includes(tag));
  }
}

/**
 * The planned spans of a window that touch a stretch of time, each as its version has it, in order
 * of time. They reach beyond the stretch as they are, but not beyond their version. They overlap
 * only where the occurrences of a version do.
 */
export function occurrencesOf(window: MaintenanceWindow, within: Span, nextTime: NextTime): Span[] {
  if (window.withdrawnAt !== null) return [];
  return window.versions.flatMap((version) => occurrencesOfVersion(version, within, nextTime));
}

/** The planned time of a window inside a stretch of time, normalised. */
export function spansOf(window: MaintenanceWindow, within: Span, nextTime: NextTime): Span[] {
  return intersect(normalise(occurrencesOf(window, within, nextTime)), normalise([within]));
}

/**
 * The planned time of a monitor under all windows of both kinds, normalised: what is left out of
 * its SLA.
 */
export function excludedFor(
  monitor: Selectable,
  windows: readonly MaintenanceWindow[],
  within: Span,
  nextTime: NextTime,
): readonly Span[] {
  return exclusions(windows, within, nextTime)(monitor);
}

/** As `excludedFor`, for one monitor after the other: the occurrences are worked out once. */
export function exclusions(
  windows: readonly MaintenanceWindow[],
  within: Span,
  nextTime: NextTime,
): (monitor: Selectable) => readonly Span[] {
  const planned = windows
    .filter((window) => window.withdrawnAt === null)
    .flatMap(({ versions }) => versions)
    .map((version) => ({
      selector: version.selector,
      spans: occurrencesOfVersion(version, within, nextTime),
    }))
    .filter(({ spans }) => spans.length > 0);
  const whole = normalise([within]);
  const known = new Map<string, readonly Span[]>();
  return (monitor) => {
    const chosen = planned.map(({ selector }) => selects(selector, monitor));
    const key = chosen.map(Number).join("");
    const found =
      known.get(key) ??
      intersect(normalise(planned.flatMap(({ spans }, at) => (chosen[at] ? spans : []))), whole);
    known.set(key, found);
    return found;
  };
}

/** A window in force, and until when without a break, epoch seconds. */
export interface ActiveWindow {
  readonly window: MaintenanceWindow;
  readonly until: number;
}

/**
 * The maintenance windows in force of a monitor at a time: those that mute it, the longest first.
 * Exclusions are none of them.
 *
 * @param monitor null for the whole of NetPost, which only windows for all monitors are for
 * @param at epoch seconds
 */
export function activeWindows(
  windows: readonly MaintenanceWindow[],
  monitor: Selectable | null,
  at: number,
  nextTime: NextTime,
): ActiveWindow[] {
  return windows
    .filter((window) => window.kind === "maintenance" && window.withdrawnAt === null)
    .flatMap((window) => {
      const version = versionAt(window, at);
      if (!version || !selects(version.selector, monitor)) return [];
      const until = activeUntil(version, at, nextTime);
      return until === null ? [] : [{ window, until }];
    })
    .sort((a, b) => b.until - a.until || a.window.number - b.window.number);
}

/** The version in force at a time; undefined where there is none. */
export function versionAt(window: MaintenanceWindow, at: number): MaintenanceVersion | undefined {
  return window.versions.find(
    ({ from, until }) => from <= at && at < (until ?? Number.POSITIVE_INFINITY),
  );
}

/** Until when the occurrence that holds a time lasts; null where none does. */
export function activeUntil(
  version: MaintenanceVersion,
  at: number,
  nextTime: NextTime,
): number | null {
  const here = normalise(occurrencesOfVersion(version, { from: at, to: at + 1 }, nextTime));
  return here.find(({ from, to }) => from <= at && at < to)?.to ?? null;
}

/** As far as a date goes: what has no end ends here, epoch seconds (the year 10000). */
export const endOfTime = 253_402_300_800;

/** The stretch of time outside of which a window plans nothing; empty where it plans nothing. */
export function boundsOf(window: MaintenanceWindow): Span {
  const spans = window.versions
    .map(({ from, until, timing }) => {
      const end = until ?? endOfTime;
      if (timing.kind === "recurring") return { from, to: end };
      return { from: Math.max(from, timing.from), to: Math.min(end, timing.to) };
    })
    .filter(({ from, to }) => to > from);
  if (window.withdrawnAt !== null || spans.length === 0) return { from: 0, to: 0 };
  return {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  };
}

function occurrencesOfVersion(
  { from, until, timing }: MaintenanceVersion,
  within: Span,
  nextTime: NextTime,
): Span[] {
  const life = { from, to: until ?? endOfTime };
  const wanted = { from: Math.max(life.from, within.from), to: Math.min(life.to, within.to) };
  if (wanted.to <= wanted.from) return [];
  const found: Span[] = [];
  if (timing.kind === "once") found.push({ from: timing.from, to: timing.to });
  else {
    // The first that can still last into what is wanted began a duration before it.
    let start = nextTime(timing, wanted.from - timing.durationSeconds);
    while (start < wanted.to) {
      found.push({ from: start, to: start + timing.durationSeconds });
      start = nextTime(timing, start);
    }
  }
  return found
    .map((one) => ({ from: Math.max(one.from, life.from), to: Math.min(one.to, life.to) }))
    .filter((one) => one.to > wanted.from && one.from < wanted.to && one.to > one.from);
}
