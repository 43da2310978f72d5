/**
 * The numbers by which results are stored: a word would cost more than the rest of the row.
 * Only ever append; a number once given keeps its meaning.
 */
import type { FailureReason, OwnFault } from "../domain/reason.ts";
import { type Status, statuses } from "../domain/status.ts";

const outcomeCodes: Readonly<Record<Status, number>> = { up: 0, degraded: 1, down: 2, unknown: 3 };

const reasonCodes: Readonly<Record<FailureReason | OwnFault, number>> = {
  "http-timeout": 1,
  connection: 2,
  status: 3,
  latency: 4,
  text: 5,
  json: 6,
  "body-size": 7,
  header: 8,
  regex: 9,
  redirect: 10,
  protocol: 16,
  step: 24,
  dns: 11,
  "connect-refused": 12,
  "connect-timeout": 13,
  tls: 14,
  "tcp-expect": 20,
  certificate: 21,
  "dns-record": 22,
  websocket: 23,
  "heartbeat-missing": 30,
  "heartbeat-failed": 32,
  "heartbeat-overlong": 33,
  "seen-down": 40,
  "region-unreachable": 101,
  "not-run": 102,
  internal: 103,
  "control-failed": 105,
  "secret-missing": 104,
  "pings-not-taken": 107,
  "resolver-failed": 108,
  "platform-refused": 109,
  "target-refused": 110,
  "vantage-point-silent": 111,
};

const reasons = new Map(
  Object.entries(reasonCodes).map(([reason, code]) => [code, reason] as const),
);

/** The number that stands for an outcome. */
export function encodeOutcome(outcome: Status): number {
  return outcomeCodes[outcome];
}

/** The outcome of a number. Throws RangeError on a number that no version has written. */
export function decodeOutcome(code: number): Status {
  const outcome = statuses.find((status) => outcomeCodes[status] === code);
  if (outcome === undefined) throw new RangeError(`no outcome has the code ${code}`);
  return outcome;
}

/** The number that stands for a reason. */
export function encodeReason(reason: FailureReason | OwnFault): number {
  return reasonCodes[reason];
}

/** The reason of a number, in words. Throws RangeError on a number that no version has written. */
export function decodeReason(code: number): string {
  const reason = reasons.get(code);
  if (reason === undefined) throw new RangeError(`no reason has the code ${code}`);
  return reason;
}
