/**
 * Which incident an alert that fires is part of: its outage's own, the monitor's open one, one that
 * began just now, or a new one.
 */
import { type Incident, rootFor } from "./incident.ts";
import type { Alert, SampledOutage, SampleOf } from "./memory.ts";

/** The incidents known so far, by their keys. */
type Incidents = ReadonlyMap<string, Incident>;

/** Whether an incident is about the monitoring itself, by its key. */
export type IsOurs = (key: string) => boolean;

/** The id of the rule whose alert an incident began with; null: it began with an outage. */
export function ruleOfIncident(key: string): string | null {
  const [kind, rule] = key.split("/");
  return kind === "alert" && rule !== undefined ? rule : null;
}

/**
 * Finds the incident of an alert that has just begun to fire, or begins one.
 *
 * @param alert as it is now; its incident is the one it had before, if it had one
 * @param now epoch seconds
 * @param isOurs what fails of the monitoring is never part of what fails of NetPost, nor the reverse
 * @returns the incident, which goes on
 */
export function incidentOf(
  alert: Alert,
  sample: SampleOf,
  incidents: Incidents,
  now: number,
  isOurs: IsOurs,
): Incident {
  const last = alert.incident === null ? undefined : incidents.get(alert.incident);
  const { state } = alert;
  const isQuiet = state.phase === "firing" && state.quiet !== null;
  // Back within its cooldown it is the same trouble, which goes on.
  if (last && !sample.outage && isQuiet) return again(last);
  if (sample.outage) return incidentOfOutage(alert, sample, sample.outage, incidents, isOurs);
  const { monitor } = sample.subject;
  const own = monitor === null ? undefined : openIncidentOf(monitor, incidents);
  if (own) return own;
  const { since } = state;
  const key = `alert/${alert.key}/${since}`;
  const known = incidents.get(key);
  if (known) return again(known);
  const root = rootFor(alike(incidents, key, isOurs), key, now);
  return begin(key, alert, sample, { startedAt: since, detectedAt: now }, root?.key ?? null);
}

/**
 * The next outage of an alert that never ceased to fire, for it was not well for long enough: part
 * of the incident that goes on.
 */
export function incidentOfNextOutage(
  alert: Alert,
  sample: SampleOf,
  outage: SampledOutage,
  incidents: Incidents,
): Incident {
  const last = alert.incident === null ? undefined : incidents.get(alert.incident);
  const known = incidents.get(outage.key);
  if (known) return known;
  const root = last ? (last.mergedInto ?? last.key) : null;
  return begin(outage.key, alert, sample, outage, root);
}

function incidentOfOutage(
  alert: Alert,
  sample: SampleOf,
  outage: SampledOutage,
  incidents: Incidents,
  isOurs: IsOurs,
): Incident {
  const known = incidents.get(outage.key);
  if (known) return again(known);
  const root = rootFor(alike(incidents, outage.key, isOurs), outage.key, outage.detectedAt);
  return begin(outage.key, alert, sample, outage, root?.key ?? null);
}

/** Those about the monitoring itself, or those about NetPost, whichever a key is of. */
function alike(incidents: Incidents, key: string, isOurs: IsOurs): Incident[] {
  return [...incidents.values()].filter((one) => isOurs(one.key) === isOurs(key));
}

/** Goes on after it was over: whoever had taken it on has it no more. */
function again(incident: Incident): Incident {
  if (incident.endedAt === null) return incident;
  return { ...incident, endedAt: null, acknowledgedAt: null, acknowledgedBy: null };
}

function openIncidentOf(monitor: string, incidents: Incidents): Incident | undefined {
  for (const incident of incidents.values()) {
    if (incident.monitor === monitor && incident.endedAt === null) return incident;
  }
  return undefined;
}

function begin(
  key: string,
  { state }: Alert,
  { subject, title, outage }: SampleOf,
  { startedAt, detectedAt }: { readonly startedAt: number; readonly detectedAt: number },
  mergedInto: string | null,
): Incident {
  return {
    key,
    origin: outage ? "outage" : "alert",
    monitor: subject.monitor,
    title,
    startedAt,
    detectedAt,
    endedAt: null,
    mergedInto,
    severity: state.level,
    priority: "P4",
    priorityFixed: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    page: null,
  };
}
