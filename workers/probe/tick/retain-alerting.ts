/** A step of the upkeep: deletes what alerting wrote long ago, a little at a time. */
import { alertingKeptFrom } from "../../../shared/domain/alerting/care.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { LogValue } from "../../../shared/log.ts";
import { deleteOldAlerting } from "../../../shared/storage/alerting/alerting-retention.ts";
import { alertingRetention } from "../care-settings.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** Rows of a kind deleted at once: far more than come in between. */
const mostAtOnce = 500;
/** What is kept though it is old is read again each time: not every minute. */
const everySeconds = 600;

/** @throws where a setting is malformed, or the database fails */
export async function retainAlertingStep(
  { env }: TickSurroundings,
  _plan: Plan,
  minute: number,
): Promise<LogValue> {
  const retention = alertingRetention(env);
  if (minute % everySeconds !== 0) return null;
  const kept = alertingKeptFrom(retention, minute);
  const { rows, ...deleted } = await deleteOldAlerting(env.DB, kept, mostAtOnce);
  const total = Object.values(deleted).reduce((sum, count) => sum + count, 0);
  return total > 0 ? { ...deleted, rowsRead: rows.read, rowsWritten: rows.written } : null;
}
