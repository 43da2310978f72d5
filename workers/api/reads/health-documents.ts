import type {
  BasicHealth,
  DatabasePart,
  DeliveryPart,
  DetailedHealth,
  ProbePart,
  ReadinessParts,
} from "../../../shared/contract/api/health.ts";
import type { HealthScore } from "../../../shared/domain/health-score.ts";
import { healthScoreDocument } from "../../../shared/measure/health-score.ts";
import type { OutboxState } from "../../../shared/storage/alerting/outbox-state.ts";
import { version } from "../../../shared/version.ts";
import { assess, byGroup, countStatuses, statusesOf, worstOf } from "./assessment.ts";
import { instant, instantOrNull } from "./instant.ts";
import { regionDocument, regionStates, type Snapshot } from "./snapshot.ts";

/** What waits this long in the outbox is stuck, seconds. */
const stuckSeconds = 600;

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
export function readinessParts(snapshot: Snapshot | null, database: DatabasePart): ReadinessParts {
  if (snapshot === null) return { database, plan: null, ticks: null };
  return { database, plan: planPart(snapshot), ticks: ticksPart(snapshot) };
}

/** Whether every part is as it should be. */
export function isReady({ database, plan, ticks }: ReadinessParts): boolean {
  return database.ok && plan?.ok === true && ticks?.ok === true;
}

/** Our own parts, and NetPost's assessment. */
export function detailedHealth(
  snapshot: Snapshot,
  database: DatabasePart,
  probe: ProbePart,
  health: HealthScore,
  outbox: OutboxState,
): DetailedHealth {
  const assessed = assess(snapshot);
  const regions = regionStates(snapshot);
  const plan = planPart(snapshot);
  const ticks = ticksPart(snapshot);
  const allReport = regions.every((region) => region.state === "reporting");
  const delivery = deliveryPart(outbox, snapshot.now);
  const ok = database.ok && probe.ok && plan.ok && ticks.ok && allReport && delivery.ok;
  return {
    status: ok ? "ok" : "impaired",
    version,
    checkedAt: instant(snapshot.now),
    parts: {
      database,
      probe,
      plan,
      ticks: {
        ...ticks,
        regions: regions.map(regionDocument),
      },
      delivery,
    },
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

function deliveryPart(outbox: OutboxState, now: number): DeliveryPart {
  const { waiting, oldestSince, dead, away, failedTests } = outbox;
  const stuck = oldestSince !== null && now - oldestSince >= stuckSeconds;
  return {
    ok: !stuck && away.length === 0 && failedTests.length === 0,
    waiting,
    waitingSince: instantOrNull(oldestSince),
    dead,
    away: [...away],
    failedTests: [...failedTests],
  };
}

function planPart({ plan }: Snapshot) {
  return { ok: plan.revision > 0, revision: plan.revision, monitors: plan.monitors.length };
}

function ticksPart({ freshness }: Snapshot) {
  return {
    ok: !freshness.stale,
    asOf: instantOrNull(freshness.asOf),
    stale: freshness.stale,
    lagSeconds: freshness.lagSeconds,
  };
}
