/** A message in words, before a channel gives them its form. All texts are one line each. */
import type {
  Message,
  MessageKind,
  MessageMonitor,
} from "../../../../shared/domain/alerting/message.ts";
import { oneLine } from "./text.ts";
import { spanWords, utc } from "./time.ts";

/** How a message is coloured. */
export type Tone = "critical" | "warning" | "info" | "good";

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface OutlinedMonitor {
  readonly name: string;
  /** `down since 2026-11-23 18:45:00 UTC, in us-east (IAD); up in eu-west (AMS)`. */
  readonly state: string;
  /** Why: reason, what was seen, and the values; empty where nothing is known. */
  readonly why: string;
}

export interface OutlinedLink {
  readonly label: string;
  readonly url: string;
}

export interface Outline {
  readonly tone: Tone;
  /** Says it without a colour as well: the state, the priority, the title. */
  readonly headline: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly monitors: readonly OutlinedMonitor[];
  /** Monitors that are not among them; 0: these are all. */
  readonly more: number;
  readonly links: readonly OutlinedLink[];
}

/** No channel has room for more. */
const mostMonitors = 40;
const mostRegions = 12;
const mostLabels = 10;
const longest = {
  title: 150,
  name: 100,
  detail: 280,
  note: 500,
  labels: 300,
  value: 60,
  url: 1_000,
};

const headings: Readonly<Record<MessageKind, string>> = {
  trigger: "",
  update: "Update",
  acknowledge: "Acknowledged",
  escalate: "Escalated, nobody has acknowledged",
  reminder: "Still going on",
  deadline: "Deadline",
  resolve: "Resolved",
  test: "Test",
};

/** Puts a message into words. */
export function outline(message: Message): Outline {
  const { kind, incident, monitors, moreMonitors } = message;
  const title = oneLine(incident.title, longest.title) || "Untitled";
  const shown = monitors.slice(0, mostMonitors);
  return {
    tone: toneOf(message),
    headline: `${stateWords(message)}: ${title}`,
    title,
    facts: factsOf(message),
    monitors: kind === "test" ? [] : shown.map((monitor) => monitorOf(monitor)),
    more: kind === "test" ? 0 : moreMonitors + monitors.length - shown.length,
    links: linksOf(message),
  };
}

/** The same with fewer monitors: what is left out is counted. */
export function shorten(whole: Outline, monitors: number): Outline {
  const left = Math.max(0, whole.monitors.length - monitors);
  return { ...whole, monitors: whole.monitors.slice(0, monitors), more: whole.more + left };
}

/**
 * Builds what is sent with as many monitors as fit.
 *
 * @param fits whether what was built is within the channel's limits
 * @returns what was built without any monitor where nothing fits
 */
export function fitting<Built>(
  whole: Outline,
  build: (outline: Outline) => Built,
  fits: (built: Built) => boolean,
): Built {
  for (let monitors = whole.monitors.length; monitors > 0; monitors -= 1) {
    const built = build(shorten(whole, monitors));
    if (fits(built)) return built;
  }
  return build(shorten(whole, 0));
}

/** `and 3 more monitors`, or null where none is left out. */
export function moreWords({ more, monitors }: Outline): string | null {
  if (more === 0) return null;
  const what = more === 1 ? "monitor" : "monitors";
  return monitors.length === 0 ? `${more} ${what}` : `and ${more} more ${what}`;
}

/** All of it as plain text, a line for each thing said. */
export function plainText(outlined: Outline, withLinks: boolean): string {
  const more = moreWords(outlined);
  return [
    ...outlined.facts.map(({ label, value }) => `${label}: ${value}`),
    ...outlined.monitors.map(
      ({ name, state, why }) => `• ${name}: ${state}${why === "" ? "" : `\n  ${why}`}`,
    ),
    ...(more === null ? [] : [more]),
    ...(withLinks ? outlined.links.map(({ label, url }) => `${label}: ${url}`) : []),
  ].join("\n");
}

/** Whether somebody is to be called, rather than kept informed. */
export function callsPeople({ kind, incident }: Message): boolean {
  const calling: readonly MessageKind[] = ["trigger", "escalate", "reminder", "deadline"];
  return calling.includes(kind) && incident.endedAt === null && incident.severity !== "info";
}

