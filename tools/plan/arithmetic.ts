/** What a plan costs the platform: pure arithmetic, no clock and no I/O. */
import type { Monitor, Region } from "../../shared/domain/monitor.ts";
import { isProbedFrom, type Plan } from "../../shared/domain/plan.ts";
import type { Probe } from "../../shared/domain/probes/probe.ts";
import { isDue, type Round, type Step, stepOf, steps } from "../../shared/domain/schedule.ts";
import { connections, worstCaseMs } from "../../shared/domain/shard.ts";
import { assumptions } from "./assumptions.ts";

/** `typical`: targets answer at the first try. `worst`: all time out, at every try, all day. */
export type Case = "typical" | "worst";

/** The most that one invocation takes. */
export interface InvocationLoad {
  readonly subrequests: number;
  readonly connections: number;
  readonly cpuMs: number;
  readonly d1Queries: number;
  readonly wallMs: number;
}

/** What a day takes. */
export interface DayLoad {
  readonly results: number;
  readonly workerRequests: number;
  readonly cpuMs: number;
  readonly objectRequests: number;
  readonly objectGigabyteSeconds: number;
  readonly objectRowsWritten: number;
  readonly objectRowsRead: number;
  readonly d1RowsWritten: number;
  readonly d1RowsRead: number;
  readonly d1Bytes: number;
}

export interface Load {
  /** The fullest minute's tick. */
  readonly tick: InvocationLoad;
  /** The fullest round of the busiest region object. */
  readonly object: InvocationLoad;
  readonly day: DayLoad;
}

const secondsPerDay = 86_400;
const statementsOfMemory = 4;
/** Ledger, results, coverage; and, where statuses change: statuses, transitions, incidents. */
const statementsOfRecording = { typical: 3, worst: 6 } as const;

/** Adds up what a plan takes, round by round over one day. */
export function loadOf(plan: Plan, which: Case): Load {
  const day = { ...emptyDay };
  let tick = emptyInvocation;
  let object = emptyInvocation;
  const active = steps.filter((step) => plan.monitors.some((m) => stepOf(m.schedule) === step));
  const period = periodOf(plan);
  for (let minute = 0; minute < period; minute += 60) {
    let minuteTick: InvocationLoad = { ...emptyInvocation, ...tickBase };
    for (const step of active) {
      for (let time = minute; time < minute + 60; time += step) {
        const asked = askedIn(plan, { time, step }, which);
        const loads = asked.map((monitors) => objectLoad(plan, monitors, step, which));
        const results = asked.reduce((sum, monitors) => sum + monitors.length, 0);
        for (const load of loads) {
          object = most(object, load);
          addObject(day, load);
        }
        const judged = heartbeatsDue(plan, { time, step });
        addRound(day, results + judged, plan, which);
        // The door at which jobs call in is a place like a region.
        if (judged > 0) day.d1RowsWritten += 1;
        minuteTick = withRound(minuteTick, loads, results + judged, which);
        if (judged > 0) minuteTick = withHeartbeats(minuteTick);
      }
    }
    day.workerRequests += 1;
    day.cpuMs += minuteTick.cpuMs;
    tick = most(tick, minuteTick);
  }
  const wholeDay = scaled(day, secondsPerDay / period);
  if (which === "worst") addOutage(wholeDay, plan);
  return { tick, object, day: wholeDay };
}

/** After how many seconds the same checks come again; a day where that is longer or no part of it. */
function periodOf({ monitors }: Plan): number {
  let period = 60;
  for (const { schedule, mode, regions } of monitors) {
    const turns = mode === "round-robin" ? regions.length : 1;
    period = leastCommonMultiple(period, schedule.intervalSeconds * turns);
    if (secondsPerDay % period !== 0) return secondsPerDay;
  }
  return period;
}

function leastCommonMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return (a / larger) * b;
}

function scaled(day: DayLoad, by: number): Mutable<DayLoad> {
  return {
    results: day.results * by,
    workerRequests: day.workerRequests * by,
    cpuMs: day.cpuMs * by,
    objectRequests: day.objectRequests * by,
    objectGigabyteSeconds: day.objectGigabyteSeconds * by,
    objectRowsWritten: day.objectRowsWritten * by,
    objectRowsRead: day.objectRowsRead * by,
    d1RowsWritten: day.d1RowsWritten * by,
    d1RowsRead: day.d1RowsRead * by,
    d1Bytes: day.d1Bytes * by,
  };
}

const emptyInvocation: InvocationLoad = {
  subrequests: 0,
  connections: 0,
  cpuMs: 0,
  d1Queries: 0,
  wallMs: 0,
};

/** Before its rounds a tick asks the ledger which plan is in force. */
const tickBase = { subrequests: 1, d1Queries: 1, cpuMs: assumptions.cpuMsPerTick };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const emptyDay: Mutable<DayLoad> = {
  results: 0,
  workerRequests: 0,
  cpuMs: 0,
  objectRequests: 0,
  objectGigabyteSeconds: 0,
  objectRowsWritten: 0,
  objectRowsRead: 0,
  d1RowsWritten: 0,
  d1RowsRead: 0,
  d1Bytes: 0,
};

