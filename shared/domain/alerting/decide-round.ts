/**
 * What alerting decides after a round, from what was recorded, read and configured: the one way from
 * facts to notifications, of the tick as of a backtest.
 */
import { activeWindows, type MaintenanceWindow, type NextTime } from "../maintenance.ts";
import type { Plan } from "../plan.ts";
import { type ScopedStatus, statusKey } from "../recording.ts";
import type { Round } from "../schedule.ts";
import { decideAlerts, defaultPolicy } from "./decide-alerts.ts";
import type { EscalationPolicy, NextInHours } from "./escalation.ts";
import type { AlertInput, AlertMemory, AlertOutcome } from "./memory.ts";
import { failedDependency } from "./mute.ts";
import type { AlertRule, SignalKind } from "./rule.ts";
import {
  isAboutOutages,
  keepAsTheyAre,
  type OutageSource,
  type OutageSpan,
  type Reading,
  sampleOutages,
  sampleReadings,
} from "./samples.ts";
import type { Silence } from "./silence.ts";

/** How often signals are looked at, seconds; 0: after every round. */
const everySeconds: Readonly<Record<SignalKind, number>> = {
  "service-down": 0,
  heartbeat: 0,
  "region-fault": 0,
  "stale-data": 0,
  "response-time": 60,
  "error-rate": 60,
  metric: 60,
  "health-score": 60,
  "burn-rate": 60,
  "certificate-days": 300,
  "budget-forecast": 600,
  "missed-ticks": 60,
  "object-fault": 60,
  "outbox-age": 60,
  "dead-letters": 60,
  "channel-away": 60,
  "own-faults": 60,
  quota: 300,
  "clock-skew": 300,
};

/** The rules whose signals are to be read after a round. */
export function dueRules(rules: readonly AlertRule[], { time }: Round): AlertRule[] {
  return rules.filter(({ enabled, signal }) => {
    const every = everySeconds[signal.kind];
    return enabled && (every === 0 || time % every === 0);
  });
}

/** A channel that has no settings is off: the policy that comes with the product leaves it out. */
export function withoutChannels(
  policy: EscalationPolicy,
  isOff: (channel: string) => boolean,
): EscalationPolicy {
  if (policy.id !== defaultPolicy) return policy;
  return {
    ...policy,
    steps: policy.steps.map((step) => {
      return { ...step, channels: step.channels.filter((name) => !isOff(name)) };
    }),
  };
}

/** All that is decided from, but the memory. */
export interface RoundFacts {
  /** Epoch seconds. */
  readonly now: number;
  readonly plan: Plan;
  /** All of them, those that are off as well. */
  readonly rules: readonly AlertRule[];
  readonly policies: readonly EscalationPolicy[];
  /** By the ids of rules; alerts of a rule that is not there stay as they are. */
  readonly readings: ReadonlyMap<string, readonly Reading[]>;
  /** Those that go on, and those that began or ended since the last decision. */
  readonly outages: readonly OutageSpan[];
  /** By `statusKey`. */
  readonly statuses: ReadonlyMap<string, ScopedStatus>;
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
  readonly nextTime: NextTime;
  readonly nextInHours: NextInHours;
}

/** What began and ended since the last decision is decided as it was, and then as it is. */
export function decideRound(memory: AlertMemory, facts: RoundFacts): AlertOutcome {
  const base = inputOf(facts);
  const rules = facts.rules.filter(({ enabled }) => enabled);
  const decide = (before: AlertMemory, at: "now" | "between") =>
    decideAlerts(before, { ...base, samples: samplesOf(before, facts, rules, at) });
  if (facts.outages.every(({ endedAt }) => endedAt === null)) return decide(memory, "now");
  const between = decide(memory, "between");
  const after = decide(between.memory, "now");
  const { alerts, incidents } = after.memory;
  return {
    memory: after.memory,
    alerts: [...alerts.values()].filter((one) => memory.alerts.get(one.key) !== one),
    forgotten: [...memory.alerts.keys()].filter((key) => !alerts.has(key)),
    incidents: [...incidents.values()].filter((one) => memory.incidents.get(one.key) !== one),
    notifications: [...between.notifications, ...after.notifications],
    decisions: [...between.decisions, ...after.decisions],
  };
}

function inputOf(facts: RoundFacts): Omit<AlertInput, "samples"> {
  const { now, plan, rules, policies, outages, silences, windows, nextTime, nextInHours } = facts;
  const monitors = new Map(plan.monitors.map((monitor) => [monitor.id, monitor]));
  return {
    now,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    policies: new Map(policies.map((policy) => [policy.id, policy])),
    muting: {
      silences,
      maintenanceOf: (id) => {
        const monitor = id === null ? null : monitors.get(id);
        if (monitor === undefined) return null;
        const [active] = activeWindows(windows, monitor, now, nextTime);
        if (active === undefined) return null;
        const { number, name } = active.window;
        return { number, name, until: active.until };
      },
      failedDependencyOf: dependencies(plan, outages),
    },
    labelsOf: (id) => monitors.get(id) ?? null,
    monitors: plan.monitors.length,
    nextInHours,
  };
}

function samplesOf(
  { alerts }: AlertMemory,
  { plan, readings, outages, statuses }: RoundFacts,
  rules: readonly AlertRule[],
  at: "now" | "between",
) {
  const source: OutageSource = {
    monitors: plan.monitors,
    outages,
    statusIn: statusIn(plan, statuses),
  };
  const unread = new Set<string>();
  const samples = rules.flatMap((rule) => {
    if (isAboutOutages(rule)) return sampleOutages(rule, source, at);
    const read = readings.get(rule.id);
    if (read === undefined) unread.add(rule.id);
    return read === undefined ? [] : sampleReadings(rule, read, alerts);
  });
  return [...samples, ...keepAsTheyAre(alerts.values(), unread)];
}

function statusIn(plan: Plan, statuses: RoundFacts["statuses"]): OutageSource["statusIn"] {
  const numbers = new Map(plan.regions.map(({ id, number }) => [id, number]));
  return (monitor, region) => {
    const number = numbers.get(region);
    const found = number && statuses.get(statusKey(monitor.number, number));
    if (!found) return null;
    return { status: found.status, since: found.since, detail: found.cause?.detail ?? "" };
  };
}

function dependencies(plan: Plan, outages: readonly OutageSpan[]) {
  const open = new Set(
    outages.flatMap(({ monitor, endedAt }) => (endedAt === null ? monitor : [])),
  );
  const down = new Set(plan.monitors.flatMap(({ id, number }) => (open.has(number) ? id : [])));
  const dependsOn = new Map(plan.monitors.map((monitor) => [monitor.id, monitor.dependsOn]));
  return (id: string) => failedDependency(dependsOn, (other) => down.has(other), id);
}
