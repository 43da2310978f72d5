/**
 * Step 7, after each recorded round: what was recorded becomes alerts, incidents and notifications,
 * decided by the domain and written by compare-and-swap. What is slow to measure is looked at once a
 * minute. Without the database nothing is decided; the next tick decides from what is true then.
 */
import { toSeconds } from "../../../shared/clock.ts";
import { decideAlerts, defaultPolicy } from "../../../shared/domain/alerting/decide-alerts.ts";
import type { EscalationPolicy } from "../../../shared/domain/alerting/escalation.ts";
import type {
  AlertInput,
  AlertMemory,
  AlertOutcome,
} from "../../../shared/domain/alerting/memory.ts";
import { failedDependency } from "../../../shared/domain/alerting/mute.ts";
import type { AlertRule, SignalKind } from "../../../shared/domain/alerting/rule.ts";
import {
  isAboutOutages,
  keepAsTheyAre,
  type OutageSource,
  type OutageSpan,
  sampleOutages,
  sampleReadings,
} from "../../../shared/domain/alerting/samples.ts";
import { activeWindows } from "../../../shared/domain/maintenance.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { type ScopedStatus, statusKey } from "../../../shared/domain/recording.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { nextInHours } from "../../../shared/local-days.ts";
import { describeError } from "../../../shared/log.ts";
import { type Readings, takeReadings } from "../../../shared/measure/alert-readings.ts";
import { nextTime } from "../../../shared/measure/material.ts";
import {
  commitAlerts,
  isQuiet,
  readAlertMemory,
} from "../../../shared/storage/alerting/alert-ledger.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readOutageNews } from "../../../shared/storage/alerting/outage-news.ts";
import { readCurrentSilences } from "../../../shared/storage/alerting/silences.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readMaintenance } from "../../../shared/storage/maintenance.ts";
import { type Channels, channelsOf, logChannels } from "../channels.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What became of a round's alerting. */
export type Alerted =
  | {
      readonly kind: "decided";
      readonly fired: number;
      readonly resolved: number;
      readonly notifications: number;
      /** By signal, what could not be measured: its alerts stay as they are. */
      readonly faults: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "not-decided";
      readonly reason: "database-unavailable" | "overtaken";
      readonly detail: string;
    };

/** Others decide and people act in between; each attempt starts from what they left. */
const attempts = 8;

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
};

/** Decides what people are to be told after a round. Never throws. */
export async function alert(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
): Promise<Alerted> {
  const { env, clock } = surroundings;
  try {
    const known = await knownOf(surroundings);
    const channels = knownChannels(surroundings);
    let readings: Readings | null = null;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const now = toSeconds(clock.now());
      const [remembered, documents, news, silences, windows] = await Promise.all([
        readAlertMemory(env.DB, now),
        readAlertingDocuments(env.DB),
        readOutageNews(env.DB),
        readCurrentSilences(env.DB, now),
        readMaintenance(env.DB, { from: now, to: now + 1 }),
      ]);
      const rules = documents.rules.filter(({ enabled }) => enabled);
      const due = rules.filter(({ signal }) => isLookedAt(signal.kind, round));
      readings ??= await takeReadings(env.DB, { ...known, now, plan }, due);
      const monitors = new Map(plan.monitors.map((monitor) => [monitor.id, monitor]));
      const world: World = {
        plan,
        rules,
        readings,
        outages: news.outages,
        statuses: known.statuses,
        base: {
          now,
          rules: new Map(documents.rules.map((rule) => [rule.id, rule])),
          policies: new Map(
            documents.policies.map((policy) => [policy.id, withChannels(policy, channels)]),
          ),
          muting: {
            silences,
            maintenanceOf: (id) => {
              const monitor = id === null ? null : monitors.get(id);
              if (monitor === undefined) return null;
              const [active] = activeWindows(windows, monitor, now, nextTime);
              return active ? { id: active.window.name, until: active.until } : null;
            },
            failedDependencyOf: dependencies(plan, news.outages),
          },
          labelsOf: (id) => monitors.get(id) ?? null,
          monitors: plan.monitors.length,
          nextInHours,
        },
      };
      const outcome = decide(remembered.memory, world);
      const writes = { ...outcome, ...(news.seen !== null && { seen: news.seen }) };
      const committed = isQuiet(writes)
        ? "committed"
        : (await commitAlerts(env.DB, remembered.version, writes, now)).kind;
      if (committed === "conflict") continue;
      const isNow = (phase: string) =>
        outcome.alerts.filter(
          ({ key, state }) =>
            state.phase === phase && remembered.memory.alerts.get(key)?.state.phase !== phase,
        ).length;
      return {
        kind: "decided",
        fired: isNow("firing"),
        resolved: isNow("resolved"),
        notifications: outcome.notifications.length,
        faults: readings.faults,
      };
    }
  } catch (error) {
    return { kind: "not-decided", reason: "database-unavailable", detail: describeError(error) };
  }
  const detail = `others were faster ${attempts} times`;
  return { kind: "not-decided", reason: "overtaken", detail };
}

