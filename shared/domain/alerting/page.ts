/** Who is told what of an incident now: the first notification, escalation, updates, the end. */
import { isWorse } from "./alert.ts";
import { dueSteps, type EscalationPolicy, type NextInHours } from "./escalation.ts";
import { type Incident, type Page, updateEverySeconds } from "./incident.ts";
import type { Alert, Notification, NotificationKind } from "./memory.ts";
import { deadlinesOf } from "./priority.ts";
import type { Level } from "./rule.ts";

/** An alert of which people may be told now. */
export interface AudibleAlert {
  readonly alert: Alert;
  readonly level: Level;
  /** Of its rule. */
  readonly policy: EscalationPolicy;
}

export interface Paged {
  readonly incident: Incident;
  readonly notifications: readonly Notification[];
}

/**
 * Takes an incident that people handle one decision further.
 *
 * @param audible its alerts that fire and are not muted, those of merged incidents included
 */
export function page(
  incident: Incident,
  audible: readonly AudibleAlert[],
  now: number,
  nextInHours: NextInHours,
): Paged {
  if (incident.endedAt !== null) return endOf(incident);
  const snoozed = incident.snoozedUntil !== null && now < incident.snoozedUntil;
  const worst = audible.reduce<AudibleAlert | null>(
    (worse, one) => (worse === null || isWorse(one.level, worse.level) ? one : worse),
    null,
  );
  const told = incident.page;
  const begins = told === null || told.endTold;
  const worsens = told !== null && worst !== null && isWorse(worst.level, told.level);
  // A snooze is for what was known when it was asked for: not for what is worse.
  if (worst === null || (snoozed && !worsens))
    return withDeadlines({ incident, notifications: [] }, now);
  const fresh = begins || worsens ? restarted(incident, worst, now) : incident;
  const escalated = escalate(
    fresh,
    worst,
    audible,
    now,
    nextInHours,
    begins ? "begins" : worsens ? "worsens" : "goes-on",
  );
  return withDeadlines(withUpdate(escalated, audible, now), now);
}

/** A worsening is news: who had taken the milder thing on is asked again. */
function restarted(incident: Incident, { level, policy }: AudibleAlert, now: number): Incident {
  const before = incident.page;
  // Taken on before anybody was told: nobody has to be.
  const taken = before === null ? {} : { acknowledgedAt: null, acknowledgedBy: null };
  return {
    ...incident,
    ...taken,
    snoozedUntil: null,
    page: {
      policy: policy.id,
      level,
      startedAt: now,
      stepsTaken: 0,
      channels: before?.channels ?? [],
      sequence: before?.sequence ?? 0,
      alertsTold: before?.endTold === false ? before.alertsTold : [],
      updatedAt: now,
      deadlinesTold: before?.deadlinesTold ?? [],
      endTold: false,
    },
  };
}

function escalate(
  incident: Incident,
  worst: AudibleAlert,
  audible: readonly AudibleAlert[],
  now: number,
  nextInHours: NextInHours,
  why: "begins" | "worsens" | "goes-on",
): Paged {
  const told = incident.page;
  if (told === null || incident.acknowledgedAt !== null) return { incident, notifications: [] };
  const steps = dueSteps(
    worst.policy,
    told.level,
    told.startedAt,
    told.stepsTaken,
    now,
    nextInHours,
  );
  if (steps.length === 0) return { incident, notifications: [] };
  const notifications: Notification[] = [];
  let sequence = told.sequence;
  const channels = new Set(told.channels);
  for (const { sequence: index, step } of steps) {
    for (const channel of step.channels) {
      const kind = index === 0 ? "trigger" : "escalate";
      const because = index === 0 ? why : `step ${index + 1}, not acknowledged`;
      notifications.push({
        incident: incident.key,
        channel,
        kind,
        sequence: sequence++,
        onCall: step.onCall,
        because,
      });
      channels.add(channel);
    }
  }
  return {
    incident: {
      ...incident,
      page: {
        ...told,
        stepsTaken: told.stepsTaken + steps.length,
        channels: [...channels],
        sequence,
        // Whoever is told now hears of all of them.
        alertsTold: notifications.length > 0 ? keysOf(audible) : told.alertsTold,
        updatedAt: notifications.length > 0 ? now : told.updatedAt,
      },
    },
    notifications,
  };
}

/** More alerts have joined: everybody told before hears of it, not too often. */
function withUpdate(paged: Paged, audible: readonly AudibleAlert[], now: number): Paged {
  const told = paged.incident.page;
  if (told === null || paged.notifications.length > 0) return paged;
  const more = audible.some(({ alert }) => !told.alertsTold.includes(alert.key));
  if (!more || now - told.updatedAt < updateEverySeconds) return paged;
  const alertsTold = [...new Set([...told.alertsTold, ...keysOf(audible)])];
  return tellAll(
    { ...paged.incident, page: { ...told, alertsTold, updatedAt: now } },
    "update",
    "more alerts",
  );
}

/** A deadline is told of before it passes, once. */
function withDeadlines(paged: Paged, now: number): Paged {
  const told = paged.incident.page;
  if (told === null) return paged;
  const near = deadlinesOf(paged.incident, now)
    .filter(({ state, kind }) => state === "near" && !told.deadlinesTold.includes(kind))
    .map(({ kind }) => kind);
  if (near.length === 0) return paged;
  const incident = {
    ...paged.incident,
    page: { ...told, deadlinesTold: [...told.deadlinesTold, ...near] },
  };
  // A first notification names the deadlines itself.
  if (paged.notifications.some(({ kind }) => kind === "trigger")) return { ...paged, incident };
  const warned = tellAll(incident, "deadline", `${near.join(" and ")} deadline near`);
  return {
    incident: warned.incident,
    notifications: [...paged.notifications, ...warned.notifications],
  };
}

function endOf(incident: Incident): Paged {
  const told = incident.page;
  if (told === null || told.endTold) return { incident, notifications: [] };
  return tellAll({ ...incident, page: { ...told, endTold: true } }, "resolve", "over");
}

/** Tells every channel that was told before. */
export function tellAll(incident: Incident, kind: NotificationKind, because: string): Paged {
  const told: Page | null = incident.page;
  if (told === null) return { incident, notifications: [] };
  const notifications = told.channels.map((channel, index) => ({
    incident: incident.key,
    channel,
    kind,
    sequence: told.sequence + index,
    onCall: null,
    because,
  }));
  const page = { ...told, sequence: told.sequence + notifications.length };
  return { incident: { ...incident, page }, notifications };
}

function keysOf(audible: readonly AudibleAlert[]): string[] {
  return audible.map(({ alert }) => alert.key);
}
