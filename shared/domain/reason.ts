/**
 * Why a probe failed: one closed union for code, database, API and logs.
 * A target's fault makes a result down or degraded; our own fault makes it unknown.
 */
export const failureReasons = [
  "http-timeout",
  "connection",
  "status",
  "latency",
  "text",
  "json",
  "body-size",
  "header",
  "regex",
  "redirect",
  "protocol",
  "step",
  "dns",
  "connect-refused",
  "connect-timeout",
  "tls",
  "tcp-expect",
  "certificate",
  "dns-record",
  "websocket",
  "heartbeat-missing",
  "heartbeat-failed",
  "heartbeat-overlong",
  "seen-down",
] as const;

export type FailureReason = (typeof failureReasons)[number];

/** Why we cannot say anything about the target. Never the target's downtime (law 1). */
export const ownFaults = [
  "region-unreachable",
  "not-run",
  "internal",
  "control-failed",
  "secret-missing",
  "resolver-failed",
  "platform-refused",
  "target-refused",
  "pings-not-taken",
  "vantage-point-silent",
] as const;

export type OwnFault = (typeof ownFaults)[number];
