/**
 * From what is known of monitors to what rules see: one sample for each rule and subject. What is
 * missing is `unknown`, which neither fires an alert nor ends one.
 */
import type { Monitor } from "../monitor.ts";
import type { Cause } from "../recording.ts";
import type { Status } from "../status.ts";
import type { AlertState, Subject } from "./alert.ts";
import { type Alert, alertKey, type SampledOutage, type SampleOf } from "./memory.ts";
import { type AlertRule, type Level, selects } from "./rule.ts";
import { levelOf } from "./threshold-level.ts";

/** What was measured of a subject, in the signal's unit; value null where it is not known. */
export interface Reading {
  readonly subject: Subject;
  readonly value: number | null;
  /** What was seen, in words fit for a notification. */
  readonly detail: string;
  /** What an incident of its own would be called. */
  readonly title: string;
}

/** A monitor's outage, as the recording decided it. Epoch seconds. */
export interface OutageSpan {
  /** The monitor's number. */
  readonly monitor: number;
  readonly startedAt: number;
  readonly detectedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  readonly cause: Cause | null;
}

/** The whole of NetPost, or of the monitoring. */
export const everything: Subject = { monitor: null, region: null, metric: null };

export function ofMonitor(monitor: string): Subject {
  return { ...everything, monitor };
}

/** The key of the incident that an outage is. */
export function outageKey(monitor: string, startedAt: number): string {
  return `outage/${monitor}/${startedAt}`;
}

/** Holds readings against a rule's thresholds, with its hysteresis. */
export function sampleReadings(
  rule: AlertRule,
  readings: readonly Reading[],
  alerts: ReadonlyMap<string, Alert>,
): SampleOf[] {
  const { thresholds } = rule;
  if (thresholds === null) return [];
  return readings.map(({ value, ...reading }) => {
    const before = levelBefore(alerts.get(alertKey(rule.id, reading.subject))?.state);
    const level = value === null ? "unknown" : (levelOf(value, thresholds, before) ?? "well");
    return { rule: rule.id, ...reading, level, value, since: null };
  });
}

/** The level that an alert has reached, or is about to. */
function levelBefore(state: AlertState | undefined): Level | null {
  return state === undefined || state.phase === "resolved" ? null : state.level;
}

/** Everything that service-down and heartbeat rules look at. */
export interface OutageSource {
  readonly monitors: readonly Monitor[];
  /** Those that go on, and those that began or ended since this was last looked at. */
  readonly outages: readonly OutageSpan[];
  /** A monitor's status in a region, and since when; null where there is none. */
  readonly statusIn: (
    monitor: Monitor,
    region: string,
  ) => { readonly status: Status; readonly since: number; readonly detail: string } | null;
}

/** Whether a rule is about outages of monitors. */
export function isAboutOutages({ signal }: AlertRule): boolean {
  return signal.kind === "service-down" || signal.kind === "heartbeat";
}

/**
 * Samples outages: of every monitor that the rule is about, as it is now.
 *
 * @param at `now`; or `between`: outages that are over count as well, so that one which began and
 *   ended since anybody looked is told
 */
export function sampleOutages(
  rule: AlertRule,
  { monitors, outages, statusIn }: OutageSource,
  at: "now" | "between",
): SampleOf[] {
  const byMonitor = new Map<number, OutageSpan>();
  for (const outage of outages) {
    const over = outage.endedAt;
    if (over !== null && (at === "now" || over - outage.startedAt < rule.forSeconds)) continue;
    if (over === null && byMonitor.has(outage.monitor)) continue;
    byMonitor.set(outage.monitor, outage);
  }
  return monitors
    .filter((monitor) => isOfKind(rule, monitor) && selects(rule.selector, monitor))
    .flatMap((monitor): SampleOf[] => {
      const regions = rule.selector.regions;
      if (regions === undefined)
        return [overallSample(rule, monitor, byMonitor.get(monitor.number))];
      return regions
        .filter((region) => monitor.regions.includes(region))
        .map((region) => regionSample(rule, monitor, region, statusIn(monitor, region)));
    });
}

function isOfKind({ signal }: AlertRule, { probe }: Monitor): boolean {
  return (signal.kind === "heartbeat") === (probe.kind === "heartbeat");
}

function overallSample(
  rule: AlertRule,
  { id, name }: Monitor,
  outage: OutageSpan | undefined,
): SampleOf {
  const common = { rule: rule.id, subject: ofMonitor(id), title: `${name} is down`, value: null };
  if (outage === undefined) return { ...common, level: "well", detail: "", since: null };
  const { startedAt, detectedAt, cause } = outage;
  const key: SampledOutage = { key: outageKey(id, startedAt), startedAt, detectedAt };
  return {
    ...common,
    level: rule.severity,
    detail: cause === null ? "" : cause.detail || cause.reason,
    since: startedAt,
    outage: key,
  };
}

function regionSample(
  rule: AlertRule,
  { id, name }: Monitor,
  region: string,
  seen: ReturnType<OutageSource["statusIn"]>,
): SampleOf {
  const common = {
    rule: rule.id,
    subject: { monitor: id, region, metric: null },
    title: `${name} is down in ${region}`,
    value: null,
  };
  if (seen === null || seen.status === "unknown") {
    return { ...common, level: "unknown", detail: "", since: null };
  }
  if (seen.status !== "down") return { ...common, level: "well", detail: "", since: null };
  return { ...common, level: rule.severity, detail: seen.detail, since: seen.since };
}

/** Alerts that nobody looked at this time, and that are to stay as they are. */
export function keepAsTheyAre(alerts: Iterable<Alert>, rules: ReadonlySet<string>): SampleOf[] {
  return [...alerts]
    .filter(({ rule }) => rules.has(rule))
    .map(({ rule, subject, value, detail }) => {
      return { rule, subject, value, detail, level: "unknown", since: null, title: "" };
    });
}
