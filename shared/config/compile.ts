/** From what people write to what is run: defaults filled in, numbers given, shards assigned. */
import { inbound } from "../domain/inbound.ts";
import type { Monitor, Quorum, Region } from "../domain/monitor.ts";
import { assignShards, type Plan } from "../domain/plan.ts";
import type { Probe } from "../domain/probes/probe.ts";
import { phaseOf } from "../domain/schedule.ts";
import { compileMetrics } from "./metrics.ts";
import { compileDns } from "./probes/dns.ts";
import { compileHeartbeat } from "./probes/heartbeat.ts";
import { compileHttp } from "./probes/http.ts";
import { compileTcp } from "./probes/tcp.ts";
import { compileTls } from "./probes/tls.ts";
import { compileTransaction } from "./probes/transaction.ts";
import { compileWebSocket } from "./probes/websocket.ts";
import { type Config, type MonitorConfig, type ProbedConfig, policyOf } from "./schema.ts";

/** The numbers that the database gave to ids, and since when it knows a monitor. */
export interface Identities {
  readonly monitors: ReadonlyMap<string, { readonly number: number; readonly addedAt: number }>;
  readonly regions: ReadonlyMap<string, number>;
}

/** A plan that has not been applied yet: it has no revision. */
export type PlanDocument = Omit<Plan, "revision">;

/**
 * Compiles a configuration.
 *
 * @param identities every id of the configuration must be in it
 * @param leastShards how many shards the plan in force has: their number never shrinks
 * @throws RangeError on an id without a number
 */
export function compile(config: Config, identities: Identities, leastShards: number): PlanDocument {
  const regions = Object.entries(config.regions).map(([id, region]): Region => {
    const number = identities.regions.get(id);
    if (number === undefined) throw new RangeError(`region ${id} has no number`);
    return { id, number, locationHint: region.locationHint, generation: region.generation };
  });
  const drafts = config.monitors.map((monitor) => compileMonitor(config, monitor, identities));
  // Nobody probes a heartbeat: it takes no room in a shard.
  const probed = drafts.filter(({ probe }) => probe.kind !== "heartbeat");
  const { assigned, shards } = assignShards(probed);
  const shardOf = new Map(probed.map(({ id }, index) => [id, assigned[index]]));
  return {
    regions,
    monitors: drafts.map((draft) => ({ ...draft, shard: shardOf.get(draft.id) ?? 0 })),
    shards: Math.max(shards, leastShards),
    controls: config.controls,
    ...(config.reports === undefined ? {} : { reports: config.reports }),
    ...(config.kpis === undefined ? {} : { kpis: config.kpis }),
    ...(config.retention === undefined ? {} : { retention: config.retention }),
    ...(config.metrics === undefined ? {} : { metrics: compileMetrics(config.metrics) }),
    ...(config.healthScore === undefined ? {} : { healthScore: config.healthScore }),
  };
}

function compileMonitor(config: Config, monitor: MonitorConfig, identities: Identities): Monitor {
  const identity = identities.monitors.get(monitor.id);
  if (identity === undefined) throw new RangeError(`monitor ${monitor.id} has no number`);
  const common = {
    id: monitor.id,
    number: identity.number,
    name: monitor.name,
    group: monitor.group,
    addedAt: identity.addedAt,
    shard: 0,
    category: monitor.category ?? null,
    tags: monitor.tags,
    weight: monitor.weight,
    dependsOn: monitor.dependsOn,
    ...(monitor.public ? {} : { public: false }),
  };
  if (monitor.type === "heartbeat") {
    const sloTarget = monitor.sloTarget ?? config.defaults.sloTarget;
    return { ...common, ...unprobed, probe: compileHeartbeat(monitor), sloTarget };
  }
  const policy = policyOf(config.defaults, monitor);
  return {
    ...common,
    probe: compileProbe(config.baseUrl, monitor),
    schedule: {
      intervalSeconds: policy.intervalSeconds,
      phaseSeconds: phaseOf(monitor.id, policy.intervalSeconds),
    },
    regions: monitor.regions ?? Object.keys(config.regions),
    mode: monitor.mode,
    retry: {
      attempts: policy.attempts,
      timeoutMs: policy.timeoutMs,
      backoffBaseMs: policy.backoffBaseMs,
      backoffCapMs: policy.backoffCapMs,
      budgetMs: policy.budgetMs,
    },
    verdict: {
      quorum: compileQuorum(policy.quorum),
      failuresToOpen: policy.failuresToOpen,
      successesToClose: policy.successesToClose,
    },
    sloTarget: policy.sloTarget,
    ...(monitor.vantagePoints.length > 0 && { vantagePoints: monitor.vantagePoints }),
  };
}

/** How a heartbeat is judged: every minute, at the door alone; its patience is the grace. */
const unprobed = {
  schedule: { intervalSeconds: 60, phaseSeconds: 0 },
  regions: [inbound.id],
  mode: "parallel",
  retry: { attempts: 1, timeoutMs: 1, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 1 },
  verdict: { quorum: { kind: "majority" }, failuresToOpen: 1, successesToClose: 1 },
} satisfies Partial<Monitor>;

/** One line for each kind of probe. */
function compileProbe(baseUrl: string, monitor: ProbedConfig): Probe {
  switch (monitor.type) {
    case "http":
      return compileHttp(baseUrl, monitor);
    case "transaction":
      return compileTransaction(baseUrl, monitor);
    case "tcp":
      return compileTcp(monitor);
    case "tls":
      return compileTls(monitor);
    case "dns":
      return compileDns(monitor);
    case "websocket":
      return compileWebSocket(baseUrl, monitor);
  }
}

function compileQuorum(quorum: Config["defaults"]["quorum"]): Quorum {
  if (typeof quorum === "object") return { kind: "atLeast", regions: quorum.atLeast };
  return { kind: quorum };
}
