/** Incidents as operators see them: with members, deadlines, timeline and review. */
import { alertIdOf } from "../../../shared/contract/api/alerts.ts";
import type { HandledDocument } from "../../../shared/contract/api/incident-handling.ts";
import { deadlinesOf } from "../../../shared/domain/alerting/priority.ts";
import { reviewMarkdown } from "../../../shared/domain/alerting/review.ts";
import { timelineOf } from "../../../shared/domain/alerting/timeline.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  type HandledIncident,
  readHandled,
  readHandledByKey,
  readMerged,
} from "../../../shared/storage/alerting/incident-pages.ts";
import {
  type MemberOutage,
  readMemberOutages,
} from "../../../shared/storage/alerting/member-outages.ts";
import { readHistory } from "../../../shared/storage/alerting/timeline.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

/** Members that an answer names at most. */
const mostMembers = 2_000;

/** The documents of incidents, their members read at once. */
export async function handledDocuments(
  db: D1Database,
  plan: Plan,
  incidents: readonly HandledIncident[],
  now: number,
): Promise<HandledDocument[]> {
  const keys = incidents.map(({ key }) => key);
  const roots = incidents.flatMap(({ mergedInto }) => mergedInto ?? []);
  const [merged, into] = await Promise.all([
    fromDatabase(readMerged(db, keys, mostMembers)),
    roots.length === 0 ? [] : fromDatabase(readHandledByKey(db, roots)),
  ]);
  const outages = await fromDatabase(
    readMemberOutages(db, [...keys, ...merged.map(({ key }) => key)]),
  );
  return incidents.map((incident) => {
    const parts = merged.filter(({ mergedInto }) => mergedInto === incident.key);
    const family = new Set([incident, ...parts].map(({ key }) => key));
    return handledDocument(incident, plan, now, {
      merged: parts.map(({ number }) => number),
      outages: outages.filter((outage) => family.has(outage.incident)),
      mergedInto: into.find(({ key }) => key === incident.mergedInto)?.number ?? null,
    });
  });
}

function handledDocument(
  incident: HandledIncident,
  plan: Plan,
  now: number,
  of: {
    readonly merged: number[];
    readonly outages: readonly MemberOutage[];
    readonly mergedInto: number | null;
  },
): HandledDocument {
  const { startedAt, endedAt, acknowledgedAt, acknowledgedBy, falseAlarm } = incident;
  return {
    number: incident.number,
    title: incident.title,
    state: endedAt === null ? "open" : "closed",
    origin: incident.origin,
    severity: incident.severity,
    priority: incident.priority,
    priorityFixed: incident.priorityFixed,
    monitor: incident.monitor === null ? null : named(plan, incident.monitor),
    startedAt: instant(startedAt),
    detectedAt: instant(incident.detectedAt),
    endedAt: instantOrNull(endedAt),
    durationSeconds: Math.max(0, (endedAt ?? now) - startedAt),
    acknowledged:
      acknowledgedAt === null ? null : { at: instant(acknowledgedAt), by: acknowledgedBy ?? "" },
    snoozedUntil: instantOrNull(incident.snoozedUntil),
    assignee: incident.assignee,
    falseAlarm: falseAlarm === null ? null : { at: instant(falseAlarm.at), by: falseAlarm.by },
    mergedInto: of.mergedInto,
    labels: { ...incident.labels },
    deadlines: deadlinesOf(incident, now).map((deadline) => ({
      kind: deadline.kind,
      dueAt: instant(deadline.dueAt),
      warnAt: instant(deadline.warnAt),
      metAt: instantOrNull(deadline.metAt),
      state: deadline.state,
    })),
    reviewed: incident.review !== null,
    outages: of.outages.map((outage) => ({
      incident: outage.number,
      monitor: named(plan, outage.monitor),
      startedAt: instant(outage.startedAt),
      detectedAt: instant(outage.detectedAt),
      endedAt: instantOrNull(outage.endedAt),
      durationSeconds: Math.max(0, (outage.endedAt ?? now) - outage.startedAt),
    })),
    merged: of.merged,
  };
}

function named(plan: Plan, id: string) {
  return { id, name: plan.monitors.find((monitor) => monitor.id === id)?.name ?? null };
}

/** Reads one incident. @throws ProblemError `not-found` */
export async function requireHandled(db: D1Database, number: number): Promise<HandledIncident> {
  const incident = await fromDatabase(readHandled(db, number));
  if (incident === null) throw new ProblemError("not-found", `There is no incident ${number}.`);
  return incident;
}

async function readStory(db: D1Database, incident: HandledIncident) {
  const merged = await fromDatabase(readMerged(db, [incident.key], mostMembers));
  const keys = [incident.key, ...merged.map(({ key }) => key)];
  const history = await fromDatabase(readHistory(db, keys));
  return { merged, keys, history, timeline: timelineOf({ incident, merged, ...history }) };
}

/** The answer for one incident. @throws ProblemError `not-found` */
export async function singleHandled(db: D1Database, number: number, now: number) {
  const [incident, plan] = await Promise.all([
    requireHandled(db, number),
    fromDatabase(readPlan(db)),
  ]);
  const [[document], { history, timeline }] = await Promise.all([
    handledDocuments(db, plan, [incident], now),
    readStory(db, incident),
  ]);
  if (!document) throw new RangeError("an incident without a document");
  const { review } = incident;
  return {
    incident: document,
    alerts: [...new Set(history.decisions.map(({ alert }) => alertIdOf(alert)))],
    timeline: timeline.map(({ at, kind, author, public: isPublic, text }) => ({
      at: instant(at),
      kind,
      by: author,
      public: isPublic,
      text,
    })),
    review:
      review === null
        ? null
        : {
            summary: review.summary,
            impact: review.impact,
            rootCause: review.rootCause,
            detection: review.detection,
            wentWell: review.wentWell,
            wentBadly: review.wentBadly,
            actions: review.actions.map((action) => ({ ...action })),
            writtenAt: instant(review.writtenAt),
            writtenBy: review.writtenBy,
          },
  };
}

/** An incident and its review as Markdown. @throws ProblemError `not-found` */
export async function reviewPage(db: D1Database, number: number, now: number): Promise<string> {
  const [incident, plan] = await Promise.all([
    requireHandled(db, number),
    fromDatabase(readPlan(db)),
  ]);
  const { keys, timeline } = await readStory(db, incident);
  const outages = await fromDatabase(readMemberOutages(db, keys));
  return reviewMarkdown(
    {
      ...incident,
      falseAlarm: incident.falseAlarm !== null,
      deadlines: deadlinesOf(incident, now),
      outages: outages.map((outage) => ({
        ...outage,
        monitor: named(plan, outage.monitor).name ?? outage.monitor,
      })),
      timeline,
    },
    now,
    instant,
  );
}
