/** Incidents as everybody may see them: what they are about, and what was published about them. */
import type { Plan } from "../domain/plan.ts";
import { readMerged } from "../storage/alerting/incident-pages.ts";
import { readMemberOutages } from "../storage/alerting/member-outages.ts";
import {
  type PublicIncidentRow,
  type PublicUpdate,
  readPublicUpdates,
} from "../storage/alerting/public-incidents.ts";

const mostMerged = 1_000;
const mostUpdates = 2_000;

/** An incident without what operators keep to themselves. Epoch seconds. */
export interface ShownIncident
  extends Pick<PublicIncidentRow, "number" | "key" | "severity" | "startedAt" | "endedAt"> {
  readonly title: string;
  /** Those that the page shows. */
  readonly monitors: readonly { readonly id: string; readonly name: string }[];
  /** In order of time. */
  readonly updates: readonly Pick<PublicUpdate, "at" | "text">[];
}

/**
 * What is shown of incidents, in their order. One that is about monitors which the page does not
 * show, and about no other, is left out, unless something was published about it.
 */
export async function readShownIncidents(
  db: D1Database,
  plan: Plan,
  incidents: readonly PublicIncidentRow[],
): Promise<ShownIncident[]> {
  if (incidents.length === 0) return [];
  const roots = incidents.map(({ key }) => key);
  const merged = await readMerged(db, roots, mostMerged);
  const rootOf = new Map([
    ...roots.map((key) => [key, key] as const),
    ...merged.map(({ key, mergedInto }) => [key, mergedInto ?? key] as const),
  ]);
  const keys = [...rootOf.keys()];
  const [outages, updates] = await Promise.all([
    readMemberOutages(db, keys),
    readPublicUpdates(db, keys, mostUpdates),
  ]);
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
    const { number, key, monitor, title, severity, startedAt, endedAt } = incident;
    return [
      {
        ...{ number, key, severity, startedAt, endedAt, monitors },
        // The title names the monitor that it began with.
        title: monitor === null || shown.has(monitor) ? title : `Incident ${number}`,
        updates: own.map(({ at, text }) => ({ at, text })),
      },
    ];
  });
}

/** Whether the status page shows a monitor. */
export function isPublic(monitor: { readonly public?: boolean | undefined }): boolean {
  return monitor.public !== false;
}
