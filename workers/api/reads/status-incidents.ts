/** Incidents as everybody may see them: what they are about, and what was published about them. */
import type { PublicIncident } from "../../../shared/contract/api/status.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { readMerged } from "../../../shared/storage/alerting/incident-pages.ts";
import { readMemberOutages } from "../../../shared/storage/alerting/member-outages.ts";
import {
  type PublicIncidentRow,
  readPublicUpdates,
} from "../../../shared/storage/alerting/public-incidents.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

const mostMerged = 1_000;
const mostUpdates = 2_000;

/**
 * The documents of incidents, in their order. One that is about monitors which the page does not
 * show, and about no other, is left out, unless something was published about it.
 */
export async function publicIncidents(
  db: D1Database,
  plan: Plan,
  incidents: readonly PublicIncidentRow[],
): Promise<PublicIncident[]> {
  if (incidents.length === 0) return [];
  const roots = incidents.map(({ key }) => key);
  const merged = await fromDatabase(readMerged(db, roots, mostMerged));
  const rootOf = new Map([
    ...roots.map((key) => [key, key] as const),
    ...merged.map(({ key, mergedInto }) => [key, mergedInto ?? key] as const),
  ]);
  const keys = [...rootOf.keys()];
  const [outages, updates] = await fromDatabase(
    Promise.all([readMemberOutages(db, keys), readPublicUpdates(db, keys, mostUpdates)]),
  );
  const outagesOf = Map.groupBy(outages, ({ incident }) => rootOf.get(incident));
  const updatesOf = Map.groupBy(updates, ({ incident }) => rootOf.get(incident));
  const shown = new Map(
    plan.monitors.filter(isPublic).map(({ id, name }) => [id, { id, name }] as const),
  );
  return incidents.flatMap((incident) => {
    const own = updatesOf.get(incident.key) ?? [];
    const about = [incident.monitor, ...(outagesOf.get(incident.key) ?? []).map((o) => o.monitor)];
    const monitors = [...new Set(about)].flatMap((id) => shown.get(id ?? "") ?? []);
    const isAboutNoOther = about.some((id) => id !== null) && monitors.length === 0;
    if (isAboutNoOther && own.length === 0) return [];
    const { number, monitor, title, severity, startedAt, endedAt } = incident;
    return [
      {
        number,
        // The title names the monitor that it began with.
        title: monitor === null || shown.has(monitor) ? title : `Incident ${number}`,
        state: endedAt === null ? ("open" as const) : ("closed" as const),
        severity,
        startedAt: instant(startedAt),
        endedAt: instantOrNull(endedAt),
        durationSeconds: endedAt === null ? null : Math.max(0, endedAt - startedAt),
        monitors,
        updates: own.map(({ at, text }) => ({ at: instant(at), text })),
      },
    ];
  });
}

/** Whether the status page shows a monitor. */
export function isPublic(monitor: { readonly public?: boolean | undefined }): boolean {
  return monitor.public !== false;
}
