/** The parts of the monitoring itself, each with whether it is well, and why not. */

import type { ConfiguredChannel } from "../../../shared/contract/alerting/channels.ts";
import type {
  ChannelsPart,
  DeliveryPart,
  DetailedHealth,
  ReadinessParts,
} from "../../../shared/contract/api/health.ts";
import { countFaults, ownFaultKinds, ownFaultWords } from "../../../shared/domain/own-faults.ts";
import { quotaUse } from "../../../shared/domain/quota.ts";
import type { OutboxState } from "../../../shared/storage/alerting/outbox-state.ts";
import type { OwnState } from "../../../shared/storage/own-watch.ts";
import { newestMigration } from "../../../shared/storage/schema-version.ts";
import type { ServiceState } from "../../../shared/storage/service-states.ts";
import { instant, instantOrNull } from "./instant.ts";
import type { RegionState, Snapshot } from "./snapshot.ts";

type Parts = DetailedHealth["parts"];

/** What waits this long in the outbox is stuck, seconds. */
const stuckSeconds = 600;
/** Faults of so long are told, seconds. */
export const faultsSeconds = 900;
/** From this share of a limit on, a person should know. */
const warnPercent = 80;

const listed = (parts: readonly (string | null)[]) => {
  const told = parts.filter((part) => part !== null);
  return { ok: told.length === 0, reason: told.length === 0 ? null : told.join("; ") };
};

/** @param applied the newest migration of the database; null: none */
export function schemaPart(applied: string | null): Parts["schema"] {
  const ok = applied !== null && applied >= newestMigration;
  const reason = ok
    ? null
    : `the database has ${applied ?? "no migration"}, this version needs ${newestMigration}`;
  return { ok, reason, applied, needed: newestMigration };
}

export function planPart({ plan }: Snapshot): Parts["plan"] {
  const ok = plan.revision > 0;
  const reason = ok ? null : "no plan was applied";
  return { ok, reason, revision: plan.revision, monitors: plan.monitors.length };
}

export function ticksPart({ freshness }: Snapshot): NonNullable<ReadinessParts["ticks"]> {
  const { asOf, stale, lagSeconds } = freshness;
  const late = lagSeconds === null ? "nothing was recorded yet" : `${lagSeconds} s without a round`;
  const reason = stale ? late : null;
  return { ok: !stale, reason, asOf: instantOrNull(asOf), stale, lagSeconds };
}

/** The ticks as seen with the regions that took part. */
export function regionsReason(regions: readonly RegionState[]): string | null {
  const silent = regions.filter(({ state }) => state !== "reporting").map(({ id }) => id);
  return silent.length === 0 ? null : `${silent.join(", ")}: no report of the newest round`;
}

/** Every object of the plan, and where it runs as far as it told. */
export function objectsPart(
  { plan, regionObjects }: Snapshot,
  { silent }: OwnState,
): Parts["objects"] {
  const objects = plan.regions.flatMap(({ id, number }) =>
    Array.from({ length: plan.shards }, (_, shard) => {
      const isIt = (one: { readonly region: number; readonly shard: number }) =>
        one.region === number && one.shard === shard;
      const known = regionObjects.find(isIt);
      const away = silent.find(isIt);
      return {
        ...{ region: id, shard },
        ...{ colo: known?.colo ?? null, country: known?.country ?? null },
        droppedRounds: known?.droppedRounds ?? 0,
        silentSince: instantOrNull(away?.since ?? null),
        detail: away?.detail ?? null,
      };
    }),
  );
  const away = objects.filter(({ silentSince }) => silentSince !== null);
  const names = away.map(({ region, shard }) => `${region}/${shard}`).join(", ");
  return { ...listed([away.length === 0 ? null : `no answer from ${names}`]), objects };
}

export function deliveryPart(outbox: OutboxState, now: number): DeliveryPart {
  const { waiting, oldestSince, dead, away, failedTests } = outbox;
  const waits = oldestSince === null ? 0 : now - oldestSince;
  return {
    ...listed([
      waits >= stuckSeconds ? `a notification waits for ${waits} s` : null,
      away.length > 0 ? `nothing gets through ${away.join(", ")}` : null,
      failedTests.length > 0 ? `the last test of ${failedTests.join(", ")} failed` : null,
    ]),
    waiting,
    waitingSince: instantOrNull(oldestSince),
    dead,
    away: [...away],
    failedTests: [...failedTests],
  };
}

/** @param channels null: the probe Worker did not say */
export function channelsPart(channels: readonly ConfiguredChannel[] | null): ChannelsPart {
  if (channels === null) {
    return { ...listed(["the probe Worker, which has them, does not answer"]), on: [], broken: [] };
  }
  const on = channels.filter((one) => one.on).map(({ id }) => id);
  const broken = channels.filter((one) => one.broken).map(({ id, because }) => ({ id, because }));
  const names = broken.map(({ id }) => id).join(", ");
  return {
    ...listed([
      on.length === 0 ? "no channel is on: nobody is told of anything" : null,
      broken.length === 0 ? null : `settings of ${names} are malformed`,
    ]),
    // To have none is a choice; what was chosen and does not work is a fault.
    ok: broken.length === 0,
    ...{ on, broken },
  };
}

/** @param faults of the last `faultsSeconds` */
export function faultsPart({ faults }: OwnState, now: number): Parts["faults"] {
  const kinds = ownFaultKinds.flatMap((kind) => {
    const { count, last } = countFaults(faults, [kind], now - faultsSeconds);
    if (last === null) return [];
    const what = ownFaultWords[kind];
    return [{ kind, what, count, lastAt: instant(last.minute), detail: last.detail }];
  });
  const words = kinds.map(({ kind, count }) => `${kind} ${count}`).join(", ");
  return { ...listed([words === "" ? null : words]), windowSeconds: faultsSeconds, kinds };
}

/** From so many failures in a row on, a service outside does not work. */
const failuresInRow = 3;

/** @param states how telling or asking services outside fares, one each */
export function servicesPart(states: readonly ServiceState[], now: number): Parts["services"] {
  const failing = states.filter(
    // One that was turned off goes on having failed.
    ({ failures, lastFailureAt }) =>
      failures >= failuresInRow && (lastFailureAt ?? 0) >= now - faultsSeconds,
  );
  const words = failing.map(
    ({ name, failures, reason }) => `${name} failed ${failures} times: ${reason}`,
  );
  return {
    ...listed(words),
    services: states.map(({ name, use, failures, reason, detail, ...at }) => ({
      ...{ name, use, failures },
      lastSuccessAt: instantOrNull(at.lastSuccessAt),
      lastFailureAt: instantOrNull(at.lastFailureAt),
      lastFailure: failures === 0 || reason === null ? null : { reason, detail },
      heldUntil: instantOrNull(at.heldUntil > now ? at.heldUntil : null),
    })),
  };
}

export function quotaPart({ usage }: OwnState): Parts["quota"] {
  if (usage === null) return { ok: true, reason: null, plan: null, limits: [] };
  const limits = quotaUse(usage, usage.plan).map(({ words, percent, ...use }) => {
    return { ...use, what: words, percent: Math.round(percent * 100) / 100 };
  });
  const full = limits.filter(({ percent }) => percent >= warnPercent);
  const words = full.map(({ what, percent }) => `${percent} % of ${what}`);
  return { ...listed(words), plan: usage.plan, limits };
}
