import { resultReasonSchema } from "../../../shared/contract/api/common.ts";
import type { LatestResult, MonitorDocument } from "../../../shared/contract/api/monitors.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import {
  type PresentStatus,
  presentByRegion,
  presentByVantagePoint,
  presentOverall,
} from "../../../shared/domain/present-status.ts";
import type { StoredResult } from "../../../shared/storage/queries.ts";
import { instant } from "./instant.ts";
import { type LatestResults, latestOf } from "./latest-results.ts";
import { causeDocument } from "./outage-documents.ts";
import { describeQuorum, shownProbe } from "./shown-configuration.ts";
import type { Snapshot } from "./snapshot.ts";

/** A monitor as operators see it: configuration without secrets, status, latest results. */
export function monitorDocument(
  snapshot: Snapshot,
  latest: LatestResults,
  monitor: Monitor,
): MonitorDocument {
  const present = presentOverall(snapshot, monitor);
  const regions = presentByRegion(snapshot, monitor).map(({ id, number, status }) => {
    const result = latestOf(latest, monitor, number);
    const shown = { ...statusFields(status), latest: result && latestResult(result) };
    return [id, shown] as const;
  });
  const { failuresToOpen, successesToClose, quorum } = monitor.verdict;
  return {
    id: monitor.id,
    name: monitor.name,
    group: monitor.group,
    addedAt: instant(monitor.addedAt),
    target: monitor.sloTarget,
    category: monitor.category,
    tags: [...monitor.tags],
    weight: monitor.weight,
    dependsOn: [...monitor.dependsOn],
    public: monitor.public !== false,
    probe: shownProbe(monitor.probe),
    intervalSeconds: monitor.schedule.intervalSeconds,
    retry: { ...monitor.retry },
    verdict: { quorum: describeQuorum(quorum), failuresToOpen, successesToClose },
    ...statusFields(present),
    regional: isRegional(present),
    regions: Object.fromEntries(regions),
    vantagePoints: presentByVantagePoint(snapshot, monitor).map(({ point, status }) => ({
      ...point,
      ...statusFields(status),
    })),
  };
}

/** Whether a monitor is degraded because some regions fail, too few to call it down. */
export function isRegional(present: PresentStatus): boolean {
  return present.status === "degraded" && present.cause?.regional === true;
}

function statusFields(present: PresentStatus) {
  return {
    status: present.status,
    since: instant(present.since),
    unknownReason: present.unknownReason,
    cause: causeDocument(present.cause),
  };
}

function latestResult(result: StoredResult): LatestResult {
  return {
    scheduledAt: instant(result.time),
    outcome: result.outcome,
    reason: resultReasonSchema.nullable().parse(result.reason),
    detail: result.detail,
    latencyMs: result.latencyMs,
    attempts: result.attempts,
    metrics: { ...result.metrics },
  };
}
