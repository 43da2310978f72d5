import { type LogValue, log } from "../../../shared/log.ts";
import type { RoundOutcome, TickOutcome } from "./tick.ts";
import type { UpkeepOutcome } from "./upkeep.ts";

/** Writes a tick's outcome as one line; as an error where something was not done. */
export function logTick(outcome: TickOutcome, durationMs: number): void {
  const rounds = outcome.rounds.map(describeRound);
  const complete =
    outcome.plan.kind === "loaded" &&
    (outcome.upkeep?.failed.length ?? 0) === 0 &&
    outcome.rounds.every(
      (round) =>
        round.kind === "run" && round.recorded.kind === "recorded" && round.faults.length === 0,
    );
  log(complete ? "info" : "error", "tick", {
    minute: outcome.minute,
    durationMs,
    plan: outcome.plan.kind,
    ...(outcome.plan.kind === "none" ? {} : { revision: outcome.plan.plan.revision }),
    ...(outcome.plan.kind === "loaded" ? {} : { fault: outcome.plan.fault }),
    rounds,
    ...(outcome.upkeep === null ? {} : { upkeep: describeUpkeep(outcome.upkeep) }),
  });
}

function describeUpkeep({ durationMs, told }: UpkeepOutcome): LogValue {
  return { durationMs, ...told };
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
    opened: recording.incidents.filter(({ change }) => change !== "close").length,
    closed: recording.incidents.filter(({ change }) => change === "close").length,
    rowsRead: rows.read,
    rowsWritten: rows.written,
    faults,
  };
}
