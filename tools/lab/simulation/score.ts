import type { Monitor } from "../../../shared/domain/monitor.ts";
import { lastCheckAt, stepOf } from "../../../shared/domain/schedule.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { resultKey } from "./database.ts";
import { scriptStart } from "./lab-plan.ts";
import type { Run } from "./run-script.ts";
import { timeOf } from "./script.ts";
import { Truth } from "./truth.ts";

/** The start of a tick, messages to and from the regions, and the write: ms. */
const overheadMs = 1_000;
/** How much longer a tick waits for a region of ours that does not answer, at most twice, ms. */
const patienceMs = 10_000;

/** What a policy made of what happened. */
export interface Score {
  checks: number;
  /** Alarms that fewer than a majority of the regions had reason for. */
  falseAlarms: number;
  /** Such alarms while at most one region of ours worked: ADR 2 lets it decide alone. */
  loneAlarms: number;
  /** Alarms for real outages of under one interval. */
  shortAlarms: number;
  /** Outages of two intervals or more that we were in a condition to see. */
  outages: number;
  missed: number;
  /** Outages of two intervals or more all through which something of ours failed. */
  unseen: number;
  /** ms, of monitors checked every minute, while nothing of ours failed. */
  readonly delays: number[];
  /** ms, of all outages. */
  worstDelayMs: number;
  /** Later than one interval and the retry budget after the first check that could tell. */
  lateDetections: number;
  /** For people: what was wrong, a line each. */
  readonly examples: string[];
}

export function emptyScore(): Score {
  return {
    checks: 0,
    falseAlarms: 0,
    loneAlarms: 0,
    shortAlarms: 0,
    outages: 0,
    missed: 0,
    unseen: 0,
    delays: [],
    worstDelayMs: 0,
    lateDetections: 0,
    examples: [],
  };
}

interface Alarm extends Span {
  readonly decidedAt: number;
}

/** Adds what a run shows to the score of each policy, by the policy's place in the plan. */
export function addRun(scores: readonly Score[], run: Run): void {
  const { script, lab } = run;
  const endMs = script.minutes * 60_000;
  for (const [target, monitors] of lab.monitorsOf.entries()) {
    const truth = new Truth(script, target);
    const alarmsOf = alarmsByMonitor(run);
    for (const [index, monitor] of monitors.entries()) {
      const score = scores[index];
      if (!score) continue;
      const alarms = alarmsOf.get(monitor.number) ?? [];
      score.checks += Math.floor(endMs / (monitor.schedule.intervalSeconds * 1000));
      for (const alarm of alarms) judgeAlarm(score, run, monitor, truth, alarm);
      for (const outage of truth.outages) {
        if (outage.to < endMs) judgeOutage(score, run, monitor, truth, alarms, outage);
      }
    }
  }
}

/** Each time that a monitor was called down, until it was not any more; unknown time is bridged. */
function alarmsByMonitor({ database }: Run): Map<number, Alarm[]> {
  const alarms = new Map<number, Alarm[]>();
  for (const { monitor, scope, at, to, decidedAt } of database.transitions) {
    if (scope !== 0 || to === "unknown") continue;
    const list = alarms.get(monitor) ?? [];
    const last = list.at(-1);
    const atMs = (at - scriptStart) * 1000;
    const isOpen = last !== undefined && last.to === Number.POSITIVE_INFINITY;
    if (to === "down" && !isOpen) {
      list.push({ from: atMs, to: Number.POSITIVE_INFINITY, decidedAt });
    } else if (to !== "down" && isOpen) list[list.length - 1] = { ...last, to: atMs };
    alarms.set(monitor, list);
  }
  return alarms;
}

