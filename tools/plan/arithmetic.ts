/** What a plan costs the platform: pure arithmetic, no clock and no I/O. */
import type { Monitor, RegionId } from "../../shared/domain/monitor.ts";
import { isProbedFrom, type Plan } from "../../shared/domain/plan.ts";
import { isDue, type Round, type Step, stepOf, steps } from "../../shared/domain/schedule.ts";
import { connections, worstCaseMs } from "../../shared/domain/shard.ts";
import { type Statements, tickStatements } from "../../shared/domain/tick-statements.ts";
import { assumptions } from "./assumptions.ts";
import {
  added,
  type Case,
  type DayLoad,
  DaySum,
  type InvocationLoad,
  idle,
  type Load,
  most,
} from "./load.ts";
import { nothingOutside, type Outside, outsideLoad } from "./outside.ts";
import { requestsOf } from "./requests.ts";
import { storedOf, upkeepOf } from "./upkeep.ts";

const secondsPerDay = 86_400;
const statementsOfMemory = 4;
/** Ledger, results, coverage; and, where statuses change: statuses, transitions, outages. */
const statementsOfRecording = { typical: 3, worst: 6 } as const;

const { ordinary, afterIncident, outage, rollUp } = tickStatements;

/**
 * Alerting, delivery and upkeep: what was measured of whole ticks, without what is counted here of
 * their plan and their round, and without the note of use. In the worst case everything goes down in
 * the minute in which an hour is rolled up.
 */
const afterRound: Readonly<Record<Case, Statements>> = {
  typical: {
    queries: ordinary.queries - 2 - statementsOfMemory - statementsOfRecording.typical,
    calls: ordinary.calls - 2 - assumptions.d1CallsPerRound,
  },
  worst: {
    queries:
      outage.queries +
      (rollUp.queries - afterIncident.queries) -
      (3 + statementsOfMemory + statementsOfRecording.worst),
    calls: outage.calls + (rollUp.calls - afterIncident.calls) - 4 - assumptions.d1CallsPerRound,
  },
};

/** A tick asks the ledger which plan is in force; after a change it reads it and has it kept. */
const tickBase: Readonly<Record<Case, InvocationLoad>> = {
  typical: {
    ...idle,
    subrequests: 1 + afterRound.typical.calls,
    d1Queries: 1 + afterRound.typical.queries,
    cpuMs: assumptions.cpuMsPerTick,
  },
  worst: {
    ...idle,
    subrequests: 3 + afterRound.worst.calls,
    d1Queries: 2 + afterRound.worst.queries,
    cpuMs: assumptions.cpuMsPerTick,
  },
};

/** Messages of a tick to an object for a round: to run it, and to let go of its results. */
const messagesOfRun = 2;
/** After a change of plan an object asks for its part of it, and is told to run once more. */
const messagesAfterChange = 1;

