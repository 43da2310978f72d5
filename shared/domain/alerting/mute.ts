/** Why nobody is told of an alert that fires: the first of these reasons that holds. */
import type { AlertState } from "./alert.ts";
import { isWorse } from "./alert.ts";
import { type Matchable, type Silence, silencedBy } from "./silence.ts";

export type Mute =
  | {
      readonly by: "maintenance";
      readonly maintenance: number;
      readonly window: string;
      readonly until: number;
    }
  | { readonly by: "silence"; readonly silence: number; readonly until: number }
  /** A monitor that this one depends on is down itself. */
  | { readonly by: "dependency"; readonly monitor: string }
  /** It came back too soon after it was resolved, and is no worse. */
  | { readonly by: "cooldown"; readonly until: number };

/** What may mute alerts now. */
export interface Muting {
  readonly silences: readonly Silence[];
  /** The maintenance window in force of a monitor; null as monitor asks for the whole. */
  readonly maintenanceOf: (
    monitor: string | null,
  ) => { readonly number: number; readonly name: string; readonly until: number } | null;
  /** A monitor that is down and that the given one cannot do without; itself excluded. */
  readonly failedDependencyOf: (monitor: string) => string | null;
}

/** Why an alert that fires is muted; null where it is not. */
export function muteOf(
  alert: Extract<AlertState, { phase: "firing" }>,
  matchable: Matchable,
  muting: Muting,
  now: number,
): Mute | null {
  const window = muting.maintenanceOf(matchable.monitor);
  if (window) {
    const { number, name, until } = window;
    return { by: "maintenance", maintenance: number, window: name, until };
  }
  const silence = silencedBy(muting.silences, matchable, now);
  if (silence) return { by: "silence", silence: silence.id, until: silence.endsAt };
  const dependency = matchable.monitor && muting.failedDependencyOf(matchable.monitor);
  if (dependency) return { by: "dependency", monitor: dependency };
  const { quiet, level } = alert;
  if (quiet !== null && now < quiet.until && !isWorse(level, quiet.level)) {
    return { by: "cooldown", until: quiet.until };
  }
  return null;
}

/** What mutes it, in a word. */
export function muteDetail(mute: Mute): string {
  switch (mute.by) {
    case "maintenance":
      return mute.window;
    case "silence":
      return String(mute.silence);
    case "dependency":
      return mute.monitor;
    case "cooldown":
      return String(mute.until);
  }
}

/**
 * Finds what a monitor cannot do without and is down: the farthest of the chain, which is where
 * people have to look.
 *
 * @param dependsOn by monitor id
 */
export function failedDependency(
  dependsOn: ReadonlyMap<string, readonly string[]>,
  isDown: (monitor: string) => boolean,
  monitor: string,
): string | null {
  const seen = new Set([monitor]);
  let found: string | null = null;
  let ring = dependsOn.get(monitor) ?? [];
  while (ring.length > 0) {
    const next: string[] = [];
    for (const id of ring) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (isDown(id)) found = id;
      next.push(...(dependsOn.get(id) ?? []));
    }
    ring = next;
  }
  return found;
}
