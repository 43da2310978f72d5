import type {
  DayBarDocument,
  PublicIncident,
  PublicMaintenance,
  PublicMonitor,
  StatusDocument,
} from "../../../shared/contract/api/status.ts";
import { type DayBar, lastDays } from "../../../shared/domain/daily-bars.ts";
import { staleAfterSeconds } from "../../../shared/domain/freshness.ts";
import { presentByRegion } from "../../../shared/domain/present-status.ts";
import type { DaysOfMonitor } from "../../../shared/measure/daily-availability.ts";
import { type AssessedMonitor, assess, byGroup, statusesOf, worstOf } from "./assessment.ts";
import { instant, instantOrNull } from "./instant.ts";
import { type LatestResults, latestOf } from "./latest-results.ts";
import { isRegional } from "./monitor-documents.ts";
import { publicCause } from "./outage-documents.ts";
import { regionDocument, regionStates, type Snapshot } from "./snapshot.ts";
import { isPublic } from "./status-incidents.ts";

/** What the page shows beside the present. */
export interface Shown {
  readonly latest: LatestResults;
  /** How many days the bars go back. */
  readonly days: number;
  /** By monitor number. */
  readonly daily: ReadonlyMap<number, DaysOfMonitor>;
  readonly incidents: {
    readonly open: PublicIncident[];
    readonly recent: PublicIncident[];
  };
  readonly maintenance: PublicMaintenance[];
}

/** What a status page needs; nothing in it says how NetPost is reached. */
export function statusDocument(snapshot: Snapshot, shown: Shown): StatusDocument {
  const { freshness, now } = snapshot;
  const assessed = assess(snapshot).filter(({ monitor }) => isPublic(monitor));
  return {
    status: worstOf(statusesOf(assessed)),
    asOf: instantOrNull(freshness.asOf),
    stale: freshness.stale,
    staleSince: freshness.stale ? instantOrNull(freshness.asOf) : null,
    days: lastDays(now, shown.days).map(({ from }) => instant(from).slice(0, 10)),
    regions: regionStates(snapshot).map(regionDocument),
    groups: byGroup(assessed).map(({ name, members }) => ({
      name,
      status: worstOf(statusesOf(members)),
      monitors: members.map((member) => publicMonitor(snapshot, shown, member)),
    })),
    incidents: shown.incidents,
    maintenance: shown.maintenance,
  };
}

/**
 * A document of an earlier time, as it is served while nothing newer can be had: marked stale, and
 * after two minutes every present status is unknown, as nobody knows it.
 *
 * @param now epoch seconds
 */
export function agedStatusDocument(document: StatusDocument, now: number): StatusDocument {
  const asOf = document.asOf === null ? null : Date.parse(document.asOf) / 1000;
  const aged = { ...document, stale: true, staleSince: document.staleSince ?? document.asOf };
  if (document.stale || asOf === null || now - asOf <= staleAfterSeconds) return aged;
  const since = instant(asOf);
  const unknown = { status: "unknown", since, unknownReason: "stale" } as const;
  const age = <T extends { status: string }>(one: T) => (one.status === "unknown" ? {} : unknown);
  return {
    ...aged,
    status: "unknown",
    groups: document.groups.map((group) => ({
      ...group,
      status: "unknown",
      monitors: group.monitors.map((monitor) => ({
        ...monitor,
        regional: false,
        cause: null,
        ...age(monitor),
        regions: Object.fromEntries(
          Object.entries(monitor.regions).map(([id, region]) => [
            id,
            { ...region, ...age(region), latencyMs: null },
          ]),
        ),
      })),
    })),
  };
}

function publicMonitor(
  snapshot: Snapshot,
  { latest, daily }: Shown,
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
  const days = daily.get(monitor.number);
  return {
    id: monitor.id,
    name: monitor.name,
    status: present.status,
    since: instant(present.since),
    regional: isRegional(present),
    cause: publicCause(present.cause),
    unknownReason: present.unknownReason,
    regions: Object.fromEntries(regions),
    availability: days?.whole.availability ?? null,
    bars: days?.bars.map(barDocument) ?? [],
  };
}

function barDocument({ worst, seen }: DayBar): DayBarDocument {
  const { downSeconds, degradedSeconds, unknownSeconds, excludedSeconds } = seen;
  return {
    status: worst,
    availability: seen.availability,
    ...(downSeconds > 0 && { downSeconds }),
    ...(degradedSeconds > 0 && { degradedSeconds }),
    ...(unknownSeconds > 0 && { unknownSeconds }),
    ...(excludedSeconds > 0 && { excludedSeconds }),
  };
}