/** The channels of this isolate. */
export function knownChannels({ env, recollection }: TickSurroundings): Channels {
  if (recollection.channels === null) {
    recollection.channels = channelsOf(env);
    logChannels(recollection.channels);
  }
  return recollection.channels;
}

async function knownOf({ env, recollection }: TickSurroundings) {
  const { memory } = recollection.memory ?? (await readMemory(env.DB));
  return { statuses: memory.statuses, lastSpans: memory.coverage };
}

function isLookedAt(kind: SignalKind, { time }: Round): boolean {
  const every = everySeconds[kind];
  return every === 0 || time % every === 0;
}

/** All that is decided from, but the memory. */
interface World {
  readonly plan: Plan;
  readonly rules: readonly AlertRule[];
  readonly readings: Readings;
  readonly outages: readonly OutageSpan[];
  readonly statuses: ReadonlyMap<string, ScopedStatus>;
  readonly base: Omit<AlertInput, "samples">;
}

/** What began and ended since the last decision is decided as it was, and then as it is. */
function decide(memory: AlertMemory, world: World): AlertOutcome {
  const now = (before: AlertMemory) =>
    decideAlerts(before, { ...world.base, samples: samplesOf(before, world, "now") });
  if (world.outages.every(({ endedAt }) => endedAt === null)) return now(memory);
  const between = decideAlerts(memory, {
    ...world.base,
    samples: samplesOf(memory, world, "between"),
  });
  const after = now(between.memory);
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

function samplesOf({ alerts }: AlertMemory, world: World, at: "now" | "between") {
  const { plan, rules, readings, outages } = world;
  const source: OutageSource = { monitors: plan.monitors, outages, statusIn: statusIn(world) };
  const unread = new Set<string>();
  const samples = rules.flatMap((rule) => {
    if (isAboutOutages(rule)) return sampleOutages(rule, source, at);
    const read = readings.byRule.get(rule.id);
    if (read === undefined) unread.add(rule.id);
    return read === undefined ? [] : sampleReadings(rule, read, alerts);
  });
  return [...samples, ...keepAsTheyAre(alerts.values(), unread)];
}

function statusIn({ plan, statuses }: World): OutageSource["statusIn"] {
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

/** A channel that has no settings is off: the policy that comes with the product leaves it out. */
function withChannels(policy: EscalationPolicy, { channels, off }: Channels): EscalationPolicy {
  if (policy.id !== defaultPolicy) return policy;
  const isOff = new Set(off.map(({ name }) => name).filter((name) => !channels.has(name)));
  return {
    ...policy,
    steps: policy.steps.map((step) => {
      return { ...step, channels: step.channels.filter((name) => !isOff.has(name)) };
    }),
  };
}
