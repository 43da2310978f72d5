/** What people do with incidents: each is kept in the timeline with who did it. */

import { manualRule } from "../../../shared/domain/alerting/decide-alerts.ts";
import type { AlertMemory } from "../../../shared/domain/alerting/memory.ts";
import {
  acknowledge,
  merge,
  type Operation,
  prioritise,
  resolveByHand,
  snooze,
} from "../../../shared/domain/alerting/operate.ts";
import type { Priority } from "../../../shared/domain/alerting/priority.ts";
import type { Review } from "../../../shared/domain/alerting/review.ts";
import { instant } from "../../../shared/instant.ts";
import type { IncidentEvent } from "../../../shared/storage/alerting/alert-ledger.ts";
import {
  assignIncident,
  reviewIncident,
  sayFalseAlarm,
} from "../../../shared/storage/alerting/incident-fields.ts";
import {
  type HandledIncident,
  readHandled,
  readMerged,
} from "../../../shared/storage/alerting/incident-pages.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { type Act, type Change, changeMemory, eventOf, performed } from "./act.ts";

/** The most incidents that are merged at once with what is merged into them. */
const mostMerged = 2_000;

/** Takes an incident on. @throws ProblemError `not-found` or `conflict`, as all of these */
export function acknowledgeIncident(db: D1Database, number: number, act: Act): Promise<void> {
  return operate(db, number, act, (memory, { key }) => ({
    operation: acknowledge(memory, key, act.by, act.now),
    event: eventOf(key, "acknowledged", act.by, `${act.by} has taken it on`),
  }));
}

/** Nobody is told of it until then, epoch seconds. */
export function snoozeIncident(
  db: D1Database,
  number: number,
  until: number,
  act: Act,
): Promise<void> {
  return operate(db, number, act, (memory, { key }) => ({
    operation: snooze(memory, key, until, act.now),
    event: eventOf(key, "snoozed", act.by, `snoozed until ${instant(until)}`),
  }));
}

/** Sets its priority for good. */
export function prioritiseIncident(
  db: D1Database,
  number: number,
  priority: Priority,
  act: Act,
): Promise<void> {
  return operate(db, number, act, (memory, { key }) => ({
    operation: prioritise(memory, key, priority),
    event: eventOf(key, "priority", act.by, `priority ${priority}`),
  }));
}

/** Makes it part of another. */
export function mergeIncident(
  db: D1Database,
  number: number,
  into: number,
  act: Act,
): Promise<void> {
  return changeMemory(db, act.now, async (memory) => {
    const [from, root] = [await required(db, number), await required(db, into)];
    const all = await remembering(db, memory, [from, root]);
    return {
      writes: {
        ...performed(merge(all, from.key, root.key)),
        events: [
          eventOf(from.key, "merged", act.by, `merged into incident ${into}`),
          eventOf(root.key, "merged", act.by, `incident ${number} is merged into it`),
        ],
      },
      result: undefined,
    };
  });
}

/** Ends an incident that was triggered by hand, with all that people triggered of it. */
export function resolveIncident(db: D1Database, number: number, act: Act): Promise<void> {
  return changeMemory(db, act.now, async (memory) => {
    const incident = await required(db, number);
    if (incident.endedAt !== null) throw new ProblemError("conflict", "It is over already.");
    const family = [...memory.incidents.values()]
      .filter(({ key, mergedInto }) => key === incident.key || mergedInto === incident.key)
      .map(({ key }) => key);
    const alerts = [...memory.alerts.values()].filter(
      (alert) =>
        alert.rule === manualRule &&
        alert.state.phase === "firing" &&
        alert.incident !== null &&
        family.includes(alert.incident),
    );
    if (alerts.length === 0) {
      throw new ProblemError(
        "conflict",
        "Nothing of it was triggered by hand: it ends when its signals are well.",
      );
    }
    const ended = alerts.flatMap(
      ({ key }) => performed(resolveByHand(memory, key, act.now)).alerts ?? [],
    );
    const event = eventOf(incident.key, "resolved", act.by, `ended by ${act.by}`);
    return { writes: { alerts: ended, events: [event] }, result: undefined };
  });
}

