import type { PublicMonitor, StatusDocument } from "../../../shared/contract/api/status.ts";
import { presentByRegion } from "../../../shared/domain/present-status.ts";
import type { ListedOutage } from "../../../shared/storage/outage-pages.ts";
import { type AssessedMonitor, assess, byGroup, statusesOf, worstOf } from "./assessment.ts";
import { instant, instantOrNull } from "./instant.ts";
import { type LatestResults, latestOf } from "./latest-results.ts";
import { isRegional } from "./monitor-documents.ts";
import { publicCause, publicOutage } from "./outage-documents.ts";
import { regionDocument, regionStates, type Snapshot } from "./snapshot.ts";

/** Incidents that a status page shows. */
export interface ShownIncidents {
  readonly open: readonly ListedOutage[];
  readonly recent: readonly ListedOutage[];
}

/** What a status page needs; nothing in it says how NetPost is reached. */
export function statusDocument(
  snapshot: Snapshot,
  latest: LatestResults,
  incidents: ShownIncidents,
): StatusDocument {
  const { freshness, now, plan } = snapshot;
  const assessed = assess(snapshot);
  return {
    status: worstOf(statusesOf(assessed)),
    asOf: instantOrNull(freshness.asOf),
    stale: freshness.stale,
    staleSince: freshness.stale ? instantOrNull(freshness.asOf) : null,
    regions: regionStates(snapshot).map(regionDocument),
    groups: byGroup(assessed).map(({ name, members }) => ({
      name,
      status: worstOf(statusesOf(members)),
      monitors: members.map((member) => publicMonitor(snapshot, latest, member)),
    })),
    incidents: {
      open: incidents.open.map((incident) => publicOutage(incident, plan, now)),
      recent: incidents.recent.map((incident) => publicOutage(incident, plan, now)),
    },
  };
}

function publicMonitor(
  snapshot: Snapshot,
  latest: LatestResults,
  { monitor, present }: AssessedMonitor,
): PublicMonitor {
  const regions = presentByRegion(snapshot, monitor).map(({ id, number, status }) => {
    const shown = {
      status: status.status,
      since: instant(status.since),
      unknownReason: status.unknownReason,
      // How fast it was when somebody last looked says nothing about now.
      latencyMs:
        status.status === "unknown" ? null : (latestOf(latest, monitor, number)?.latencyMs ?? null),
    };
    return [id, shown] as const;
  });
  return {
    id: monitor.id,
    name: monitor.name,
    status: present.status,
    since: instant(present.since),
    regional: isRegional(present),
    cause: publicCause(present.cause),
    unknownReason: present.unknownReason,
    regions: Object.fromEntries(regions),
  };
}
