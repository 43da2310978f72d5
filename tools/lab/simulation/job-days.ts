/** Judges NetPost's jobs through the pure pipeline, minute by minute, and holds that against the truth. */
import { compile } from "../../../shared/config/compile.ts";
import { parseConfig } from "../../../shared/config/parse.ts";
import { nextCronTime } from "../../../shared/cron.ts";
import {
  assess,
  gapsBetween,
  type Heartbeat,
  noPings,
  outcomeOf,
  type Pings,
} from "../../../shared/domain/heartbeat.ts";
import { inbound } from "../../../shared/domain/inbound.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { decideRecording, type Memory, overall } from "../../../shared/domain/recording.ts";
import type { Result } from "../../../shared/domain/result.ts";
import { minuteStep } from "../../../shared/domain/schedule.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { chance } from "./chance.ts";
import {
  afterPing,
  badSpans,
  daySeconds,
  drawJobDay,
  isBad,
  type Job,
  type JobDay,
  type JobPing,
  type JobRun,
  jobs,
  pingsOf,
  runsOf,
} from "./jobs.ts";
import { timeOf } from "./script.ts";

/** What was made of the jobs. */
export interface JobScore {
  checks: number;
  /** Called down while it was as it should be. */
  falseAlarms: number;
  /** Times of two minutes or more in which a job was not, and we were in a condition to hear. */
  outages: number;
  missed: number;
  /** Such times of which our own fault may have taken the pings. */
  unseen: number;
  /** s, from the moment at which it was late, failed or overlong. */
  readonly delays: number[];
  /** Later than the next check, once we could tell. */
  lateDetections: number;
  readonly examples: string[];
}

export function emptyJobScore(): JobScore {
  return {
    ...{ checks: 0, falseAlarms: 0, outages: 0, missed: 0, unseen: 0, lateDetections: 0 },
    ...{ delays: [], examples: [] },
  };
}

/** Midnight, so that the crontab's times fall on full periods. */
const dayStart = 1_790_035_200;
/** A tick judges the jobs when its regions have answered, at the latest after so many seconds. */
const longestRound = 20;

/** Runs a day of the jobs, and adds what it shows. */
export function addJobDay(score: JobScore, seed: number): void {
  const day = drawJobDay(seed);
  const runs = jobs.map((_, place) => runsOf(day, place));
  const heard = runs.map((list) => pingsOf(list).flatMap((ping) => heardOf(day, ping)));
  const alarms = judgeDay(day, heard);
  for (const [place, job] of jobs.entries()) {
    score.checks += daySeconds / 60;
    addJob(score, day, job, runs[place] ?? [], alarms[place] ?? []);
  }
}

interface Alarm {
  /** The round's time, and when it was decided. */
  readonly at: number;
  readonly decidedAt: number;
}

/** The pipeline: pings that are taken, ticks that come, what is decided. By job. */
function judgeDay(day: JobDay, pings: readonly (readonly JobPing[])[]): Alarm[][] {
  const { plan, heartbeats } = planOfJobs();
  const known = jobs.map((): Pings => noPings);
  const heard = jobs.map(() => 0);
  const alarms = jobs.map((): Alarm[] => []);
  const covered = new Map<number, Span>();
  let memory: Memory = { statuses: new Map(), coverage: [] };
  for (let minute = 0; minute < daySeconds / 60; minute += 1) {
    if (day.missingTicks.has(minute)) continue;
    const at = minute * 60;
    const judgedAt = at + 1 + Math.floor(chance(day.seed, minute) * (longestRound - 1));
    for (const [place, list] of pings.entries()) {
      for (; ; heard[place] = (heard[place] ?? 0) + 1) {
        const ping = list[heard[place] ?? 0];
        if (ping === undefined || ping.at > judgedAt) break;
        known[place] = afterPing(known[place] ?? noPings, ping, dayStart + ping.at);
      }
    }
    // Behind a shut door nothing can be judged, nor recorded.
    if (isShut(day, judgedAt)) continue;
    const time = dayStart + at;
    const gaps = gapsBetween([...covered.values()], minuteStep, time);
    const results = heartbeats.flatMap(({ number, heartbeat }, place): Result[] => {
      const state = assess(
        { ...heartbeat, pings: known[place] ?? noPings },
        gaps,
        time,
        nextCronTime,
      );
      const outcome = outcomeOf(state, heartbeat.probe);
      return outcome === null ? [] : [{ monitor: number, outcome, latencyMs: null, attempts: 0 }];
    });
    const round = { time, step: minuteStep } as const;
    const regions = [
      { region: 1, results: [] },
      { region: inbound.number, results },
    ];
    const recording = decideRecording(plan, memory, [{ round, regions }]);
    memory = recording.memory;
    for (const change of recording.coverage) {
      if (change.kind === "none" || change.span.region !== inbound.number) continue;
      covered.set(change.span.from, change.span);
    }
    for (const { monitor, scope, to } of recording.transitions) {
      if (scope !== overall || to !== "down") continue;
      const place = heartbeats.findIndex(({ number }) => number === monitor);
      alarms[place]?.push({ at, decidedAt: judgedAt });
    }
  }
  return alarms;
}

