import type { ConfiguredChannel } from "../../../shared/contract/alerting/channels.ts";
import type {
  BasicHealth,
  DatabasePart,
  DetailedHealth,
  ProbePart,
  ReadinessParts,
} from "../../../shared/contract/api/health.ts";
import type { HealthScore } from "../../../shared/domain/health-score.ts";
import { healthScoreDocument } from "../../../shared/measure/health-score.ts";
import type { OutboxState } from "../../../shared/storage/alerting/outbox-state.ts";
import type { OwnState } from "../../../shared/storage/own-watch.ts";
import type { ServiceState } from "../../../shared/storage/service-states.ts";
import { version } from "../../../shared/version.ts";
import { assess, byGroup, countStatuses, statusesOf, worstOf } from "./assessment.ts";
import { instant, instantOrNull } from "./instant.ts";
import {
  channelsPart,
  deliveryPart,
  faultsPart,
  objectsPart,
  planPart,
  quotaPart,
  regionsReason,
  schemaPart,
  servicesPart,
  ticksPart,
} from "./own-parts.ts";
import { regionDocument, regionStates, type Snapshot } from "./snapshot.ts";

/** NetPost's basic health. */
export function basicHealth(snapshot: Snapshot): BasicHealth {
  const statuses = statusesOf(assess(snapshot));
  return {
    status: worstOf(statuses),
    asOf: instantOrNull(snapshot.freshness.asOf),
    stale: snapshot.freshness.stale,
    monitors: countStatuses(statuses),
  };
}

/** What readiness depends on; without a snapshot the database did not answer. */
export function readinessParts(seen: SeenDatabase): ReadinessParts {
  const { snapshot, part: database } = seen;
  if (snapshot === null) return { database, schema: null, plan: null, ticks: null };
  return {
    database,
    schema: schemaPart(seen.migration),
    plan: planPart(snapshot),
    ticks: ticksPart(snapshot),
  };
}

/** The database as it was found. */
export type SeenDatabase =
  | { readonly snapshot: Snapshot; readonly part: DatabasePart; readonly migration: string | null }
  | { readonly snapshot: null; readonly part: DatabasePart };

/** Whether every part is as it should be. */
export function isReady({ database, schema, plan, ticks }: ReadinessParts): boolean {
  return database.ok && schema?.ok === true && plan?.ok === true && ticks?.ok === true;
}

/** What is known of our own parts. */
export interface OwnFindings {
  readonly snapshot: Snapshot;
  readonly database: DatabasePart;
  readonly migration: string | null;
  readonly probe: ProbePart;
  /** Null: the probe Worker did not say. */
  readonly channels: readonly ConfiguredChannel[] | null;
  readonly outbox: OutboxState;
  readonly own: OwnState;
  readonly services: readonly ServiceState[];
}

/** Our own parts, and NetPost's assessment. */
export function detailedHealth(found: OwnFindings, health: HealthScore): DetailedHealth {
  const { snapshot, database, probe, outbox, own } = found;
  const assessed = assess(snapshot);
  const regions = regionStates(snapshot);
  const ticks = ticksPart(snapshot);
  const parts = {
    database,
    schema: schemaPart(found.migration),
    probe,
    plan: planPart(snapshot),
    ticks: {
      ...ticks,
      reason: ticks.reason ?? regionsReason(regions),
      regions: regions.map(regionDocument),
    },
    objects: objectsPart(snapshot, own),
    delivery: deliveryPart(outbox, snapshot.now),
    channels: channelsPart(found.channels),
    faults: faultsPart(own, snapshot.now),
    services: servicesPart(found.services, snapshot.now),
    quota: quotaPart(own),
  };
  const ok = Object.values(parts).every((part) => part.ok) && parts.ticks.reason === null;
  return {
    status: ok ? "ok" : "impaired",
    version,
    checkedAt: instant(snapshot.now),
    parts,
    netpost: {
      status: worstOf(statusesOf(assessed)),
      monitors: countStatuses(statusesOf(assessed)),
      health: healthScoreDocument(snapshot.plan, health),
      groups: byGroup(assessed).map(({ name, members }) => ({
        name,
        status: worstOf(statusesOf(members)),
        counts: countStatuses(statusesOf(members)),
        monitors: members.map(({ monitor, present }) => ({
          id: monitor.id,
          status: present.status,
        })),
      })),
    },
  };
}
