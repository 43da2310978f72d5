/** What people did to incidents, done again in a backtest. */
import type { Incident } from "./incident.ts";
import type { AlertMemory, Notification } from "./memory.ts";
import { acknowledge, type Operation, prioritise, snooze } from "./operate.ts";
import type { Priority } from "./priority.ts";

/** Something that a person did. Epoch seconds. */
export interface PersonsAct {
  readonly at: number;
  readonly by: string;
  /** Key of the incident. */
  readonly incident: string;
  readonly act:
    | { readonly kind: "acknowledge" }
    | { readonly kind: "snooze"; readonly until: number }
    | { readonly kind: "prioritise"; readonly priority: Priority };
}

export interface Acted {
  readonly memory: AlertMemory;
  readonly told: readonly {
    readonly at: number;
    readonly notifications: readonly Notification[];
  }[];
  /** Acts that had nothing to act on. */
  readonly idle: readonly PersonsAct[];
}

/**
 * Does acts again, in order. One is done to the incident of the same key, or to what that is part
 * of; where there is none, to the open incident of the same monitor: other rules give an incident
 * another beginning, and so another key.
 */
export function applyActs(memory: AlertMemory, acts: readonly PersonsAct[]): Acted {
  let now = memory;
  const told: { at: number; notifications: readonly Notification[] }[] = [];
  const idle: PersonsAct[] = [];
  for (const act of acts) {
    const incident = incidentOf(now, act.incident);
    const done = incident === null ? null : perform(now, incident.key, act);
    if (done === null || !done.ok) {
      idle.push(act);
      continue;
    }
    const incidents = new Map(now.incidents);
    for (const one of done.incidents) incidents.set(one.key, one);
    now = { alerts: now.alerts, incidents };
    told.push({ at: act.at, notifications: done.notifications });
  }
  return { memory: now, told, idle };
}

function perform(memory: AlertMemory, key: string, { act, at, by }: PersonsAct): Operation {
  switch (act.kind) {
    case "acknowledge":
      return acknowledge(memory, key, by, at);
    case "snooze":
      return snooze(memory, key, act.until, at);
    case "prioritise":
      return prioritise(memory, key, act.priority);
  }
}

function incidentOf({ incidents }: AlertMemory, key: string): Incident | null {
  const found = incidents.get(key) ?? openOf(incidents, subjectOf(key));
  if (found === null) return null;
  return found.mergedInto === null ? found : (incidents.get(found.mergedInto) ?? null);
}

function openOf(incidents: AlertMemory["incidents"], subject: string): Incident | null {
  for (const incident of incidents.values()) {
    if (incident.endedAt === null && subjectOf(incident.key) === subject) return incident;
  }
  return null;
}

/** What an incident is of, whenever it began: its key without the time at its end. */
export function subjectOf(key: string): string {
  return key.replace(/\/\d+$/, "");
}
