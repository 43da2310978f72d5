import type { Schedule } from "./monitor.ts";

/**
 * Time is cut into rounds. Monitors with an interval of whole minutes share one round a minute,
 * the faster ones a round every ten seconds, so that a tick starts few rounds, each with much in
 * it, and a slow minute round never holds up a fast one.
 */
export const minuteStep = 60;
export const fastStep = 10;

/** Seconds between two rounds of the same kind. */
export type Step = typeof minuteStep | typeof fastStep;

export const steps: readonly Step[] = [minuteStep, fastStep];

/** A round: all that is due at one time among the monitors of one step. Epoch seconds. */
export interface Round {
  readonly time: number;
  readonly step: Step;
}

/** Whether two rounds are one. */
export function isSameRound(a: Round, b: Round): boolean {
  return a.time === b.time && a.step === b.step;
}

/** When a round's slot is over and the next one begins, epoch ms. */
export function roundEndMs(round: Round): number {
  return (round.time + round.step) * 1000;
}

/** Allowed below a minute; from there on, every whole number of minutes up to a day. */
export const fastIntervals: readonly number[] = [10, 20, 30];
export const longestIntervalSeconds = 86_400;

/** Whether `seconds` can be a monitor's interval. */
export function isInterval(seconds: number): boolean {
  if (fastIntervals.includes(seconds)) return true;
  return seconds >= 60 && seconds % 60 === 0 && seconds <= longestIntervalSeconds;
}

/** Which rounds a monitor takes part in. */
export function stepOf(schedule: Schedule): Step {
  return schedule.intervalSeconds < minuteStep ? fastStep : minuteStep;
}

/**
 * A monitor's phase in seconds: stable, so that load spreads over the interval and a restart
 * moves nothing. FNV-1a (RFC 9923) of the id, on the grid of the monitor's rounds.
 */
export function phaseOf(id: string, intervalSeconds: number): number {
  const step = intervalSeconds < minuteStep ? fastStep : minuteStep;
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return (hash % (intervalSeconds / step)) * step;
}

/** Whether a monitor takes part in a round. */
export function isDue(schedule: Schedule, round: Round): boolean {
  if (stepOf(schedule) !== round.step) return false;
  return modulo(round.time - schedule.phaseSeconds, schedule.intervalSeconds) === 0;
}

/**
 * The rounds that begin in the minute from `minute` (epoch seconds, a multiple of 60), by time,
 * minute rounds first. A step with monitors has its rounds even when none is due: they show that
 * the regions are looking.
 */
export function roundsOfMinute(schedules: readonly Schedule[], minute: number): Round[] {
  const rounds: Round[] = [];
  for (const step of steps) {
    if (!schedules.some((schedule) => stepOf(schedule) === step)) continue;
    for (let time = minute; time < minute + 60; time += step) rounds.push({ time, step });
  }
  return rounds;
}

/** How many checks of a schedule fall into [from, to), epoch seconds. */
export function countChecks(schedule: Schedule, from: number, to: number): number {
  if (to <= from) return 0;
  return checksBefore(schedule, to) - checksBefore(schedule, from);
}

/** The last scheduled check at or before `time`, epoch seconds. */
export function lastCheckAt(schedule: Schedule, time: number): number {
  return time - modulo(time - schedule.phaseSeconds, schedule.intervalSeconds);
}

function checksBefore(schedule: Schedule, time: number): number {
  return Math.ceil((time - schedule.phaseSeconds) / schedule.intervalSeconds);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
