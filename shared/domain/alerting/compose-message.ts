/**
 * The words of a notification, found when it is sent, from what is true then. Every message stands
 * for itself: whoever reads only the newest knows how things are.
 */
import type { Monitor } from "../monitor.ts";
import type { PresentStatus } from "../present-status.ts";
import type { Cause } from "../recording.ts";
import type { Status } from "../status.ts";
import { kindToSend } from "./delivery.ts";
import type { Incident } from "./incident.ts";
import type { Alert, NotificationKind } from "./memory.ts";
import type { Message, MessageMonitor, MessageRegion } from "./message.ts";
import { deadlinesOf } from "./priority.ts";
import type { AlertRule } from "./rule.ts";
import { runbookOf } from "./runbook.ts";

/** An incident with the number by which people know it. */
export interface NumberedIncident extends Incident {
  readonly number: number;
  /** What a person who triggered it by hand called it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How a monitor fares now. */
export interface MonitorNow {
  readonly overall: PresentStatus;
  readonly regions: readonly MessageRegion[];
}

/** The notification that is to be sent. */
export interface ToSend {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly because: string;
  readonly fallbackOf: string | null;
  /** Who is on call; null: nobody is named. */
  readonly person: string | null;
  /** Whether the channel was told of the incident before. */
  readonly heard: boolean;
}

/** All that a message is made from. */
export interface MessageSource {
  readonly notification: ToSend;
  readonly incident: NumberedIncident;
  /** What is merged into it. */
  readonly merged: readonly NumberedIncident[];
  /** The alerts of it and of what is merged into it that are still remembered. */
  readonly alerts: readonly Alert[];
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly monitors: ReadonlyMap<string, Monitor>;
  readonly nowOf: (monitor: Monitor) => MonitorNow;
  /** What was wrong, by the key of the outage's incident. */
  readonly causes: ReadonlyMap<string, Cause | null>;
  readonly budget: Message["budget"];
  /** Where incidents can be looked at, and as what; null: nowhere. */
  readonly links: {
    readonly dashboard: string | null;
    readonly api: string | null;
    /** Where runbooks of rules that have none of their own are. */
    readonly runbooks: string | null;
  };
  /** Epoch seconds. */
  readonly at: number;
}

/** As many monitors are listed; the rest is counted. */
const mostMonitors = 40;

/** The longest that receivers take for a key. */
const longestKey = 255;

/** Composes the message of a notification. */
export function composeMessage(source: MessageSource): Message {
  const { notification, incident, merged, at } = source;
  const monitors = monitorsOf(source);
  const over = incident.endedAt !== null || incident.mergedInto !== null;
  return {
    kind: kindToSend(notification.kind, notification.heard, {
      ended: over,
      acknowledged: incident.acknowledgedAt !== null,
    }),
    idempotencyKey: shortKey(notification.id),
    incident: {
      number: incident.number,
      title: titleOf(source),
      severity: incident.severity,
      priority: incident.priority,
      startedAt: [incident, ...merged].reduce(
        (first, { startedAt }) => Math.min(first, startedAt),
        incident.startedAt,
      ),
      endedAt: incident.endedAt,
      dedupKey: `netpost/${incident.number}/${incident.startedAt}`,
    },
    monitors: monitors.slice(0, mostMonitors),
    moreMonitors: Math.max(0, monitors.length - mostMonitors),
    note: noteOf(source),
    budget: source.budget,
    labels: labelsOf(source),
    links: linksOf(source),
    at,
  };
}

/** What goes on, where that is not what the incident began with any more. */
function titleOf(source: MessageSource): string {
  const { incident, merged } = source;
  const left = incident.endedAt === null ? remains(source) : [];
  const [first] = left;
  if (first !== undefined) {
    const more = left.length > 1 ? `, and ${left.length - 1} more` : "";
    return `${first}${more}; over: ${incident.title}`;
  }
  const others = new Set(
    merged.flatMap(({ monitor }) =>
      monitor === null || monitor === incident.monitor ? [] : monitor,
    ),
  ).size;
  if (others === 0) return incident.title;
  return `${incident.title}, and ${others} more ${others === 1 ? "monitor" : "monitors"}`;
}

/** What still fires of an incident whose own beginning is over, in words; empty where that goes on. */
function remains({ incident, merged, alerts, rules, monitors }: MessageSource): string[] {
  const firing = alerts.filter(({ state }) => state.phase === "firing");
  const began = (alert: Alert, one: Incident) =>
    alert.incident === one.key &&
    (one.origin === "outage"
      ? isOutage(alert, rules.get(alert.rule))
      : one.key.startsWith(`alert/${alert.key}/`));
  if (firing.some((alert) => began(alert, incident))) return [];
  const words = firing.map((alert) => {
    const own = merged.find((one) => began(alert, one));
    if (own) return own.title;
    const what = alert.detail || (rules.get(alert.rule)?.name ?? alert.rule);
    const monitor = monitors.get(alert.subject.monitor ?? "");
    return monitor ? `${monitor.name}: ${what}` : what;
  });
  return [...new Set(words)];
}

function isOutage({ subject }: Alert, rule: AlertRule | undefined): boolean {
  const kind = rule?.signal.kind;
  return (kind === "service-down" || kind === "heartbeat") && subject.region === null;
}

const rank: Readonly<Record<Status, number>> = { down: 0, degraded: 1, unknown: 2, up: 3 };

/** The worst first; of the same, those that have been so for longest. */
function monitorsOf({
  incident,
  merged,
  alerts,
  rules,
  monitors,
  nowOf,
  causes,
}: MessageSource): MessageMonitor[] {
  const family = [incident, ...merged];
  const ids = new Set([
    ...family.flatMap(({ monitor }) => monitor ?? []),
    ...alerts.flatMap(({ subject }) => subject.monitor ?? []),
  ]);
  return [...ids]
    .flatMap((id): MessageMonitor[] => {
      const monitor = monitors.get(id);
      if (!monitor) return [];
      const { overall, regions } = nowOf(monitor);
      const key = family.findLast((one) => one.monitor === id && causes.has(one.key))?.key;
      const cause = overall.cause ?? (key === undefined ? null : (causes.get(key) ?? null));
      const measured = alerts
        .filter((alert) => alert.subject.monitor === id)
        .flatMap((alert) => measuredOf(alert, rules.get(alert.rule)))[0];
      return [
        {
          id,
          name: monitor.name,
          group: monitor.group,
          status: overall.status,
          since: overall.since,
          regions,
          reason: cause?.reason ?? null,
          detail: cause?.detail || (measured?.detail ?? ""),
          actual: measured?.actual ?? null,
          threshold: measured?.threshold ?? null,
        },
      ];
    })
    .toSorted((a, b) => rank[a.status] - rank[b.status] || a.since - b.since);
}

/** What an alert measured, and what it was held against. */
function measuredOf({ value, detail, state }: Alert, rule: AlertRule | undefined) {
  if (value === null || !rule?.thresholds) return [];
  const { direction, warning, critical } = rule.thresholds;
  const limit = (state.level === "critical" ? critical : warning) ?? critical ?? warning;
  const unit = unitOf(rule);
  const actual = `${rounded(value)}${unit}`;
  return [{ detail, actual, threshold: `${direction} ${limit ?? ""}${unit}` }];
}

function unitOf({ signal }: AlertRule): string {
  switch (signal.kind) {
    case "response-time":
      return " ms";
    case "error-rate":
      return " %";
    case "certificate-days":
    case "budget-forecast":
      return " days";
    case "burn-rate":
      return "×";
    case "region-fault":
    case "stale-data":
    case "object-fault":
    case "outbox-age":
    case "channel-away":
    case "clock-skew":
      return " s";
    case "missed-ticks":
      return " min";
    case "quota":
      return " %";
    default:
      return "";
  }
}

/** What there is to say beside the monitors: why it is sent now, to whom, and what is no monitor's. */
function noteOf({ notification, incident, alerts, rules, at }: MessageSource): string | null {
  const { because, person, fallbackOf, kind } = notification;
  const parts: string[] = [];
  if (fallbackOf !== null) parts.push(because);
  else if (kind === "deadline" || kind === "escalate") parts.push(because);
  if (kind === "resolve" && incident.mergedInto !== null) parts.push(because);
  if (incident.acknowledgedBy !== null) parts.push(`${incident.acknowledgedBy} has it`);
  if (person !== null) parts.push(`on call: ${person}`);
  for (const alert of alerts) {
    if (alert.subject.monitor !== null || alert.detail === "") continue;
    const [measured] = measuredOf(alert, rules.get(alert.rule));
    parts.push(
      measured ? `${alert.detail} (${alert.state.level} ${measured.threshold})` : alert.detail,
    );
  }
  // What else is told when a deadline is near takes the place of its own message.
  if (kind !== "resolve" && kind !== "acknowledge") {
    for (const deadline of deadlinesOf(incident, at)) {
      if (deadline.state === "open" || deadline.metAt !== null) continue;
      const minutes = Math.round((deadline.dueAt - at) / 60);
      const when = minutes >= 0 ? `in ${minutes} min` : `${-minutes} min ago`;
      parts.push(`${deadline.kind} is due ${when}`);
    }
  }
  return parts.length === 0 ? null : [...new Set(parts)].join("; ");
}

function labelsOf({ incident, alerts }: MessageSource): Record<string, string> {
  const rules = [...new Set(alerts.map(({ rule }) => rule))].sort();
  return { ...incident.labels, ...(rules.length > 0 && { rules: rules.join(", ") }) };
}

function linksOf({ incident, alerts, rules, links }: MessageSource): Message["links"] {
  const { dashboard, api, runbooks } = links;
  const seen =
    dashboard !== null
      ? `${trimmed(dashboard)}/incidents/${incident.number}`
      : api !== null
        ? `${trimmed(api)}/api/monitoring/incidents/${incident.number}`
        : null;
  const runbook = alerts
    .flatMap(({ rule: id }) => rules.get(id) ?? [])
    .flatMap((rule) => runbookOf(rule, runbooks) ?? [])[0];
  const acknowledge =
    dashboard !== null && incident.acknowledgedAt === null && incident.endedAt === null
      ? `${seen}#acknowledge`
      : null;
  return { incident: seen, acknowledge, runbook: runbook ?? null };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}

/** Three digits are what people read. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}

/** A key that receivers take: where it is too long, its beginning and a hash of the whole (FNV-1a). */
export function shortKey(key: string): string {
  if (key.length <= longestKey) return key;
  let hash = 0xcbf29ce484222325n;
  for (const character of key) {
    hash ^= BigInt(character.codePointAt(0) ?? 0);
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return `${key.slice(0, longestKey - 17)}/${hash.toString(16).padStart(16, "0")}`;
}
