/** Who is on call, until when, and who then. */
import { type LocalDaysBetween, onCallAt, type Rotation } from "./escalation.ts";

export interface OnCall {
  readonly person: string | null;
  /** When somebody else is, epoch seconds; null: not within the next turn. */
  readonly until: number | null;
  readonly next: string | null;
  /** Somebody stands in. */
  readonly override: boolean;
}

const day = 86_400;

/** Who is on call at a time, epoch seconds. */
export function onCallOf(rotation: Rotation, now: number, days: LocalDaysBetween): OnCall {
  const person = onCallAt(rotation, now, days);
  const override = rotation.overrides.some(({ from, to }) => from <= now && now < to);
  const changes = [
    ...rotation.overrides.flatMap(({ from, to }) => [from, to]),
    ...handovers(rotation, now, days),
  ]
    .filter((at) => at > now)
    .toSorted((a, b) => a - b);
  for (const at of changes) {
    const next = onCallAt(rotation, at, days);
    if (next !== person) return { person, until: at, next, override };
  }
  return { person, until: null, next: null, override };
}

/** The handovers of the two next turns. */
function handovers(rotation: Rotation, now: number, days: LocalDaysBetween): number[] {
  const { anchor, timeZone, turnDays } = rotation;
  const turnAt = (at: number) => Math.floor(days(timeZone, anchor, at) / turnDays);
  const found: number[] = [];
  for (let from = now; found.length < 2; ) {
    const turn = turnAt(from);
    let [before, after] = [from, from + (turnDays + 1) * day];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (turnAt(middle) > turn) after = middle;
      else before = middle;
    }
    found.push(after);
    from = after;
  }
  return found;
}
