/** Alerts that people trigger, and end. */
import type { TriggerBody } from "../../../shared/contract/api/alerts.ts";
import { manualRule } from "../../../shared/domain/alerting/decide-alerts.ts";
import { alertKey } from "../../../shared/domain/alerting/memory.ts";
import { resolveByHand, trigger } from "../../../shared/domain/alerting/operate.ts";
import { labelIncident } from "../../../shared/storage/alerting/incident-fields.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { invalidRequest } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { type Act, changeMemory, eventOf, performed } from "./act.ts";
import { unknownNames } from "./known.ts";

/** The alert's key, and whether it fired already. */
export interface Triggered {
  readonly key: string;
  readonly repeated: boolean;
}

/**
 * Triggers an alert. Whoever gives it an id may say the same again: it fires once.
 *
 * @throws ProblemError `invalid-request` where it names a monitor that is not there
 */
export async function triggerAlert(
  db: D1Database,
  body: TriggerBody,
  { now, by }: Act,
): Promise<Triggered> {
  const { title, severity, message, monitor, labels } = body;
  const plan = await fromDatabase(readPlan(db));
  const ids = plan.monitors.map((one) => one.id);
  const errors = unknownNames("monitor", "monitor", monitor === null ? [] : [monitor], ids);
  if (errors.length > 0) throw invalidRequest(errors);
  const id = body.id ?? crypto.randomUUID();
  const key = alertKey(manualRule, { monitor, region: null, metric: id });
  return changeMemory<Triggered>(db, now, (memory) => {
    const writes = performed(trigger(memory, { id, title, severity, message, monitor }, now));
    const incident = writes.incidents?.[0];
    if (!incident) return { writes: {}, result: { key, repeated: true } };
    return {
      writes: { ...writes, events: [eventOf(incident.key, "triggered", by, message)] },
      more: Object.keys(labels).length === 0 ? [] : [labelIncident(db, incident.key, labels)],
      result: { key, repeated: false },
    };
  });
}

/**
 * Ends an alert that was triggered by hand.
 *
 * @throws ProblemError `not-found` or `conflict`
 */
export function resolveAlert(db: D1Database, key: string, { now, by }: Act): Promise<void> {
  return changeMemory(db, now, (memory) => {
    const writes = performed(resolveByHand(memory, key, now));
    const alert = memory.alerts.get(key);
    const events =
      alert?.incident === null || alert === undefined
        ? []
        : [eventOf(alert.incident, "resolved", by, `ended by ${by}`)];
    return { writes: { ...writes, events }, result: undefined };
  });
}
