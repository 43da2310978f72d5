/** What alerting remembers between two decisions, and what a decision is made from and yields. */
import type { AlertState, Sample, Subject } from "./alert.ts";
import type { EscalationPolicy, NextInHours } from "./escalation.ts";
import type { Incident } from "./incident.ts";
import type { Muting } from "./mute.ts";
import type { AlertRule } from "./rule.ts";

/** An alert as it is kept. */
export interface Alert {
  readonly key: string;
  readonly rule: string;
  readonly subject: Subject;
  readonly state: AlertState;
  readonly value: number | null;
  readonly detail: string;
  /** Key of its incident; null until it fired. */
  readonly incident: string | null;
  /** Why people are told of it, or are not, as last decided: written on change only. */
  readonly verdict: string | null;
}

export interface AlertMemory {
  readonly alerts: ReadonlyMap<string, Alert>;
  /** Those that go on, and those that ended a short while ago. */
  readonly incidents: ReadonlyMap<string, Incident>;
}

/** A sample that comes with the outage it tells of. */
export interface SampledOutage {
  /** Key of its incident. */
  readonly key: string;
  readonly startedAt: number;
  readonly detectedAt: number;
}

/** A sample, and what only some have. */
export interface SampleOf extends Sample {
  readonly outage?: SampledOutage;
  /** What an incident of its own would be called. */
  readonly title: string;
}

/** All that a decision is made from. */
export interface AlertInput {
  readonly now: number;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly policies: ReadonlyMap<string, EscalationPolicy>;
  readonly samples: readonly SampleOf[];
  readonly muting: Muting;
  /** The labels by which a monitor can be matched. */
  readonly labelsOf: (monitor: string) => {
    readonly group: string;
    readonly tags: readonly string[];
    readonly category: string | null;
  } | null;
  /** How many monitors there are. */
  readonly monitors: number;
  readonly nextInHours: NextInHours;
}

export type NotificationKind =
  | "trigger"
  | "escalate"
  | "update"
  | "deadline"
  | "acknowledge"
  | "resolve";

/** What a channel is to be told. Its words are found when it is sent, from what is true then. */
export interface Notification {
  readonly incident: string;
  readonly channel: string;
  readonly kind: NotificationKind;
  readonly sequence: number;
  /** Id of the rotation whose person on call is named. */
  readonly onCall: string | null;
  readonly because: string;
}

/** The same notification has the same key, whoever decides it again. */
export function idempotencyKey({ incident, channel, kind, sequence }: Notification): string {
  return `${incident}/${channel}/${sequence}/${kind}`;
}

/** Why people are told of an alert, or are not. */
export interface Decision {
  readonly alert: string;
  readonly incident: string | null;
  readonly at: number;
  readonly decision: "told" | "not-told";
  /** One of a few words, and what it was decided from. */
  readonly because: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a decision yields: only what changed. */
export interface AlertOutcome {
  readonly memory: AlertMemory;
  readonly alerts: readonly Alert[];
  /** Keys of alerts that are forgotten. */
  readonly forgotten: readonly string[];
  readonly incidents: readonly Incident[];
  readonly notifications: readonly Notification[];
  readonly decisions: readonly Decision[];
}

/** The key of an alert. */
export function alertKey(rule: string, { monitor, region, metric }: Subject): string {
  return [rule, monitor ?? "", region ?? "", metric ?? ""].join("/").replace(/\/+$/, "");
}
