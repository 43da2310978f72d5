/**
 * Who is told what of an incident now: the first notification, escalation, updates, deadlines, the
 * end. One decision tells a channel one thing at most.
 */
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
 * @param firing keys of all that fire, also of those that are muted
 */
export function page(
  incident: Incident,
  audible: readonly AudibleAlert[],
  firing: ReadonlySet<string>,
  now: number,
  nextInHours: NextInHours,
): Paged {
  if (incident.endedAt !== null) return endOf(incident, now);
  const snoozed = incident.snoozedUntil !== null && now < incident.snoozedUntil;
  const worst = audible.reduce<AudibleAlert | null>(
    (worse, one) => (worse === null || isWorse(one.level, worse.level) ? one : worse),
    null,
  );
  const told = incident.page;
  const begins = told === null || told.endTold;
  const worsens = told !== null && worst !== null && isWorse(worst.level, told.level);
  // A snooze is for what was known when it was asked for: not for what is worse.
  if (snoozed && !worsens) return { incident, notifications: [] };
  if (worst === null) return withUpdate({ incident, notifications: [] }, audible, firing, now);
  const fresh = begins || worsens ? restarted(incident, worst, now) : incident;
  const escalated = escalate(
    fresh,
    worst,
    audible,
    firing,
    now,
    nextInHours,
    begins ? "begins" : worsens ? "worsens" : "goes-on",
  );
  return withDeadlines(withUpdate(escalated, audible, firing, now), now);
}

/** A worsening is news: who had taken the milder thing on is asked again. */
function restarted(incident: Incident, { level, policy }: AudibleAlert, now: number): Incident {
  const before = incident.page;
  const { acknowledgedAt } = incident;
  // Taken on before anybody was told, or was told again: nobody has to be.
  const isBack = before?.endTold === true;
  const isTaken =
    acknowledgedAt !== null && (before === null || (isBack && acknowledgedAt > before.updatedAt));
  const taken = isTaken ? {} : { acknowledgedAt: null, acknowledgedBy: null };
  return {
    ...incident,
    ...taken,
    snoozedUntil: null,
    page: {
      policy: policy.id,
      level,
      startedAt: now,
      stepsTaken: 0,
      // They know it as over: who is not told that it is back need not hear of its end twice.
      channels: isBack ? [] : (before?.channels ?? []),
      sequence: before?.sequence ?? 0,
      alertsTold: isBack ? [] : (before?.alertsTold ?? []),
      alertsOver: isBack ? [] : (before?.alertsOver ?? []),
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
  firing: ReadonlySet<string>,
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
  // Of several steps that are due at once, each channel hears of one.
  const byChannel = new Map<string, Notification>();
  for (const { sequence: index, step } of steps) {
    // What the policy does at once is the beginning, in as many steps as it says it.
    const isFirst = index < worst.policy.steps.length && step.afterSeconds === 0;
    for (const channel of step.channels) {
      const earlier = byChannel.get(channel);
      byChannel.set(channel, {
        incident: incident.key,
        channel,
        kind: isFirst ? "trigger" : (earlier?.kind ?? "escalate"),
        sequence: earlier?.sequence ?? told.sequence + byChannel.size,
        onCall: step.onCall ?? earlier?.onCall ?? null,
        because: isFirst ? why : (earlier?.because ?? `step ${index + 1}, not acknowledged`),
      });
    }
  }
  const notifications = [...byChannel.values()];
  return {
    incident: {
      ...incident,
      page: {
        ...told,
        stepsTaken: told.stepsTaken + steps.length,
        channels: [...new Set([...told.channels, ...byChannel.keys()])],
        sequence: told.sequence + notifications.length,
        // Whoever is told now hears of all of them.
        ...(notifications.length > 0 ? heardOf(told, audible, firing, now) : {}),
      },
    },
    notifications,
  };
}

/** Alerts have joined, or some are over: everybody told before hears of it, not too often. */
function withUpdate(
  paged: Paged,
  audible: readonly AudibleAlert[],
  firing: ReadonlySet<string>,
  now: number,
): Paged {
  const told = paged.incident.page;
  if (told === null || told.endTold || told.channels.length === 0) return paged;
  if (paged.notifications.length > 0) return paged;
  const known = new Set(told.alertsTold.filter((key) => !told.alertsOver.includes(key)));
  const more = audible.some(({ alert }) => !known.has(alert.key));
  const fewer = [...known].some((key) => !firing.has(key));
  if ((!more && !fewer) || now - told.updatedAt < updateEverySeconds) return paged;
  const page = { ...told, ...heardOf(told, audible, firing, now) };
  const because = more ? "more alerts" : "part of it is over";
  return tellAll({ ...paged.incident, page }, "update", because);
}

/** A deadline is told of before it passes, once; after it where that was not possible. */
function withDeadlines(paged: Paged, now: number): Paged {
  const told = paged.incident.page;
  if (told === null) return paged;
  const pressing = deadlinesOf(paged.incident, now).filter(
    ({ state, kind, metAt }) =>
      metAt === null && state !== "open" && !told.deadlinesTold.includes(kind),
  );
  if (pressing.length === 0) return paged;
  const incident = {
    ...paged.incident,
    page: { ...told, deadlinesTold: [...told.deadlinesTold, ...pressing.map(({ kind }) => kind)] },
  };
  const because = pressing.map(({ kind, state }) => `${kind} deadline ${state}`).join(" and ");
  // Whoever is told of anything now reads there of the deadline as well.
  const heard = new Set(paged.notifications.map(({ channel }) => channel));
  const warned = tellAll(incident, "deadline", because, heard);
  return {
    incident: warned.incident,
    notifications: [...paged.notifications, ...warned.notifications],
  };
}

function endOf(incident: Incident, now: number): Paged {
  const told = incident.page;
  if (told === null || told.endTold) return { incident, notifications: [] };
  return tellAll(
    { ...incident, page: { ...told, updatedAt: now, endTold: true } },
    "resolve",
    "over",
  );
}

/** Tells every channel that was told before, but some. */
export function tellAll(
  incident: Incident,
  kind: NotificationKind,
  because: string,
  but: ReadonlySet<string> = new Set(),
): Paged {
  const told: Page | null = incident.page;
  if (told === null) return { incident, notifications: [] };
  const channels = told.channels.filter((channel) => !but.has(channel));
  const notifications = channels.map((channel, index) => ({
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

/** What those told before know after a message. */
function heardOf(
  { alertsTold }: Page,
  audible: readonly AudibleAlert[],
  firing: ReadonlySet<string>,
  now: number,
): Pick<Page, "alertsTold" | "alertsOver" | "updatedAt"> {
  const all = [...new Set([...alertsTold, ...audible.map(({ alert }) => alert.key)])];
  return { alertsTold: all, alertsOver: all.filter((key) => !firing.has(key)), updatedAt: now };
}
