/** Incidents as everybody may see them: what they are about, and what was published about them. */
import type { PublicIncident } from "../../../shared/contract/api/status.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { readShownIncidents } from "../../../shared/measure/public-incidents.ts";
import type { PublicIncidentRow } from "../../../shared/storage/alerting/public-incidents.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

export { isPublic } from "../../../shared/measure/public-incidents.ts";

/**
 * The documents of incidents, in their order. One that is about monitors which the page does not
 * show, and about no other, is left out, unless something was published about it.
 */
export async function publicIncidents(
  db: D1Database,
  plan: Plan,
  incidents: readonly PublicIncidentRow[],
): Promise<PublicIncident[]> {
  const shown = await fromDatabase(readShownIncidents(db, plan, incidents));
  return shown.map(({ number, title, severity, startedAt, endedAt, monitors, updates }) => ({
    number,
    title,
    state: endedAt === null ? ("open" as const) : ("closed" as const),
    severity,
    startedAt: instant(startedAt),
    endedAt: instantOrNull(endedAt),
    durationSeconds: endedAt === null ? null : Math.max(0, endedAt - startedAt),
    monitors: [...monitors],
    updates: updates.map(({ at, text }) => ({ at: instant(at), text })),
  }));
}
