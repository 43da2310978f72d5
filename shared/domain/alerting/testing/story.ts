/** A story for tests: what happens to monitors and what people do, decided minute by minute. */
import type { Sample } from "../alert.ts";
import { decideAlerts, defaultPolicy } from "../decide-alerts.ts";
import type { EscalationPolicy } from "../escalation.ts";
import {
  type AlertInput,
  type AlertMemory,
  type AlertOutcome,
  idempotencyKey,
  type Notification,
  type SampleOf,
} from "../memory.ts";
import { failedDependency } from "../mute.ts";
import type { Operation } from "../operate.ts";
import type { AlertRule, Level } from "../rule.ts";
import type { Silence } from "../silence.ts";

/** A rule with nothing said but what a test needs. */
export function ruleOf(rule: Partial<AlertRule> & Pick<AlertRule, "id" | "signal">): AlertRule {
  return {
    name: rule.id,
    enabled: true,
    selector: {},
    thresholds: null,
    severity: "critical",
    forSeconds: 0,
    resolveSeconds: 0,
    cooldownSeconds: 0,
    policy: defaultPolicy,
    runbook: null,
    ...rule,
  };
}

export const serviceDown = ruleOf({ id: "service-down", signal: { kind: "service-down" } });

export const slow = ruleOf({
  id: "slow",
  signal: { kind: "response-time", statistic: "p95", windowSeconds: 300 },
  thresholds: { direction: "above", warning: 1_000, critical: 2_000, margin: 0 },
  severity: "warning",
});

/** At once to chat; unacknowledged after 10 minutes to the pager; again after half an hour. */
export const policy: EscalationPolicy = {
  id: defaultPolicy,
  name: "Default",
  steps: [
    {
      afterSeconds: 0,
      channels: ["chat"],
      onCall: null,
      levels: ["warning", "critical"],
      during: null,
    },
    { afterSeconds: 600, channels: ["pager"], onCall: "team", levels: ["critical"], during: null },
  ],
  repeatSeconds: 1_200,
  repeats: 1,
};

interface World {
  readonly rules?: readonly AlertRule[];
  readonly dependsOn?: Readonly<Record<string, readonly string[]>>;
  readonly monitors?: number;
}

/** Times are epoch seconds from 0; `told` collects what people were told, a line each. */
export class Story {
  memory: AlertMemory = { alerts: new Map(), incidents: new Map() };
  readonly told: string[] = [];
  readonly notifications: Notification[] = [];
  readonly outcomes: AlertOutcome[] = [];
  now = 0;
  readonly #world: World;
  readonly #samples = new Map<string, SampleOf>();
  #silences: Silence[] = [];
  readonly #maintenance = new Map<string, number>();

  constructor(world: World = {}) {
    this.#world = world;
  }

  /** Monitors go down; each has an outage from now on. */
  down(...monitors: string[]): this {
    for (const monitor of monitors) {
      const outage = {
        key: `outage/${monitor}/${this.now}`,
        startedAt: this.now,
        detectedAt: this.now,
      };
      this.#set({ rule: "service-down", level: "critical", monitor, since: this.now, outage });
    }
    return this;
  }

  /** Monitors come back. */
  up(...monitors: string[]): this {
    for (const monitor of monitors) this.#set({ rule: "service-down", level: "well", monitor });
    return this;
  }

  /** A value of another rule. */
  signal(rule: string, level: Sample["level"], monitor: string | null = null): this {
    return this.#set({ rule, level, monitor });
  }

  silence(monitor: string, seconds: number): this {
    this.#silences.push({
      id: this.#silences.length + 1,
      matchers: [{ field: "monitor", equals: true, value: monitor }],
      author: "ann",
      reason: "a test",
      startsAt: this.now,
      endsAt: this.now + seconds,
    });
    return this;
  }

  maintenance(monitor: string, seconds: number): this {
    this.#maintenance.set(monitor, this.now + seconds);
    return this;
  }

  /** A person does something; returns what became of it. */
  operate(action: (memory: AlertMemory, now: number) => Operation): Operation {
    const done = action(this.memory, this.now);
    if (!done.ok) return done;
    const alerts = new Map(this.memory.alerts);
    for (const alert of done.alerts) alerts.set(alert.key, alert);
    const incidents = new Map(this.memory.incidents);
    for (const incident of done.incidents) incidents.set(incident.key, incident);
    this.memory = { alerts, incidents };
    this.#tell(done.notifications);
    return done;
  }

  /** Time passes without a decision: ticks that never came. */
  pass(seconds: number): this {
    this.now += seconds;
    return this;
  }

  /** One decision now. */
  tick(): AlertOutcome {
    const outcome = decideAlerts(this.memory, this.input());
    this.memory = outcome.memory;
    this.outcomes.push(outcome);
    this.#tell(outcome.notifications);
    return outcome;
  }

  /** A decision every minute. */
  run(minutes: number): this {
    for (let count = 0; count < minutes; count += 1) {
      this.tick();
      this.now += 60;
    }
    return this;
  }

  input(): AlertInput {
    const rules = this.#world.rules ?? [serviceDown, slow];
    const dependsOn = new Map(Object.entries(this.#world.dependsOn ?? {}));
    const isDown = (monitor: string) =>
      this.#samples.get(`service-down/${monitor}`)?.level === "critical";
    return {
      now: this.now,
      rules: new Map(rules.map((rule) => [rule.id, rule])),
      policies: new Map([[policy.id, policy]]),
      samples: [...this.#samples.values()],
      muting: {
        silences: this.#silences,
        maintenanceOf: (monitor) => {
          const until = monitor === null ? undefined : this.#maintenance.get(monitor);
          if (until === undefined || this.now >= until) return null;
          return { number: 1, name: "weekly", until };
        },
        failedDependencyOf: (monitor) => failedDependency(dependsOn, isDown, monitor),
      },
      labelsOf: () => ({ group: "NetPost", tags: [], category: null }),
      monitors: this.#world.monitors ?? 10,
      nextInHours: (_, at) => at,
    };
  }

  #set(sample: {
    rule: string;
    level: Level | "well" | "unknown";
    monitor: string | null;
    since?: number;
    outage?: SampleOf["outage"];
  }): this {
    const { rule, level, monitor, since = null, outage } = sample;
    this.#samples.set(`${rule}/${monitor ?? ""}`, {
      rule,
      subject: { monitor, region: null, metric: null },
      level,
      value: null,
      detail: `${rule} ${level}`,
      since,
      title: `${monitor ?? "NetPost"}: ${rule}`,
      ...(outage ? { outage } : {}),
    });
    return this;
  }

  #tell(notifications: readonly Notification[]): void {
    this.notifications.push(...notifications);
    for (const one of notifications) {
      this.told.push(`${this.now} ${one.channel} ${one.kind} ${one.incident}`);
    }
  }

  /** Every key that was given, in order. */
  keys(): string[] {
    return this.notifications.map(idempotencyKey);
  }
}
