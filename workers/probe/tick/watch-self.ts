/**
 * Last step: what failed of this tick, which objects did not answer, and what it took of the
 * platform's limits are noted, for the alert rules about the monitoring itself (docs/runbooks). What
 * cannot be noted now is noted with the next tick, as long as this isolate lives.
 */
import { toSeconds } from "../../../shared/clock.ts";
import type { FaultCounts } from "../../../shared/domain/own-faults.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Usage } from "../../../shared/domain/quota.ts";
import { describeError } from "../../../shared/log.ts";
import {
  deleteOldNotes,
  noteStatements,
  type OwnNotes,
} from "../../../shared/storage/own-watch.ts";
import { cloudflarePlan, logQuotaOff } from "../watch-settings.ts";
import type { DatabaseMeter } from "./meter-database.ts";
import type { TickSurroundings } from "./surroundings.ts";
import type { RoundOutcome, TickOutcome } from "./tick.ts";

/** A tick that is to be noted. */
type Done = Omit<TickOutcome, "noted">;

/** Faults are kept for as long as a rule may look back, and a backtest: seconds. */
const keptSeconds = 8 * 86_400;
const mostAtOnce = 500;

type Ran = Extract<RoundOutcome, { kind: "run" }>;

/** What became of it; what was not noted is noted with a later tick. */
export type NotedOutcome =
  | { readonly kind: "noted" }
  | { readonly kind: "not-noted"; readonly faults: number; readonly detail: string };

/** Notes it. Never throws. */
export async function watchSelf(
  surroundings: TickSurroundings,
  outcome: Done,
  meter: DatabaseMeter,
): Promise<NotedOutcome> {
  const { env, clock, recollection } = surroundings;
  const { faults } = recollection;
  countFaults(faults, outcome, meter);
  const taken = faults.take(mostAtOnce);
  const plan = outcome.plan.kind === "none" ? null : outcome.plan.plan;
  const now = toSeconds(clock.now());
  const objects = plan === null ? { silent: [], answered: [] } : objectsOf(plan, outcome.rounds);
  const account = cloudflarePlan(env);
  logQuotaOff(account);
  const suspected = objects.silent.length > 0 || recollection.silentObjects !== false;
  const notes: OwnNotes = {
    now,
    faults: taken,
    silent: objects.silent,
    answered: suspected ? objects.answered : [],
    usage: account === null ? null : { plan: account, ...usageOf(outcome, meter) },
  };
  try {
    const statements = noteStatements(env.DB, notes);
    if (statements.length > 0) await env.DB.batch(statements);
    recollection.silentObjects = objects.silent.length > 0;
    if (outcome.minute % 3_600 === 0) await deleteOldNotes(env.DB, now - keptSeconds, mostAtOnce);
    return { kind: "noted" };
  } catch (error) {
    faults.giveBack(taken);
    return { kind: "not-noted", faults: taken.length, detail: describeError(error) };
  }
}

function countFaults(
  faults: FaultCounts,
  { minute, plan, rounds, upkeep, alive }: Done,
  { failed, failure }: DatabaseMeter,
): void {
  if (failed > 0) faults.add(minute, "database", failure ?? "", null, failed);
  if (plan.kind !== "loaded") faults.add(minute, "stale-plan", plan.fault);
  for (const round of rounds) countRound(faults, minute, round);
  for (const step of upkeep?.failed ?? []) faults.add(minute, "upkeep", step);
  if (alive.kind === "failed") faults.add(minute, "dead-man", alive.detail);
}

function countRound(faults: FaultCounts, minute: number, outcome: RoundOutcome): void {
  if (outcome.kind === "missed") {
    faults.add(minute, "missed-round", `every ${outcome.round.step} s`);
    return;
  }
  const { recorded, told } = outcome;
  if (recorded.kind === "not-recorded") faults.add(minute, "recording", recorded.detail);
  else {
    for (const { region, rounds } of recorded.dropped) {
      faults.add(minute, "dropped-results", `${rounds} rounds`, region, rounds);
    }
  }
  if (told?.alerted.kind === "not-decided") faults.add(minute, "alerting", told.alerted.detail);
  else {
    for (const [signal, fault] of Object.entries(told?.alerted.faults ?? {})) {
      faults.add(minute, "alerting", `${signal}: ${fault}`);
    }
  }
  const undelivered = told?.delivered.fault ?? null;
  if (undelivered !== null) faults.add(minute, "delivery", undelivered);
}

/** An object that answered in any round of the tick is not silent. */
function objectsOf(plan: Plan, rounds: readonly RoundOutcome[]) {
  const ran = rounds.filter((round): round is Ran => round.kind === "run");
  const answered = ran.flatMap((round) => round.answered);
  const isAnswering = new Set(answered.map(({ region, shard }) => `${region}/${shard}`));
  const numbers = new Map(plan.regions.map(({ id, number }) => [id, number]));
  const silent = ran.flatMap(({ round, faults }) =>
    faults.flatMap(({ region: id, shard, fault }) => {
      const region = numbers.get(id);
      if (region === undefined || isAnswering.has(`${region}/${shard}`)) return [];
      return [{ region, shard, since: round.time, detail: fault }];
    }),
  );
  return { silent, answered };
}

/** A message to run and one to acknowledge; confirmations, which are rare, are not counted. */
function usageOf({ rounds }: Done, meter: DatabaseMeter): Usage {
  const ran = rounds.filter((round): round is Ran => round.kind === "run");
  const messages = ran.reduce((sum, one) => sum + 2 * one.answered.length + one.faults.length, 0);
  const sent = ran.reduce((sum, { told }) => {
    return sum + (told === null ? 0 : told.delivered.sent + told.delivered.retried);
  }, 0);
  return {
    d1RowsRead: meter.rowsRead,
    d1RowsWritten: meter.rowsWritten,
    workerRequests: 1,
    objectRequests: messages,
    mostSubrequests: meter.calls + messages + sent,
    mostD1Queries: meter.queries,
    databaseBytes: meter.bytes,
  };
}