/** Adds up what a plan takes, round by round over one day, with what is told outside. */
export function loadOf(plan: Plan, which: Case, outside: Outside = nothingOutside): Load {
  const told = outsideLoad(outside, plan, which);
  const day = new DaySum();
  let tick = idle;
  let object = idle;
  const active = steps.filter((step) => plan.monitors.some((m) => stepOf(m.schedule) === step));
  const period = periodOf(plan);
  for (let minute = 0; minute < period; minute += 60) {
    let minuteTick = tickBase[which];
    for (const step of active) {
      for (let time = minute; time < minute + 60; time += step) {
        const round = roundOf(plan, { time, step }, which);
        for (const load of [...round.runs, ...round.confirmations])
          object = most(object, added(load, told.object));
        addRound(day, round, plan, told.object);
        minuteTick = withRound(minuteTick, round, which);
      }
    }
    day.add({ workerRequests: 1, cpuMs: minuteTick.cpuMs });
    tick = most(tick, added(minuteTick, told.tick));
  }
  const whole = new DaySum();
  whole.add(day.times(secondsPerDay / period));
  if (which === "worst") whole.add(outageOf(plan));
  const { results } = whole.times(1);
  whole.add(upkeepOf(plan, which, results));
  whole.add(told.day);
  return { tick, object, day: whole.times(1), storedBytes: storedOf(plan, which, results) };
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

/** What one round takes. */
interface RoundLoad {
  /** Of each object that is asked to run it. */
  readonly runs: readonly InvocationLoad[];
  /** Of each object that is asked, after that, to confirm what another region saw. */
  readonly confirmations: readonly InvocationLoad[];
  readonly results: number;
  readonly heartbeats: number;
}

function roundOf(plan: Plan, round: Round, which: Case): RoundLoad {
  // The first object of each region shows that it is looking, also when nothing is due.
  const run = objectsFor(plan, (monitor, region) => isProbedFrom(monitor, region, round)).filter(
    ({ shard, monitors }) => shard === 0 || monitors.length > 0,
  );
  const confirm =
    which === "worst"
      ? objectsFor(plan, (monitor, region) => mayConfirm(monitor, region, round)).filter(
          ({ monitors }) => monitors.length > 0,
        )
      : [];
  const load = ({ monitors }: { readonly monitors: readonly Monitor[] }) =>
    objectLoad(plan, monitors, round.step, which);
  return {
    runs: run.map(load),
    confirmations: confirm.map(load),
    results: sum([...run, ...confirm].map(({ monitors }) => monitors.length)),
    heartbeats: plan.monitors.filter(
      ({ probe, schedule }) => probe.kind === "heartbeat" && isDue(schedule, round),
    ).length,
  };
}

function objectsFor(plan: Plan, isMeant: (monitor: Monitor, region: RegionId) => boolean) {
  return plan.regions.flatMap(({ id }) => {
    const shards: Monitor[][] = Array.from({ length: plan.shards }, () => []);
    for (const monitor of plan.monitors) {
      if (monitor.probe.kind === "heartbeat" || !isMeant(monitor, id)) continue;
      shards[monitor.shard]?.push(monitor);
    }
    return shards.map((monitors, shard) => ({ shard, monitors }));
  });
}

/** Under round-robin a failure is confirmed by all whose turn it was not. */
function mayConfirm(monitor: Monitor, region: RegionId, round: Round): boolean {
  if (monitor.mode === "parallel" || !isDue(monitor.schedule, round)) return false;
  return monitor.regions.includes(region) && !isProbedFrom(monitor, region, round);
}

function objectLoad(
  plan: Plan,
  monitors: readonly Monitor[],
  step: Step,
  which: Case,
): InvocationLoad {
  const requests = sum(monitors.map((monitor) => requestsOf(monitor, which)));
  const attempts = sum(monitors.map(({ retry }) => (which === "worst" ? retry.attempts : 1)));
  const waitMs =
    which === "worst"
      ? worstCaseMs(monitors, step)
      : Math.ceil(requests / connections) * assumptions.answerMs;
  return {
    subrequests: requests + (which === "worst" ? asideRequests(plan, monitors) : 0),
    connections: Math.min(connections, connectionsOf(plan, monitors, which)),
    cpuMs: attempts * assumptions.cpuMsPerAttempt,
    d1Queries: 0,
    wallMs: waitMs + assumptions.objectOverheadMs,
  };
}

/** What would be asked at once if nothing waited; control targets wait for their turn too. */
function connectionsOf({ controls }: Plan, { length }: readonly Monitor[], which: Case): number {
  if (which === "typical") return length;
  return length + 1 + (length > 0 ? controls.length : 0);
}

/** Control targets at the first failure and at the round's end, and now and then its own place. */
function asideRequests({ controls }: Plan, monitors: readonly Monitor[]): number {
  return 1 + (monitors.length > 0 ? 2 * controls.length : 0);
}

/** A round as the tick sees it: its messages to objects, the database, and the jobs' door. */
function withRound(tick: InvocationLoad, round: RoundLoad, which: Case): InvocationLoad {
  const { runs, confirmations, results, heartbeats } = round;
  const isWorst = which === "worst";
  const messages =
    runs.length * (messagesOfRun + (isWorst ? messagesAfterChange : 0)) + confirmations.length;
  // The api Worker is asked and the pings are read; and, of jobs that fail, when pings were taken.
  const doorQueries = heartbeats === 0 ? 0 : isWorst ? 2 : 1;
  const door = heartbeats === 0 ? 0 : 1 + doorQueries;
  const recording = statementsOfMemory + statementsOfRecording[which];
  return {
    subrequests: tick.subrequests + messages + assumptions.d1CallsPerRound + door,
    connections: 0,
    cpuMs: tick.cpuMs + (results + heartbeats) * assumptions.cpuMsPerResult,
    d1Queries: tick.d1Queries + recording + doorQueries,
    wallMs: Math.max(tick.wallMs, slowest(runs) + slowest(confirmations)),
  };
}

function slowest(objects: readonly InvocationLoad[]): number {
  return Math.max(0, ...objects.map(({ wallMs }) => wallMs));
}

/** A result is a row, so is the coverage of each region and of the jobs' door, and the ledger. */
function addRound(day: DaySum, round: RoundLoad, plan: Plan, told: InvocationLoad): void {
  const { runs, confirmations, heartbeats } = round;
  const results = round.results + heartbeats;
  const places = plan.regions.length + (heartbeats > 0 ? 1 : 0);
  const statuses = plan.monitors.length * (plan.regions.length + 1);
  day.add({
    results,
    // The door is the api Worker's: a request, a query and a row that it touches.
    workerRequests: heartbeats > 0 ? 1 : 0,
    d1RowsWritten: results + places + 1,
    // Each result is read once as JSON; isolates rarely live for a minute, so memory is read anew.
    d1RowsRead: results + statuses + 2 * plan.regions.length + 2 + (heartbeats > 0 ? 1 : 0),
  });
  for (const load of runs)
    day.add(ofObject(added(load, told), messagesOfRun, assumptions.objectRowsOfRun));
  for (const load of confirmations) {
    day.add(ofObject(added(load, told), 1, assumptions.objectRowsOfConfirmation));
  }
}

function ofObject(
  { cpuMs, wallMs }: InvocationLoad,
  messages: number,
  rows: { readonly written: number; readonly read: number },
): Partial<DayLoad> {
  const busyMs = wallMs + (messages - 1) * assumptions.acknowledgeMs;
  return {
    cpuMs,
    objectRequests: messages,
    objectGigabyteSeconds: (busyMs / 1_000) * assumptions.objectGigabytes,
    objectRowsWritten: rows.written,
    objectRowsRead: rows.read,
  };
}

/** Everything goes down and up again once: a status and a transition each time, and an outage. */
function outageOf({ monitors, regions }: Plan): Partial<DayLoad> {
  const scopes = monitors.length * (regions.length + 1);
  return { d1RowsWritten: 2 * (2 * scopes + 3 * monitors.length) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
