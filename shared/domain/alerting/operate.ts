/**
 * What people do with incidents and alerts. Each takes the memory, changes it, and says what that
 * was, or why it could not be done; like a decision it is written by compare-and-swap.
 */

import { manualRule } from "./decide-alerts.ts";
import type { Incident } from "./incident.ts";
import type { Alert, AlertMemory, Notification } from "./memory.ts";
import { alertKey } from "./memory.ts";
import { tellAll } from "./page.ts";
import type { Priority } from "./priority.ts";
import type { Level } from "./rule.ts";

/** What an action changed. */
export interface Operated {
  readonly ok: true;
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly notifications: readonly Notification[];
}

/** Why an action was refused; nothing is changed then. */
export interface Refused {
  readonly ok: false;
  readonly because:
    | "unknown-incident"
    | "unknown-alert"
    | "merged"
    | "ended"
    | "already-acknowledged"
    | "not-firing"
    | "not-manual"
    | "itself"
    | "in-the-past";
  /** In words: what was wrong and what is allowed. */
  readonly detail: string;
}

export type Operation = Operated | Refused;

/** Takes an incident on: escalation stops, and everybody who was told hears who has it. */
export function acknowledge(memory: AlertMemory, key: string, by: string, now: number): Operation {
  const found = handled(memory, key);
  if (!found.ok) return found;
  const { incident } = found;
  if (incident.endedAt !== null) return refuse("ended", "it is over; nothing is to be taken on");
  if (incident.acknowledgedAt !== null) {
    return refuse("already-acknowledged", `${incident.acknowledgedBy} has it already`);
  }
  const taken = { ...incident, acknowledgedAt: now, acknowledgedBy: by };
  // They were told that it was over, and not that it came back.
  if (incident.page?.endTold) return done({ incidents: [taken] });
  const told = tellAll(taken, "acknowledge", `acknowledged by ${by}`);
  return done({ incidents: [told.incident], notifications: told.notifications });
}

/** Nobody is told of an incident until then, unless it gets worse. */
export function snooze(memory: AlertMemory, key: string, until: number, now: number): Operation {
  const found = handled(memory, key);
  if (!found.ok) return found;
  if (found.incident.endedAt !== null) return refuse("ended", "it is over; nothing is told of it");
  if (until <= now) return refuse("in-the-past", "a snooze ends in the future");
  return done({ incidents: [{ ...found.incident, snoozedUntil: until }] });
}

/** Sets a priority; it is not computed any more. */
export function prioritise(memory: AlertMemory, key: string, priority: Priority): Operation {
  const found = handled(memory, key);
  if (!found.ok) return found;
  return done({ incidents: [{ ...found.incident, priority, priorityFixed: true }] });
}

/**
 * Makes one incident part of another, with all that is merged into it. Those who were told of it
 * are told that it is over: it goes on as the other.
 */
export function merge(memory: AlertMemory, key: string, into: string): Operation {
  const from = handled(memory, key);
  if (!from.ok) return from;
  const root = handled(memory, into);
  if (!root.ok) return root;
  if (key === into) return refuse("itself", "an incident cannot be merged into itself");
  if (root.incident.endedAt !== null) {
    return refuse("ended", `${into} is over; merge into one that goes on`);
  }
  const closing = from.incident.page?.endTold === false;
  const told = closing
    ? tellAll(from.incident, "resolve", `merged into ${root.incident.title}`)
    : { incident: from.incident, notifications: [] };
  const page = told.incident.page && { ...told.incident.page, endTold: true };
  const children = [...memory.incidents.values()].filter(({ mergedInto }) => mergedInto === key);
  return done({
    incidents: [
      { ...told.incident, page, mergedInto: into },
      ...children.map((child) => ({ ...child, mergedInto: into })),
    ],
    notifications: told.notifications,
  });
}

/** What a person triggers by hand. */
export interface ManualAlert {
  /** Unique among manual alerts: the same again is the same alert. */
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly severity: Level;
  readonly monitor: string | null;
}

/** Triggers an alert by hand: an incident of its own, that the next decision tells of. */
export function trigger(memory: AlertMemory, manual: ManualAlert, now: number): Operation {
  const subject = { monitor: manual.monitor, region: null, metric: manual.id };
  const key = alertKey(manualRule, subject);
  if (memory.alerts.get(key)?.state.phase === "firing") return done({});
  const incident: Incident = {
    key: `alert/${key}/${now}`,
    origin: "manual",
    monitor: manual.monitor,
    title: manual.title,
    startedAt: now,
    detectedAt: now,
    endedAt: null,
    mergedInto: null,
    severity: manual.severity,
    priority: "P4",
    priorityFixed: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    page: null,
  };
  const alert: Alert = {
    key,
    rule: manualRule,
    subject,
    state: {
      phase: "firing",
      level: manual.severity,
      since: now,
      firedAt: now,
      criticalSince: manual.severity === "critical" ? now : null,
      wellSince: null,
      quiet: null,
    },
    value: null,
    detail: manual.message,
    incident: incident.key,
    verdict: null,
  };
  return done({ alerts: [alert], incidents: [incident] });
}

/** Ends an alert that was triggered by hand; what signals fire, only signals end. */
export function resolveByHand(memory: AlertMemory, key: string, now: number): Operation {
  const alert = memory.alerts.get(key);
  if (!alert) return refuse("unknown-alert", "no such alert fires");
  if (alert.rule !== manualRule) {
    return refuse(
      "not-manual",
      "it ends when its signal is well; acknowledge, snooze or silence it",
    );
  }
  if (alert.state.phase !== "firing") return refuse("not-firing", "it is over already");
  const { level, since, firedAt } = alert.state;
  return done({
    alerts: [{ ...alert, state: { phase: "resolved", level, since, firedAt, resolvedAt: now } }],
  });
}

function handled(
  memory: AlertMemory,
  key: string,
): { readonly ok: true; readonly incident: Incident } | Refused {
  const incident = memory.incidents.get(key);
  if (!incident) return refuse("unknown-incident", "no such incident goes on or ended lately");
  if (incident.mergedInto !== null) {
    return refuse("merged", `it is handled as ${incident.mergedInto}`);
  }
  return { ok: true, incident };
}

function done(changed: Partial<Omit<Operated, "ok">>): Operated {
  return { ok: true, alerts: [], incidents: [], notifications: [], ...changed };
}

function refuse(because: Refused["because"], detail: string): Refused {
  return { ok: false, because, detail };
}
