import type { IncidentDocument, IncidentQuery } from "../../../shared/contract/api/incidents.ts";
import type { PublicIncident } from "../../../shared/contract/api/status.ts";
import { isFlapping } from "../../../shared/domain/incident.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Cause } from "../../../shared/domain/recording.ts";
import {
  type IncidentFilter,
  type ListedIncident,
  readIncidentPage,
} from "../../../shared/storage/incident-pages.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

/** Reads incidents, newest first, at most `limit`. */
export function readIncidents(
  db: D1Database,
  filter: IncidentFilter,
  limit: number,
): Promise<ListedIncident[]> {
  return fromDatabase(readIncidentPage(db, filter, limit));
}

/** Reads one page as a query asks for it; `next` is where the page after it begins. */
export async function readPage(
  db: D1Database,
  { state, limit, cursor }: IncidentQuery,
): Promise<{ incidents: ListedIncident[]; next: number | null }> {
  // One more than asked for tells whether there is another page.
  const incidents = await readIncidents(db, { state, before: cursor ?? null }, limit + 1);
  const page = incidents.slice(0, limit);
  const last = page.at(-1);
  return { incidents: page, next: incidents.length > limit && last ? last.number : null };
}

/**
 * An incident as operators see it.
 *
 * @param now epoch seconds, until when an open incident has lasted
 */
export function incidentDocument(
  incident: ListedIncident,
  plan: Plan,
  now: number,
): IncidentDocument {
  return {
    ...commonFields(incident, plan, now),
    detectedAt: instant(incident.detectedAt),
    cause: causeDocument(incident.cause),
  };
}

/** An incident as everybody may see it: without the detail of its cause. */
export function publicIncident(incident: ListedIncident, plan: Plan, now: number): PublicIncident {
  return { ...commonFields(incident, plan, now), cause: publicCause(incident.cause) };
}

/** A cause with its detail. */
export function causeDocument(cause: Cause | null) {
  if (cause === null) return null;
  return { reason: cause.reason, detail: cause.detail, regions: [...cause.regions] };
}

/** A cause without its detail, which may quote what the target answered. */
export function publicCause(cause: Cause | null) {
  return cause === null ? null : { reason: cause.reason, regions: [...cause.regions] };
}

function commonFields(incident: ListedIncident, plan: Plan, now: number) {
  const { number, monitorId, startedAt, endedAt, reopenings } = incident;
  const monitor = plan.monitors.find(({ id }) => id === monitorId);
  return {
    number,
    monitor: { id: monitorId, name: monitor?.name ?? null },
    state: endedAt === null ? ("open" as const) : ("closed" as const),
    startedAt: instant(startedAt),
    endedAt: instantOrNull(endedAt),
    durationSeconds: Math.max(0, (endedAt ?? now) - startedAt),
    reopenings,
    flapping: isFlapping({ reopenings }),
  };
}