/** What each object asked in a round has to probe: each region's first, and those with work. */
function askedIn(plan: Plan, round: Round, which: Case): Monitor[][] {
  return plan.regions.flatMap((region) => {
    const shards: Monitor[][] = Array.from({ length: plan.shards }, () => []);
    for (const monitor of plan.monitors) {
      if (isAsked(monitor, region, round, which)) shards[monitor.shard]?.push(monitor);
    }
    return shards.filter((monitors, shard) => shard === 0 || monitors.length > 0);
  });
}

function isAsked(monitor: Monitor, region: Region, round: Round, which: Case): boolean {
  if (monitor.probe.kind === "heartbeat") return false;
  if (which === "typical") return isProbedFrom(monitor, region.id, round);
  // Under round-robin a failure is confirmed by all the others.
  return monitor.regions.includes(region.id) && isDue(monitor.schedule, round);
}

function heartbeatsDue(plan: Plan, round: Round): number {
  return plan.monitors.filter(
    ({ probe, schedule }) => probe.kind === "heartbeat" && isDue(schedule, round),
  ).length;
}

/** The api Worker is asked whether pings are taken; the pings are read, and when they were taken. */
function withHeartbeats(tick: InvocationLoad): InvocationLoad {
  return { ...tick, subrequests: tick.subrequests + 3, d1Queries: tick.d1Queries + 2 };
}

function objectLoad(
  plan: Plan,
  monitors: readonly Monitor[],
  step: Step,
  which: Case,
): InvocationLoad {
  const requests = monitors.map((monitor) => requestsOf(monitor, which));
  const controls = which === "worst" && monitors.length > 0 ? plan.controls.length : 0;
  const attempts = monitors.map(({ retry }) => (which === "worst" ? retry.attempts : 1));
  const waitMs =
    which === "worst"
      ? worstCaseMs(monitors, step)
      : Math.ceil(sum(requests) / connections) * assumptions.answerMs;
  return {
    subrequests: sum(requests) + controls,
    connections: Math.min(connections, monitors.length),
    cpuMs: sum(attempts) * assumptions.cpuMsPerAttempt,
    d1Queries: 0,
    wallMs: waitMs + assumptions.objectOverheadMs,
  };
}

/** Requests of one probe; in the worst case of all its attempts, and of the diagnosis after them. */
function requestsOf({ probe, retry }: Monitor, which: Case): number {
  if (which === "typical") return requestsOfAttempt(probe, false);
  return retry.attempts * requestsOfAttempt(probe, true) + assumptions.diagnosisRequests;
}

function requestsOfAttempt(probe: Probe, isRedirected: boolean): number {
  const hops = (redirects: number | undefined) => 1 + (isRedirected ? (redirects ?? 0) : 0);
  switch (probe.kind) {
    case "http":
      return hops(probe.redirects);
    case "transaction":
      return sum(probe.steps.map((step) => hops(step.redirects)));
    case "heartbeat":
      return 0;
    default:
      return 1;
  }
}

/** A round as the tick sees it: two messages to each object, and the database. */
function withRound(
  tick: InvocationLoad,
  objects: readonly InvocationLoad[],
  results: number,
  which: Case,
): InvocationLoad {
  const slowestMs = Math.max(0, ...objects.map(({ wallMs }) => wallMs));
  return {
    subrequests: tick.subrequests + 2 * objects.length + assumptions.d1CallsPerRound,
    connections: 0,
    cpuMs: tick.cpuMs + results * assumptions.cpuMsPerResult,
    d1Queries: tick.d1Queries + statementsOfMemory + statementsOfRecording[which],
    wallMs: Math.max(tick.wallMs, slowestMs),
  };
}

function addObject(day: Mutable<DayLoad>, { cpuMs, wallMs }: InvocationLoad): void {
  day.cpuMs += cpuMs;
  day.objectRequests += 2;
  day.objectGigabyteSeconds +=
    ((wallMs + assumptions.acknowledgeMs) / 1_000) * assumptions.objectGigabytes;
  day.objectRowsWritten += assumptions.objectRowsWrittenPerRound;
  day.objectRowsRead += assumptions.objectRowsReadPerRound;
}

/** A result is a row, so is each region's coverage, and the ledger. */
function addRound(day: Mutable<DayLoad>, results: number, plan: Plan, which: Case): void {
  const regions = plan.regions.length;
  const statuses = plan.monitors.length * (regions + 1);
  day.results += results;
  day.d1RowsWritten += results + regions + 1;
  // Each result is read once as JSON; isolates rarely live for a minute, so memory is read anew.
  day.d1RowsRead += results + statuses + 2 * regions + 2;
  const bytes = which === "worst" ? assumptions.bytesPerFailedResult : assumptions.bytesPerResult;
  day.d1Bytes += results * bytes;
}

/** Everything goes down and up again once: a status and a transition each time, and an incident. */
function addOutage(day: Mutable<DayLoad>, plan: Plan): void {
  const scopes = plan.monitors.length * (plan.regions.length + 1);
  const incidentRows = 3 * plan.monitors.length;
  day.d1RowsWritten += 2 * (2 * scopes + incidentRows);
}

function most(a: InvocationLoad, b: InvocationLoad): InvocationLoad {
  return {
    subrequests: Math.max(a.subrequests, b.subrequests),
    connections: Math.max(a.connections, b.connections),
    cpuMs: Math.max(a.cpuMs, b.cpuMs),
    d1Queries: Math.max(a.d1Queries, b.d1Queries),
    wallMs: Math.max(a.wallMs, b.wallMs),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