/** Gives it to somebody, or to nobody. */
export function assign(db: D1Database, number: number, to: string | null, act: Act): Promise<void> {
  return say(db, number, act, (incident) =>
    incident.assignee === to
      ? null
      : {
          statement: assignIncident(db, incident.key, to),
          event: eventOf(
            incident.key,
            "assigned",
            act.by,
            to === null ? "assigned to nobody" : `assigned to ${to}`,
          ),
        },
  );
}

/** Says that there was nothing, or takes it back. Saying it again changes nothing. */
export function markFalse(
  db: D1Database,
  number: number,
  isFalse: boolean,
  act: Act,
): Promise<void> {
  return say(db, number, act, ({ key, falseAlarm }) =>
    (falseAlarm !== null) === isFalse
      ? null
      : {
          statement: sayFalseAlarm(db, key, isFalse ? { at: act.now, by: act.by } : null),
          event: eventOf(
            key,
            "false-alarm",
            act.by,
            isFalse ? "a false alarm" : "no false alarm after all",
          ),
        },
  );
}

/** Tells how it goes: everybody, or operators only. */
export function addUpdate(
  db: D1Database,
  number: number,
  text: string,
  isPublic: boolean,
  act: Act,
): Promise<void> {
  return say(db, number, act, ({ key }) => ({
    statement: null,
    event: eventOf(key, isPublic ? "update" : "note", act.by, text, isPublic),
  }));
}

/** Writes its review, in place of an earlier one. */
export function writeReview(
  db: D1Database,
  number: number,
  fields: Omit<Review, "writtenAt" | "writtenBy">,
  act: Act,
): Promise<void> {
  const review: Review = { ...fields, writtenAt: act.now, writtenBy: act.by };
  return say(db, number, act, ({ key }) => ({
    statement: reviewIncident(db, key, review),
    event: eventOf(key, "review", act.by, "review written"),
  }));
}

/** What is said of an incident, and no matter of alerting; null: it is said already. */
type Saying = {
  readonly statement: D1PreparedStatement | null;
  readonly event: IncidentEvent;
} | null;

function say(
  db: D1Database,
  number: number,
  { now }: Act,
  what: (incident: HandledIncident) => Saying,
): Promise<void> {
  return changeMemory(db, now, async (): Promise<Change<void>> => {
    const said = what(await required(db, number));
    if (said === null) return { writes: {}, result: undefined };
    return {
      writes: { events: [said.event] },
      more: said.statement === null ? [] : [said.statement],
      result: undefined,
    };
  });
}

function operate(
  db: D1Database,
  number: number,
  { now }: Act,
  perform: (
    memory: AlertMemory,
    incident: HandledIncident,
  ) => { readonly operation: Operation; readonly event: IncidentEvent },
): Promise<void> {
  return changeMemory(db, now, async (memory) => {
    const incident = await required(db, number);
    const { operation, event } = perform(await remembering(db, memory, [incident]), incident);
    return { writes: { ...performed(operation), events: [event] }, result: undefined };
  });
}

async function required(db: D1Database, number: number): Promise<HandledIncident> {
  const incident = await fromDatabase(readHandled(db, number));
  if (incident === null) throw new ProblemError("not-found", `There is no incident ${number}.`);
  if (incident.mergedInto !== null) {
    throw new ProblemError("conflict", "It was merged into another one: handle that.");
  }
  return incident;
}

/** The memory with incidents that ended too long ago to be remembered, and what is merged into them. */
async function remembering(
  db: D1Database,
  memory: AlertMemory,
  incidents: readonly HandledIncident[],
): Promise<AlertMemory> {
  const old = incidents.filter(({ key }) => !memory.incidents.has(key));
  // Also of those remembered: what was merged into them may be older.
  const merged = await fromDatabase(
    readMerged(
      db,
      incidents.map(({ key }) => key),
      mostMerged,
    ),
  );
  const all = new Map(memory.incidents);
  for (const one of [...old, ...merged]) if (!all.has(one.key)) all.set(one.key, one);
  return { ...memory, incidents: all };
}