function judgeAlarm(score: Score, run: Run, monitor: Monitor, truth: Truth, alarm: Alarm): void {
  const stepMs = stepOf(monitor.schedule) * 1000;
  const intervalMs = monitor.schedule.intervalSeconds * 1000;
  if (truth.troubledRegions(alarm.from, alarm.from + stepMs) < 2) {
    const lost = Math.max(
      truth.lostRegions(alarm.from, alarm.from + stepMs),
      // Results that had waited are decided on with what can be had of them then.
      truth.lostRegions(alarm.decidedAt - intervalMs, alarm.decidedAt),
    );
    if (lost >= 2) score.loneAlarms += 1;
    else {
      score.falseAlarms += 1;
      note(score, run, monitor, `false alarm at ${timeOf(alarm.from)}`);
    }
    return;
  }
  const outage = truth.outages.find(
    ({ from, to }) => from < alarm.from + stepMs && to > alarm.from,
  );
  if (outage === undefined || outage.to - outage.from < intervalMs) score.shortAlarms += 1;
}

function judgeOutage(
  score: Score,
  run: Run,
  monitor: Monitor,
  truth: Truth,
  alarms: readonly Alarm[],
  outage: Span,
): void {
  const { schedule, retry } = monitor;
  const intervalMs = schedule.intervalSeconds * 1000;
  const stepMs = stepOf(schedule) * 1000;
  if (outage.to - outage.from < 2 * intervalMs) return;
  const least = monitor.mode === "round-robin" ? "all" : "majority";
  const checks = checksIn(monitor, outage)
    .filter((time) => truth.mustSee(time, stepMs, least))
    .filter((time) => truth.isDecidedByAll(time, stepMs))
    // In ten seconds there is no time to wait for an object of ours and to confirm a failure too.
    .filter((time) => least !== "all" || stepMs > 10_000 || !truth.isWaiting(time, time + stepMs))
    .filter((time) => !isDropped(run, monitor, time));
  if (checks.length === 0) {
    score.unseen += 1;
    return;
  }
  score.outages += 1;
  const alarm = alarms.find(({ from, to }) => from < outage.to && to > outage.from);
  if (alarm === undefined) {
    score.missed += 1;
    note(score, run, monitor, `missed the outage of ${spanOf(outage)}`);
    return;
  }
  const delay = Math.max(0, alarm.decidedAt - outage.from);
  score.worstDelayMs = Math.max(score.worstDelayMs, delay);
  const prompt = checks.find((time) => truth.isRecordedAtOnce(time, stepMs));
  const isWaiting = prompt !== undefined && truth.isWaiting(prompt, prompt + stepMs);
  // Under round-robin the others probe after the first, each for as long and with as much patience.
  const turns = monitor.mode === "round-robin" ? 2 : 1;
  const latest = turns * (retry.budgetMs + (isWaiting ? patienceMs : 0)) + overheadMs;
  if (prompt !== undefined && alarm.decidedAt > prompt + latest) {
    score.lateDetections += 1;
    note(score, run, monitor, `late, at ${timeOf(alarm.decidedAt)}, for ${spanOf(outage)}`);
  }
  const isOrdinary = truth.isUndisturbed(outage.from - intervalMs, outage.from + 3 * intervalMs);
  if (isOrdinary && intervalMs === 60_000) score.delays.push(delay);
}

/** Whether a region dropped its result of a check at the bound of its buffer. */
function isDropped({ dropped }: Run, { number }: Monitor, time: number): boolean {
  const at = scriptStart + time / 1000;
  return [1, 2, 3].some((region) => dropped.has(resultKey(at, number, region)));
}

/** A monitor's checks in a span, ms from the script's start. */
function checksIn({ schedule }: Monitor, { from, to }: Span): number[] {
  const checks: number[] = [];
  const before = lastCheckAt(schedule, scriptStart + Math.ceil(from / 1000) - 1);
  const intervalMs = schedule.intervalSeconds * 1000;
  const first = (before - scriptStart) * 1000 + intervalMs;
  for (let time = first; time < to; time += intervalMs) checks.push(time);
  return checks;
}

function note(score: Score, { script, lab }: Run, monitor: Monitor, what: string): void {
  if (score.examples.length >= 5) return;
  const target = lab.monitorsOf.findIndex((monitors) => monitors.includes(monitor));
  score.examples.push(`seed ${script.seed}: target ${target}: ${what}`);
}

function spanOf({ from, to }: Span): string {
  return `${timeOf(from)}–${timeOf(to)}`;
}
