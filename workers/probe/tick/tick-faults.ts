import type { Fault, LogValue } from "../../../shared/log.ts";
import type { RoundOutcome, TickOutcome } from "./tick.ts";

type Fields = Readonly<Record<string, LogValue>>;

const fault = (event: string, fields: Fields): Fault => ({ event, fields });

/**
 * What of ours went wrong in a tick, one by one, as error reports tell it. That a target failed is a
 * result, and not among them.
 */
export function tickFaults({ plan, rounds, upkeep, alive, noted }: TickOutcome): Fault[] {
  return [
    ...(plan.kind === "loaded"
      ? []
      : [fault("plan-not-loaded", { reason: plan.kind, error: plan.fault })]),
    ...rounds.flatMap(roundFaults),
    ...(upkeep?.failed ?? []).map((step) =>
      fault("upkeep-failed", { reason: step, told: upkeep?.told[step] ?? null }),
    ),
    ...(alive.kind === "failed"
      ? [fault("dead-man-not-told", { reason: alive.reason, error: alive.detail })]
      : []),
    ...(noted.kind === "not-noted"
      ? [fault("self-not-noted", { faults: noted.faults, error: noted.detail })]
      : []),
  ];
}

function roundFaults(outcome: RoundOutcome): Fault[] {
  const { time, step } = outcome.round;
  if (outcome.kind === "missed") return [fault("round-missed", { time, step })];
  const { faults, recorded, told } = outcome;
  return [
    ...faults.map(({ region, shard, fault: error }) =>
      fault("region-silent", { region, shard, time, error }),
    ),
    ...(recorded.kind === "not-recorded"
      ? [fault("round-not-recorded", { reason: recorded.reason, time, error: recorded.detail })]
      : []),
    ...(told === null ? [] : toldFaults(told, time)),
  ];
}

function toldFaults(
  { alerted, delivered }: NonNullable<Extract<RoundOutcome, { kind: "run" }>["told"]>,
  time: number,
): Fault[] {
  return [
    ...(alerted.kind === "decided"
      ? Object.entries(alerted.faults).map(([signal, error]) =>
          fault("signal-not-measured", { reason: signal, time, error }),
        )
      : [fault("alerts-not-decided", { reason: alerted.reason, time, error: alerted.detail })]),
    ...(delivered.fault === null ? [] : [fault("outbox-failed", { time, error: delivered.fault })]),
    ...(delivered.dead === 0 ? [] : [fault("notifications-dead", { time, dead: delivered.dead })]),
  ];
}
