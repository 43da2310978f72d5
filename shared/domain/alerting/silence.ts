/** Silences: an operator's mute of what matches, with a reason and an end. */
import type { Level } from "./rule.ts";

/** What can be matched of an alert. */
export interface Matchable {
  readonly rule: string;
  readonly monitor: string | null;
  readonly group: string | null;
  readonly tags: readonly string[];
  readonly category: string | null;
  readonly region: string | null;
  readonly level: Level;
}

export const matcherFields = [
  "rule",
  "monitor",
  "group",
  "tag",
  "category",
  "region",
  "level",
] as const;

/** One demand on an alert; `*` at the end of a value stands for anything. */
export interface Matcher {
  readonly field: (typeof matcherFields)[number];
  readonly equals: boolean;
  readonly value: string;
}

/** Epoch seconds. It mutes from `startsAt` until `endsAt`. */
export interface Silence {
  readonly id: number;
  /** All have to match. */
  readonly matchers: readonly Matcher[];
  readonly author: string;
  readonly reason: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The first silence in force that mutes an alert; null if none does. */
export function silencedBy(
  silences: readonly Silence[],
  alert: Matchable,
  now: number,
): Silence | null {
  return (
    silences.find(
      ({ startsAt, endsAt, matchers }) =>
        startsAt <= now && now < endsAt && matchers.every((matcher) => matches(matcher, alert)),
    ) ?? null
  );
}

/** Whether an alert meets one demand. What an alert does not have equals nothing. */
export function matches({ field, equals, value }: Matcher, alert: Matchable): boolean {
  return valuesOf(alert, field).some((actual) => isLike(actual, value)) === equals;
}

function valuesOf(alert: Matchable, field: Matcher["field"]): readonly string[] {
  if (field === "tag") return alert.tags;
  const value = alert[field];
  return value === null ? [] : [value];
}

function isLike(actual: string, wanted: string): boolean {
  return wanted.endsWith("*") ? actual.startsWith(wanted.slice(0, -1)) : actual === wanted;
}
