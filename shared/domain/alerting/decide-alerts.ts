/**
 * The one place where signals become notifications: a pure fold over what is remembered and what
 * is seen now. Run twice on the same memory it gives the same answer, with the same keys; run again
 * on what it yielded it gives nothing (law 4).
 *
 *   1. samples → alerts            each by its rule (alert.ts)
 *   2. alerts that fire → incidents (join-incident.ts), which end with the last of their alerts
 *   3. muted?                      maintenance, silence, dependency, cooldown (mute.ts)
 *   4. incidents → notifications   first step, escalation, updates, deadlines, the end (page.ts)
 *
 * Every decision to tell people of an alert, or not to, is kept with its reason.
 */

import { type AlertState, advanceAlert, isWorse, type Quiet } from "./alert.ts";
import type { Incident } from "./incident.ts";
import { incidentOf, incidentOfNextOutage, ruleOfIncident } from "./join-incident.ts";
import {
  type Alert,
  type AlertInput,
  type AlertMemory,
  type AlertOutcome,
  alertKey,
  type Decision,
  type Notification,
  type SampledOutage,
  type SampleOf,
} from "./memory.ts";
import { type Mute, muteDetail, muteOf } from "./mute.ts";
import { type AudibleAlert, page } from "./page.ts";
import { priorityOf } from "./priority.ts";
import { type AlertRule, isAboutOurselves, type Level } from "./rule.ts";

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
    const { now } = this.#input;
    const known = this.#alerts.get(key) ?? null;
    // It fires for an outage that is over, and this is another one.
    const moves =
      known?.state.phase === "firing" && sample.outage && known.incident !== sample.outage.key;
    const before = moves ? this.#endedBefore(known, rule) : known;
    const { state: next, change } = advanceAlert(before?.state ?? null, sample, rule, now);
    if (next === null) {
      this.#alerts.delete(key);
      return;
    }
    const bad = sample.level === "warning" || sample.level === "critical";
    const { rule: id, subject } = sample;
    const isBack = before?.state.phase === "resolved" && next.phase !== "resolved";
    const alert: Alert = {
      key,
      rule: id,
      subject,
      state: isBack && next.quiet ? { ...next, quiet: this.#toldOf(before, next.quiet) } : next,
      // A number that moves is no change of an alert: it is kept as it was when something was decided.
      value: change === "none" && before ? before.value : sample.value,
      detail: change === "none" && before ? before.detail : sample.detail,
      incident: before?.incident ?? null,
      verdict: before?.verdict ?? null,
    };
    const goesOn = moves && bad && change !== "fired";
    const joined = change === "fired" && bad ? this.#join(alert, sample) : alert;
    const kept = goesOn && sample.outage ? this.#moveOn(alert, sample, sample.outage) : joined;
    if (before === null || !isSame(before, kept)) this.#alerts.set(key, kept);
  }

  /** Ends what an alert fired for, unless its rule asks that it be well for longer. */
  #endedBefore(alert: Alert, rule: AlertRule): Alert {
    const well = { level: "well", since: null } as const;
    const { state, change } = advanceAlert(alert.state, well, rule, this.#input.now);
    if (change !== "resolved" || state === null) return alert;
    const ended = { ...alert, state };
    this.#alerts.set(alert.key, ended);
    this.endIncidents();
    return ended;
  }

  /** A cooldown is from being told again: it hides nothing that nobody, or a milder thing, was told of. */
  #toldOf(before: Alert, quiet: Quiet): Quiet | null {
    const root = before.incident === null ? null : this.#rootOf(before.incident);
    const page = root === null ? null : (this.#incidents.get(root)?.page ?? null);
    if (!page?.alertsTold.includes(before.key)) return null;
    return isWorse(quiet.level, page.level) ? { ...quiet, level: page.level } : quiet;
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
    const { now, rules } = this.#input;
    const isOurs = (key: string) => {
      const rule = rules.get(ruleOfIncident(key) ?? "");
      return rule !== undefined && isAboutOurselves(rule);
    };
    const incident = incidentOf(alert, sample, this.#incidents, now, isOurs);
    this.#incidents.set(incident.key, incident);
    return { ...alert, incident: incident.key, verdict: null };
  }

  #moveOn(alert: Alert, sample: SampleOf, outage: SampledOutage): Alert {
    const incident = incidentOfNextOutage(alert, sample, outage, this.#incidents);
    this.#incidents.set(incident.key, incident);
    return { ...alert, incident: incident.key };
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
      const { policies } = this.#input;
      const policy = policies.get(rule?.policy ?? defaultPolicy) ?? policies.get(defaultPolicy);
      if (mute !== null || !policy) continue;
      const one = { alert, level: alert.state.level, policy };
      audible.set(root, [...(audible.get(root) ?? []), one]);
    }
    const { now, nextInHours } = this.#input;
    for (const before of [...this.#incidents.values()]) {
      if (before.mergedInto !== null) continue;
      const rated = this.#rate(before, families.get(before.key) ?? []);
      const firing = new Set(families.get(before.key)?.map(({ key }) => key));
      const told = page(rated, audible.get(before.key) ?? [], firing, now, nextInHours);
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
    // Whoever took on or snoozed something milder, that nobody was told of, is asked again.
    const isUnheard = incident.page === null || incident.page.endTold;
    const isWorsened = isUnheard && isWorse(severity, incident.severity);
    const asked = { acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null };
    return { ...incident, severity, priority, ...(isWorsened ? asked : {}) };
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