function stateWords({ kind, incident }: Message): string {
  if (kind === "test") return headings.test;
  const heading = incident.endedAt === null ? headings[kind] : headings.resolve;
  const severity = `${incident.priority} ${incident.severity}`;
  return heading === "" ? severity : `${heading}, ${severity}`;
}

function toneOf({ kind, incident }: Message): Tone {
  if (kind === "test") return "info";
  return incident.endedAt !== null || kind === "resolve" ? "good" : incident.severity;
}

function factsOf(message: Message): Fact[] {
  const { kind, incident, note, budget, labels, at } = message;
  const facts: Fact[] = [];
  const add = (label: string, value: string) => {
    if (value !== "") facts.push({ label, value });
  };
  if (incident.number !== null) add("Incident", `#${incident.number}`);
  if (kind === "test") {
    add("Sent", utc(at));
  } else if (incident.endedAt === null) {
    add("Since", `${utc(incident.startedAt)} (${spanWords(at - incident.startedAt)})`);
  } else {
    const lasted = spanWords(incident.endedAt - incident.startedAt);
    add("Lasted", `${lasted}, from ${utc(incident.startedAt)} to ${utc(incident.endedAt)}`);
  }
  add("Note", oneLine(note ?? "", longest.note));
  if (budget !== null) add("Error budget", budgetWords(budget));
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const more = named.length > mostLabels ? `, and ${named.length - mostLabels} more` : "";
  add("Labels", oneLine(named.slice(0, mostLabels).join(", "), longest.labels) + more);
  return facts;
}

function budgetWords({ burnedFraction, burnRate }: NonNullable<Message["budget"]>): string {
  const percent = Math.round(burnedFraction * 1000) / 10;
  const rate = Math.round(burnRate * 10) / 10;
  return `${percent} % used, burning ${rate} times as fast as it may`;
}

function monitorOf(monitor: MessageMonitor): OutlinedMonitor {
  const { name, id, group, status, since, regions, reason, detail, actual, threshold } = monitor;
  const called = oneLine(name, longest.name) || id;
  const within = oneLine(group, longest.name);
  const values = [
    ...(actual === null ? [] : [`actual ${oneLine(actual, longest.value)}`]),
    ...(threshold === null ? [] : [`threshold ${oneLine(threshold, longest.value)}`]),
  ].join(", ");
  const said = oneLine(detail, longest.detail);
  const where = regionWords(regions);
  return {
    name: within === "" ? called : `${called} (${within})`,
    state: `${status} since ${utc(since)}${where === "" ? "" : `; ${where}`}`,
    why: [
      ...(reason === null ? [] : [oneLine(reason, longest.value)]),
      ...(said === "" ? [] : [said]),
      ...(values === "" ? [] : [values]),
    ].join(" – "),
  };
}

/** `down in us-east (IAD), us-west (SJC); up in eu-west (AMS)`, the worst first. */
function regionWords(regions: MessageMonitor["regions"]): string {
  const order = ["down", "degraded", "unknown", "up"] as const;
  const shown = regions.slice(0, mostRegions);
  const parts = order.flatMap((status) => {
    const those = shown.filter((region) => region.status === status);
    if (those.length === 0) return [];
    const places = those.map(({ id, colo }) => (colo === null ? id : `${id} (${colo})`));
    return [`${status} in ${oneLine(places.join(", "), 400)}`];
  });
  const left = regions.length - shown.length;
  return [...parts, ...(left > 0 ? [`and ${left} more regions`] : [])].join("; ");
}

function linksOf({ links }: Message): OutlinedLink[] {
  const labelled: [string, string | null][] = [
    ["Incident", links.incident],
    ["Acknowledge", links.acknowledge],
    ["Runbook", links.runbook],
  ];
  return labelled.flatMap(([label, url]) => {
    if (url === null || url.length > longest.url || !URL.canParse(url)) return [];
    const { protocol, href } = new URL(url);
    return /^https?:$/.test(protocol) ? [{ label, url: href }] : [];
  });
}
