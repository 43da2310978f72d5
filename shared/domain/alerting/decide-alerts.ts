/**
 * The one place where signals become notifications: a pure fold over what is remembered and what
 * is seen now. Run twice on the same memory it gives the same answer, with the same keys; run again
 * on what it yielded it gives nothing (law 4).
 *
 *   1. samples → alerts            each by its rule (alert.ts)
 *   2. alerts that fire → incidents an outage's own, the monitor's open one, one that began just
 *                                  now, or a new one (incident.ts)
 *   3. muted?                      maintenance, silence, dependency, cooldown (mute.ts)
 *   4. incidents → notifications   first step, escalation, updates, deadlines, the end (page.ts)
 *
 * Every decision to tell people of an alert, or not to, is kept with its reason.
 */

import { type AlertState, advanceAlert } from "./alert.ts";
import { type Incident, rootFor } from "./incident.ts";
import {
  type Alert,
  type AlertInput,
  type AlertMemory,
  type AlertOutcome,
  alertKey,
  type Decision,
  type Notification,
  type SampleOf,
} from "./memory.ts";
import { type Mute, muteOf } from "./mute.ts";
import { type AudibleAlert, page } from "./page.ts";
import { priorityOf } from "./priority.ts";
import type { AlertRule, Level } from "./rule.ts";

/** Takes the memory before and what is seen now; returns what changed and the memory after. */
export function decideAlerts(memory: AlertMemory, input: AlertInput): AlertOutcome {
  const fold = new Fold(memory, input);
  fold.advance();
  fold.endIncidents();
  fold.tell();
  return fold.outcome();
}

class Fold {
  readonly #before: AlertMemory;
  readonly #input: AlertInput;
  readonly #alerts: Map<string, Alert>;
  readonly #incidents: Map<string, Incident>;
  readonly #notifications: Notification[] = [];
  readonly #decisions: Decision[] = [];

  constructor(memory: AlertMemory, input: AlertInput) {
    this.#before = memory;
    this.#input = input;
    this.#alerts = new Map(memory.alerts);
    this.#incidents = new Map(memory.incidents);
  }

  /** Steps 1 and 2. */
  advance(): void {
    const { samples, rules, now } = this.#input;
    const sampled = new Set<string>();
    for (const sample of samples) {
      const rule = rules.get(sample.rule);
      if (!rule?.enabled) continue;
      const key = alertKey(sample.rule, sample.subject);
      sampled.add(key);
      this.#advanceOne(key, rule, sample);
    }
    for (const alert of this.#alerts.values()) {
      if (sampled.has(alert.key)) continue;
      // Only people end what only people have seen; what they have ended is forgotten like the rest.
      if (alert.rule === manualRule && alert.state.phase !== "resolved") continue;
      this.#age(alert, rules.get(alert.rule), now);
    }
  }

  #advanceOne(key: string, rule: AlertRule, sample: SampleOf): void {
    const before = this.#alerts.get(key) ?? null;
    const { state, change } = advanceAlert(before?.state ?? null, sample, rule, this.#input.now);
    if (state === null) {
      this.#alerts.delete(key);
      return;
    }
    const bad = sample.level === "warning" || sample.level === "critical";
    const { rule: id, subject } = sample;
    const alert: Alert = {
      key,
      rule: id,
      subject,
      state,
      // A number that moves is no change of an alert: it is kept as it was when something was decided.
      value: change === "none" && before ? before.value : sample.value,
      detail: change === "none" && before ? before.detail : sample.detail,
      incident: before?.incident ?? null,
      verdict: before?.verdict ?? null,
    };
    const joined = change === "fired" && bad ? this.#join(alert, sample) : alert;
    if (before === null || !isSame(before, joined)) this.#alerts.set(key, joined);
  }

