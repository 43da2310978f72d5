import { type LogValue, report, writeLine } from "../../../shared/log.ts";
import type { RoundOutcome, TickOutcome } from "./tick.ts";
import { tickFaults } from "./tick-faults.ts";
import type { UpkeepOutcome } from "./upkeep.ts";

/**
 * Writes a tick's outcome as one line; as an error where something was not done. What was not, is
 * reported thing by thing.
 */
export function logTick(outcome: TickOutcome, durationMs: number): void {
  const rounds = outcome.rounds.map(describeRound);
  const complete =
    outcome.plan.kind === "loaded" &&
    outcome.alive.kind !== "failed" &&
    outcome.noted.kind === "noted" &&
    (outcome.upkeep?.failed.length ?? 0) === 0 &&
    outcome.rounds.every(isComplete);
  for (const fault of tickFaults(outcome)) report(fault);
  writeLine(complete ? "info" : "error", "tick", {
    minute: outcome.minute,
    durationMs,
    plan: outcome.plan.kind,
    ...(outcome.plan.kind === "none" ? {} : { revision: outcome.plan.plan.revision }),
    ...(outcome.plan.kind === "loaded" ? {} : { fault: outcome.plan.fault }),
    rounds,
    ...(outcome.upkeep === null ? {} : { upkeep: describeUpkeep(outcome.upkeep) }),
    ...(outcome.alive.kind === "off" ? {} : { alive: { ...outcome.alive } }),
    ...(outcome.noted.kind === "noted" ? {} : { noted: { ...outcome.noted } }),
  });
}

function describeUpkeep({ durationMs, told }: UpkeepOutcome): LogValue {
  return { durationMs, ...told };
}

function isComplete(round: RoundOutcome): boolean {
  return (
    round.kind === "run" &&
    round.recorded.kind === "recorded" &&
    round.faults.length === 0 &&
    round.told?.alerted.kind === "decided" &&
    Object.keys(round.told.alerted.faults).length === 0 &&
    round.told.delivered.fault === null &&
    round.told.delivered.dead === 0
  );
}

/** Nothing is said of alerts where there was nothing to do. */
function describeTold(told: Extract<RoundOutcome, { kind: "run" }>["told"]): LogValue {
  if (told === null) return "nothing decided: nothing was recorded";
  const { alerted, delivered } = told;
  const done = Object.entries({ ...alerted, ...delivered }).filter(
    ([, value]) => typeof value !== "number" || value > 0,
  );
  return Object.fromEntries(done.filter(([, value]) => value !== null));
}

function describeRound(outcome: RoundOutcome): LogValue {
  const { time, step } = outcome.round;
  if (outcome.kind === "missed") return { time, step, outcome: "missed" };
  const faults = outcome.faults.map(({ region, shard, fault }) => ({ region, shard, fault }));
  const { recorded } = outcome;
  if (recorded.kind === "not-recorded") {
    const { reason, detail } = recorded;
    return { time, step, outcome: "not-recorded", reason, detail, faults };
  }
  const { recording, newResults, rows, gapSeconds } = recorded;
  return {
    time,
    step,
    outcome: "recorded",
    results: recording.results.length,
    newResults,
    late: recording.late.length,
    gapSeconds,
    transitions: recording.transitions.length,
    opened: recording.outages.filter(({ change }) => change !== "close").length,
    closed: recording.outages.filter(({ change }) => change === "close").length,
    rowsRead: rows.read,
    rowsWritten: rows.written,
    faults,
    alerts: describeTold(outcome.told),
  };
}
