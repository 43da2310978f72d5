/** Why people were told of an alert, or were not: the steps of its escalation, and the words. */

import {
  type EscalationPolicy,
  type EscalationStep,
  type NextInHours,
  nextStepAt,
} from "./escalation.ts";
import type { Incident } from "./incident.ts";
import type { Alert } from "./memory.ts";
import type { AlertRule } from "./rule.ts";
import {
  decisionWords,
  durationWords,
  type TimelineDecision,
  type TimelineNotification,
} from "./timeline.ts";

export type StepState = "taken" | "due" | "waiting" | "not-for-this-level" | "stopped";

/** A step of the present round, and how it stands. */
export interface ExplainedStep {
  readonly step: EscalationStep;
  /** Epoch seconds; null where it is past the last round. */
  readonly dueAt: number | null;
  readonly state: StepState;
}

export interface ExplainedEscalation {
  /** Why it goes no further; null while it may. */
  readonly stopped: string | null;
  readonly nextStepAt: number | null;
  readonly steps: readonly ExplainedStep[];
}

/** How far the escalation of an incident has got; null where nobody was told. */
export function explainEscalation(
  incident: Incident,
  policy: EscalationPolicy | null,
  now: number,
  nextInHours: NextInHours,
): ExplainedEscalation | null {
  const { page } = incident;
  if (page === null) return null;
  const stopped = stoppedBecause(incident, now);
  if (policy === null) return { stopped, nextStepAt: null, steps: [] };
  const round = Math.floor(page.stepsTaken / policy.steps.length);
  const steps = policy.steps.map((step, index): ExplainedStep => {
    const sequence = round * policy.steps.length + index;
    const dueAt = nextStepAt(policy, page.startedAt, sequence, nextInHours);
    return { step, dueAt, state: stateOf(step, sequence, dueAt) };
  });
  const next = nextStepAt(policy, page.startedAt, page.stepsTaken, nextInHours);
  return { stopped, nextStepAt: stopped === null ? next : null, steps };

  function stateOf(step: EscalationStep, sequence: number, dueAt: number | null): StepState {
    if (page !== null && !step.levels.includes(page.level)) return "not-for-this-level";
    if (page !== null && sequence < page.stepsTaken) return "taken";
    if (stopped !== null || dueAt === null) return "stopped";
    return dueAt <= now ? "due" : "waiting";
  }
}

function stoppedBecause(incident: Incident, now: number): string | null {
  const { endedAt, acknowledgedAt, acknowledgedBy, mergedInto, snoozedUntil } = incident;
  if (mergedInto !== null) return "it is handled as another incident";
  if (endedAt !== null) return "it is over";
  if (acknowledgedAt !== null) return `acknowledged by ${acknowledgedBy}`;
  if (snoozedUntil !== null && now < snoozedUntil) return "it is snoozed";
  return null;
}

/** What the words are made of. */
export interface Told {
  /** Null: it is over and forgotten. */
  readonly alert: Pick<Alert, "state" | "detail" | "value"> | null;
  readonly rule: AlertRule | null;
  readonly decisions: readonly TimelineDecision[];
  readonly escalation: ExplainedEscalation | null;
  readonly notifications: readonly TimelineNotification[];
}

/** The story of an alert, a sentence each. */
export function explainInWords(
  { alert, rule, decisions, escalation, notifications }: Told,
  now: number,
): string[] {
  return [
    ...(rule === null ? [] : [ruleWords(rule)]),
    ...(alert === null ? ["It is over."] : [stateWords(alert, rule, now)]),
    ...(decisions.length === 0 ? ["Nothing was decided about it yet."] : decisions.map(sentence)),
    ...(escalation === null ? ["Nobody was told."] : []),
    ...notifications.map(notificationWords),
    ...(escalation !== null && escalation.stopped !== null
      ? [`Escalation goes no further: ${escalation.stopped}.`]
      : []),
  ];
}

function sentence(decision: TimelineDecision): string {
  return `${capital(decisionWords(decision))}.`;
}

function ruleWords({ name, signal, thresholds, severity, forSeconds }: AlertRule): string {
  const lasting = forSeconds > 0 ? ` for ${durationWords(forSeconds)}` : "";
  if (thresholds === null) return `Rule "${name}": ${signal.kind}${lasting} is ${severity}.`;
  const parts = [
    thresholds.warning === null ? [] : [`${thresholds.warning} is a warning`],
    thresholds.critical === null ? [] : [`${thresholds.critical} is critical`],
  ].flat();
  return `Rule "${name}": ${signal.kind} ${thresholds.direction} ${parts.join(", ")}${lasting}.`;
}

function stateWords(
  { state, detail, value }: Pick<Alert, "state" | "detail" | "value">,
  rule: AlertRule | null,
  now: number,
): string {
  const seen = [value === null ? [] : [`value ${value}`], detail === "" ? [] : [detail]].flat();
  const what = seen.length === 0 ? "" : ` (${seen.join(", ")})`;
  switch (state.phase) {
    case "pending": {
      const left = state.since + (rule?.forSeconds ?? 0) - now;
      const when = left > 0 ? `; it fires in ${durationWords(left)} if it lasts` : "";
      return `It is pending at ${state.level}${what}${when}.`;
    }
    case "firing":
      return `It fires at ${state.level}${what}, for ${durationWords(Math.max(0, now - state.firedAt))}.`;
    case "resolved":
      return `It was resolved ${durationWords(Math.max(0, now - state.resolvedAt))} ago.`;
  }
}

function notificationWords(one: TimelineNotification): string {
  const to = `${capital(one.kind)} to ${one.channel}${one.fallbackOf === null ? "" : ", in place of another channel"}`;
  const tries = one.attempts === 1 ? "1 attempt" : `${one.attempts} attempts`;
  switch (one.state) {
    case "sent":
      return `${to}: delivered ${durationWords(Math.max(0, (one.sentAt ?? one.createdAt) - one.createdAt))} after the decision, ${tries}.`;
    case "dead":
      return `${to}: given up after ${tries} (${one.failure ?? "no reason known"}).`;
    case "superseded":
      return `${to}: not sent, for a newer one took its place.`;
    case "pending":
    case "leased":
      return `${to}: on its way, ${tries}${one.failure === null ? "" : `, last ${one.failure}`}.`;
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