  /** An alert that nothing is said of any more: its rule or its subject is gone, or its rule off. */
  #age(alert: Alert, rule: AlertRule | undefined, now: number): void {
    const timing = rule ?? { forSeconds: 0, resolveSeconds: 0, cooldownSeconds: 0 };
    const gone = { ...timing, resolveSeconds: 0 };
    const { state } = advanceAlert(alert.state, { level: "well", since: null }, gone, now);
    if (state === null) this.#alerts.delete(alert.key);
    else if (state !== alert.state) this.#alerts.set(alert.key, { ...alert, state });
  }

  #join(alert: Alert, sample: SampleOf): Alert {
    const incident = this.#incidentFor(alert, sample);
    this.#incidents.set(incident.key, incident);
    return { ...alert, incident: incident.key, verdict: null };
  }

  #incidentFor(alert: Alert, sample: SampleOf): Incident {
    const { now } = this.#input;
    const last = alert.incident === null ? undefined : this.#incidents.get(alert.incident);
    // Back within its cooldown it is the same trouble, which goes on.
    if (last && !sample.outage && isQuiet(alert.state)) return { ...last, endedAt: null };
    const level: Level = alert.state.level;
    if (sample.outage) return this.#outage(sample, sample.outage, level);
    const { monitor } = sample.subject;
    const own = monitor === null ? undefined : this.#openIncidentOf(monitor);
    if (own) return own;
    const since = alert.state.since;
    const key = `alert/${alert.key}/${since}`;
    const known = this.#incidents.get(key);
    if (known) return { ...known, endedAt: null };
    const root = rootFor(this.#incidents.values(), key, now);
    return this.#begin(key, "alert", sample, since, now, level, root);
  }

  #outage(
    sample: SampleOf,
    { key, startedAt, detectedAt }: NonNullable<SampleOf["outage"]>,
    level: Level,
  ): Incident {
    const known = this.#incidents.get(key);
    if (known) return known.endedAt === null ? known : { ...known, endedAt: null };
    const root = rootFor(this.#incidents.values(), key, detectedAt);
    return this.#begin(key, "outage", sample, startedAt, detectedAt, level, root);
  }

  #begin(
    key: string,
    origin: Incident["origin"],
    sample: SampleOf,
    startedAt: number,
    detectedAt: number,
    severity: Level,
    root: Incident | null,
  ): Incident {
    return {
      key,
      origin,
      monitor: sample.subject.monitor,
      title: sample.title,
      startedAt,
      detectedAt,
      endedAt: null,
      mergedInto: root?.key ?? null,
      severity,
      priority: "P4",
      priorityFixed: false,
      acknowledgedAt: null,
      acknowledgedBy: null,
      snoozedUntil: null,
      page: null,
    };
  }

  #openIncidentOf(monitor: string): Incident | undefined {
    for (const incident of this.#incidents.values()) {
      if (incident.monitor === monitor && incident.endedAt === null) return incident;
    }
    return undefined;
  }

  /** An incident goes on while any alert of it fires; one that people handle, while any merged does. */
  endIncidents(): void {
    const { now } = this.#input;
    const firing = new Set<string>();
    for (const alert of this.#alerts.values()) {
      if (alert.state.phase === "firing" && alert.incident !== null) firing.add(alert.incident);
    }
    for (const incident of this.#incidents.values()) {
      if (incident.mergedInto !== null && firing.has(incident.key)) firing.add(incident.mergedInto);
    }
    for (const incident of this.#incidents.values()) {
      const ends = incident.endedAt === null && !firing.has(incident.key);
      const goesOn = incident.endedAt !== null && firing.has(incident.key);
      if (ends) this.#incidents.set(incident.key, { ...incident, endedAt: now });
      if (goesOn) this.#incidents.set(incident.key, { ...incident, endedAt: null });
    }
  }

  /** Steps 3 and 4. */
  tell(): void {
    const audible = new Map<string, AudibleAlert[]>();
    const families = new Map<string, Alert[]>();
    for (const alert of this.#alerts.values()) {
      if (alert.state.phase !== "firing" || alert.incident === null) continue;
      const root = this.#rootOf(alert.incident);
      families.set(root, [...(families.get(root) ?? []), alert]);
      const mute = this.#muteOf(alert, alert.state);
      this.#decide(alert, mute);
      const rule = this.#input.rules.get(alert.rule);
      const policy = this.#input.policies.get(rule?.policy ?? defaultPolicy);
      if (mute !== null || !policy) continue;
      const one = { alert, level: alert.state.level, policy };
      audible.set(root, [...(audible.get(root) ?? []), one]);
    }
    const { now, nextInHours } = this.#input;
    for (const before of [...this.#incidents.values()]) {
      if (before.mergedInto !== null) continue;
      const rated = this.#rate(before, families.get(before.key) ?? []);
      const told = page(rated, audible.get(before.key) ?? [], now, nextInHours);
      if (told.incident !== before) this.#incidents.set(before.key, told.incident);
      this.#notifications.push(...told.notifications);
    }
  }

  #rootOf(key: string): string {
    return this.#incidents.get(key)?.mergedInto ?? key;
  }

  #muteOf(alert: Alert, state: Extract<AlertState, { phase: "firing" }>): Mute | null {
    const { muting, labelsOf, now } = this.#input;
    const { monitor, region } = alert.subject;
    const labels = monitor === null ? null : labelsOf(monitor);
    const matchable = {
      rule: alert.rule,
      monitor,
      region,
      group: labels?.group ?? null,
      tags: labels?.tags ?? [],
      category: labels?.category ?? null,
      level: state.level,
    };
    return muteOf(state, matchable, muting, now);
  }

  /** Keeps why people are told of an alert or not, where that is new. */
  #decide(alert: Alert, mute: Mute | null): void {
    const { level } = alert.state;
    const because = mute === null ? "nothing mutes it" : mute.by;
    const detail = mute === null ? "" : muteDetail(mute);
    const verdict = `${level} ${because} ${detail}`.trim();
    if (verdict === alert.verdict) return;
    this.#alerts.set(alert.key, { ...alert, verdict });
    this.#decisions.push({
      alert: alert.key,
      incident: alert.incident,
      at: this.#input.now,
      decision: mute === null ? "told" : "not-told",
      because,
      data: { level, value: alert.value, detail: alert.detail, since: alert.state.since, ...mute },
    });
  }

  /** Severity and priority by what is part of it; a severity never sinks while it goes on. */
  #rate(incident: Incident, family: readonly Alert[]): Incident {
    if (incident.endedAt !== null || family.length === 0) return incident;
    const critical = family.some(({ state }) => state.level === "critical");
    const severity: Level = critical ? "critical" : incident.severity;
    const downMonitors = new Set(
      family.flatMap(({ rule, subject }) =>
        this.#input.rules.get(rule)?.signal.kind === "service-down" ? [subject.monitor] : [],
      ),
    ).size;
    const computed = priorityOf({ downMonitors, allMonitors: this.#input.monitors, critical });
    const priority =
      incident.priorityFixed || computed > incident.priority ? incident.priority : computed;
    if (severity === incident.severity && priority === incident.priority) return incident;
    return { ...incident, severity, priority };
  }

  outcome(): AlertOutcome {
    const alerts = [...this.#alerts.values()].filter(
      (alert) => this.#before.alerts.get(alert.key) !== alert,
    );
    const incidents = [...this.#incidents.values()].filter(
      (incident) => this.#before.incidents.get(incident.key) !== incident,
    );
    return {
      memory: { alerts: this.#alerts, incidents: this.#incidents },
      alerts,
      forgotten: [...this.#before.alerts.keys()].filter((key) => !this.#alerts.has(key)),
      incidents,
      notifications: this.#notifications,
      decisions: this.#decisions,
    };
  }
}

/** The rule of alerts that people trigger by hand. */
export const manualRule = "manual";

/** Used where a rule's own policy does not exist. */
export const defaultPolicy = "default";

function isSame(a: Alert, b: Alert): boolean {
  return (
    a.state === b.state &&
    a.incident === b.incident &&
    a.value === b.value &&
    a.detail === b.detail &&
    a.verdict === b.verdict
  );
}

function isQuiet(state: AlertState): boolean {
  return state.phase === "firing" && state.quiet !== null;
}

function muteDetail(mute: Mute): string {
  switch (mute.by) {
    case "maintenance":
      return mute.window;
    case "silence":
      return String(mute.silence);
    case "dependency":
      return mute.monitor;
    case "cooldown":
      return String(mute.until);
  }
}
