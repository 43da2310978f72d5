/** From what people write to what is run: defaults filled in, numbers given, shards assigned. */
import type { Monitor, Quorum, Region } from "../domain/monitor.ts";
import { assignShards, type Plan } from "../domain/plan.ts";
import type { Probe } from "../domain/probes/probe.ts";
import { phaseOf } from "../domain/schedule.ts";
import { compileHttp } from "./probes/http.ts";
import { type Config, type MonitorConfig, policyOf } from "./schema.ts";

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
  const { assigned, shards } = assignShards(drafts);
  return {
    regions,
    monitors: drafts.map((draft, index) => ({ ...draft, shard: assigned[index] ?? 0 })),
    shards: Math.max(shards, leastShards),
  };
}

function compileMonitor(config: Config, monitor: MonitorConfig, identities: Identities): Monitor {
  const identity = identities.monitors.get(monitor.id);
  if (identity === undefined) throw new RangeError(`monitor ${monitor.id} has no number`);
  const policy = policyOf(config.defaults, monitor);
  return {
    id: monitor.id,
    number: identity.number,
    name: monitor.name,
    group: monitor.group,
    probe: compileProbe(config.baseUrl, monitor),
    schedule: {
      intervalSeconds: policy.intervalSeconds,
      phaseSeconds: phaseOf(monitor.id, policy.intervalSeconds),
    },
    regions: monitor.regions ?? Object.keys(config.regions),
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
    addedAt: identity.addedAt,
    shard: 0,
  };
}

/** One line for each kind of probe. */
function compileProbe(baseUrl: string, monitor: MonitorConfig): Probe {
  switch (monitor.type) {
    case "http":
      return compileHttp(baseUrl, monitor);
  }
}

function compileQuorum(quorum: Config["defaults"]["quorum"]): Quorum {
  if (typeof quorum === "object") return { kind: "atLeast", regions: quorum.atLeast };
  return { kind: quorum };
}