/** When `curl --retry 6` tries, s after the first time: how jobs report that they have finished. */
const retriesAfter = [0, 1, 3, 7, 15, 31, 63];

/** The ping as it is taken, once the door is open; none where the job gives up before that. */
function heardOf(day: JobDay, ping: JobPing): JobPing[] {
  const pauses = ping.signal === "start" ? [0] : retriesAfter;
  const pause = pauses.find((seconds) => !isShut(day, ping.at + seconds));
  return pause === undefined ? [] : [{ ...ping, at: ping.at + pause }];
}

function isShut({ door }: JobDay, at: number): boolean {
  return door.some(({ from, to }) => at >= from && at < to);
}

function addJob(
  score: JobScore,
  day: JobDay,
  job: Job,
  runs: readonly JobRun[],
  alarms: readonly Alarm[],
): void {
  const note = (what: string) => {
    if (score.examples.length < 5) score.examples.push(`seed ${day.seed}: ${job.id}: ${what}`);
  };
  const clock = (second: number) => timeOf(second * 1000);
  const bad = badSpans(job, runs);
  for (const { at, decidedAt } of alarms) {
    // A round has the time at which it began, and knows of pings until it is decided. A ping that
    // had to be repeated came when it was taken.
    const isFounded = isBad(job, runs, at) || isBad(job, runs, decidedAt);
    if (isFounded || isRepeating(day, runs, at)) continue;
    score.falseAlarms += 1;
    note(`false alarm at ${clock(at)}`);
  }
  for (const { from, to } of bad) {
    if (to - from < 120 || to >= daySeconds) continue;
    const checks = checksIn(from, to).filter((at) => canTell(day, job, at));
    const [first] = checks;
    if (first === undefined) {
      score.unseen += 1;
      continue;
    }
    score.outages += 1;
    const alarm = alarms.find((one) => one.at < to && one.decidedAt >= from);
    if (alarm === undefined) {
      score.missed += 1;
      note(`missed ${clock(from)}–${clock(to)}`);
      continue;
    }
    const delay = Math.max(0, alarm.decidedAt - from);
    if (canTell(day, job, from)) score.delays.push(delay);
    if (alarm.at > first) {
      score.lateDetections += 1;
      note(`late, at ${clock(alarm.at)}, for ${clock(from)}–${clock(to)}`);
    }
  }
}

function checksIn(from: number, to: number): number[] {
  const checks: number[] = [];
  for (let at = Math.ceil(from / 60) * 60; at < to; at += 60) checks.push(at);
  return checks;
}

/** Whether a tick comes, and nothing since the last ping it needs can have been lost to us. */
function canTell(day: JobDay, job: Job, at: number): boolean {
  if (day.missingTicks.has(Math.floor(at / 60))) return false;
  const since = at - 4 * (job.period + job.grace + (job.maxRun ?? 0));
  for (let minute = Math.floor(since / 60); minute * 60 <= at; minute += 1) {
    if (day.missingTicks.has(minute)) return false;
  }
  return !day.door.some(({ from, to }) => from <= at + longestRound && to > since);
}

function isRepeating(day: JobDay, runs: readonly JobRun[], at: number): boolean {
  return runs.some(({ endedAt }) => {
    return endedAt <= at && at < endedAt + 64 && isShut(day, endedAt);
  });
}

/** Compiles a plan of the jobs, as the product does. */
function planOfJobs(): {
  plan: Plan;
  heartbeats: { number: number; heartbeat: Omit<Heartbeat, "pings"> }[];
} {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: jobs.map(({ id, timetable, grace, maxRun }) => ({
      ...{ id, name: id, type: "heartbeat" as const, graceSeconds: grace },
      ...timetable,
      ...(maxRun !== null && { maxRunSeconds: maxRun }),
    })),
  });
  if (!parsed.ok) throw new Error(`the lab's own jobs: ${parsed.mistakes.join("; ")}`);
  const document = compile(
    parsed.config,
    {
      monitors: new Map(
        jobs.map(({ id }, place) => [id, { number: place + 1, addedAt: dayStart }]),
      ),
      regions: new Map([["us-east", 1]]),
    },
    1,
  );
  const heartbeats = document.monitors.flatMap(({ number, addedAt, probe }) =>
    probe.kind === "heartbeat" ? [{ number, heartbeat: { probe, addedAt } }] : [],
  );
  return { plan: { ...document, revision: 1 }, heartbeats };
}
