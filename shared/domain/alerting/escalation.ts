/**
 * Escalation: who is told, when, until somebody takes the incident on.
 *
 * 1. A policy's steps are due at their time after the first notification, each through its channels
 *    and to whoever is on call.
 * 2. An acknowledgement stops it; a worsening starts it again.
 * 3. After the last step the policy repeats, as often as it says.
 * 4. A step may be for some levels only (critical to PagerDuty), and may wait for business hours.
 */
import { lengthOf } from "../span.ts";
import type { Level } from "./rule.ts";

/** Hours in which people work, in a time zone. */
export interface BusinessHours {
  readonly timeZone: string;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekdays: readonly number[];
  /** Minutes after local midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface EscalationStep {
  readonly afterSeconds: number;
  /** Ids of channels. */
  readonly channels: readonly string[];
  /** Id of a rotation whose person on call is named; null for none. */
  readonly onCall: string | null;
  /** For these levels. */
  readonly levels: readonly Level[];
  /** Outside of them the step waits until they begin. Null: at any hour. */
  readonly during: BusinessHours | null;
}

export interface EscalationPolicy {
  readonly id: string;
  readonly name: string;
  /** In order of time; the first is due at once in most. */
  readonly steps: readonly EscalationStep[];
  /** Seconds from the last step to the first of the next round; null: it does not repeat. */
  readonly repeatSeconds: number | null;
  /** How often at most. */
  readonly repeats: number;
}

/** One step that is due: the how-manieth of all rounds, and which of the policy it is. */
export interface DueStep {
  /** From 0, over all rounds. */
  readonly sequence: number;
  readonly step: EscalationStep;
  /** Epoch seconds. */
  readonly dueAt: number;
}

/** The next moment from `at` on (epoch seconds, `at` included) that lies in business hours. */
export type NextInHours = (hours: BusinessHours, at: number) => number;

/**
 * The steps due by now that have not been taken.
 *
 * @param startedAt when the escalation began, epoch seconds
 * @param taken how many steps, over all rounds, were taken already
 */
export function dueSteps(
  policy: EscalationPolicy,
  level: Level,
  startedAt: number,
  taken: number,
  now: number,
  nextInHours: NextInHours,
): DueStep[] {
  const due: DueStep[] = [];
  for (let sequence = taken; ; sequence += 1) {
    const next = stepAt(policy, startedAt, sequence, nextInHours);
    if (next === null || next.dueAt > now) return due;
    if (next.step.levels.includes(level)) due.push(next);
    else due.push({ ...next, step: { ...next.step, channels: [] } });
  }
}

/** When the next step is due, epoch seconds; null where there is none left. */
export function nextStepAt(
  policy: EscalationPolicy,
  startedAt: number,
  taken: number,
  nextInHours: NextInHours,
): number | null {
  return stepAt(policy, startedAt, taken, nextInHours)?.dueAt ?? null;
}

function stepAt(
  { steps, repeatSeconds, repeats }: EscalationPolicy,
  startedAt: number,
  sequence: number,
  nextInHours: NextInHours,
): DueStep | null {
  const round = Math.floor(sequence / Math.max(1, steps.length));
  const step = steps[sequence % Math.max(1, steps.length)];
  if (!step || (round > 0 && (repeatSeconds === null || round > repeats))) return null;
  const roundSeconds = (steps.at(-1)?.afterSeconds ?? 0) + (repeatSeconds ?? 0);
  const dueAt = startedAt + round * roundSeconds + step.afterSeconds;
  return { sequence, step, dueAt: step.during === null ? dueAt : nextInHours(step.during, dueAt) };
}

/** People who take turns. Times in epoch seconds. */
export interface Rotation {
  readonly id: string;
  /** Names or handles, in the order of their turns. */
  readonly people: readonly string[];
  /** Whose first turn begins here. */
  readonly anchor: number;
  /** Days of one turn. Handovers are at the same local time, whatever the clocks do. */
  readonly turnDays: number;
  readonly timeZone: string;
  readonly overrides: readonly {
    readonly from: number;
    readonly to: number;
    readonly person: string;
  }[];
}

/** Whole local days from the anchor to a time, in a time zone; each begins at the anchor's hour. */
export type LocalDaysBetween = (timeZone: string, anchor: number, at: number) => number;

/** Who is on call; null where nobody is in the rotation. Of two overrides the shorter counts. */
export function onCallAt(
  rotation: Rotation,
  at: number,
  localDaysBetween: LocalDaysBetween,
): string | null {
  const override = rotation.overrides
    .filter(({ from, to }) => from <= at && at < to)
    .toSorted((a, b) => lengthOf(a) - lengthOf(b))[0];
  if (override) return override.person;
  const { people, turnDays, timeZone, anchor } = rotation;
  if (people.length === 0) return null;
  const turn = Math.floor(localDaysBetween(timeZone, anchor, at) / turnDays);
  return people[((turn % people.length) + people.length) % people.length] ?? null;
}
