/** The story of an incident: everything that happened to it, in order, in words. */
import type { Incident } from "./incident.ts";

/** Something that a person did, or the monitoring noted. Epoch seconds. */
export interface TimelineEvent {
  readonly incident: string;
  readonly at: number;
  readonly kind: string;
  /** Null: the monitoring itself. */
  readonly author: string | null;
  readonly public: boolean;
  readonly text: string;
}

/** A decision to tell people of an alert, or not to. */
export interface TimelineDecision {
  readonly alert: string;
  readonly at: number;
  readonly incident: string | null;
  readonly decision: "told" | "not-told";
  readonly because: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** A notification, and what became of it. Epoch seconds. */
export interface TimelineNotification {
  readonly id: string;
  readonly incident: string;
  readonly channel: string;
  readonly kind: string;
  readonly onCall: string | null;
  readonly because: string;
  readonly fallbackOf: string | null;
  readonly createdAt: number;
  readonly state: "pending" | "leased" | "sent" | "dead" | "superseded";
  readonly attempts: number;
  readonly nextAt: number;
  readonly sentAt: number | null;
  readonly receipt: string | null;
  readonly failure: string | null;
  readonly failureDetail: string | null;
}

export interface TimelineEntry {
  readonly at: number;
  readonly kind: string;
  readonly author: string | null;
  /** Everybody may read it: an update for the status page. */
  readonly public: boolean;
  readonly text: string;
}

/** What a timeline is made of. */
export interface TimelineSource {
  readonly incident: Incident;
  /** What is merged into it. */
  readonly merged: readonly Incident[];
  readonly events: readonly TimelineEvent[];
  readonly decisions: readonly TimelineDecision[];
  readonly notifications: readonly TimelineNotification[];
}

/** Everything that happened, in order; of one moment: what began, what was decided, what was done. */
export function timelineOf(source: TimelineSource): TimelineEntry[] {
  const { incident, merged, events, decisions, notifications } = source;
  const entries = [
    ...beginnings(incident, "began"),
    ...merged.flatMap((one) => beginnings(one, "joined")),
    ...decisions.map(decided),
    ...events.map(({ at, kind, author, public: isPublic, text }) => ({
      at,
      kind,
      author,
      public: isPublic,
      text,
    })),
    ...notifications.flatMap(sent),
    ...merged.flatMap((one) => endOf(one, "member-ended")),
    ...endOf(incident, "ended"),
  ];
  // The sort is stable: within a second the order above holds.
  return entries.toSorted((a, b) => a.at - b.at);
}

function own(at: number, kind: string, text: string): TimelineEntry {
  return { at, kind, author: null, public: false, text };
}

function beginnings(incident: Incident, kind: "began" | "joined"): TimelineEntry[] {
  const { startedAt, detectedAt, title } = incident;
  if (kind === "joined") return [own(detectedAt, kind, `${title} is part of it`)];
  const late = detectedAt - startedAt;
  return [
    own(startedAt, kind, title),
    ...(late > 0 ? [own(detectedAt, "detected", `detected ${durationWords(late)} later`)] : []),
  ];
}

function endOf({ endedAt, title }: Incident, kind: string): TimelineEntry[] {
  if (endedAt === null) return [];
  return [own(endedAt, kind, kind === "ended" ? "over" : `${title}: over`)];
}

function decided(decision: TimelineDecision): TimelineEntry {
  const kind = decision.decision === "told" ? "alert-told" : "alert-muted";
  return own(decision.at, kind, decisionWords(decision));
}

/** A decision in a sentence. */
export function decisionWords({ alert, decision, because, data }: TimelineDecision): string {
  const level = typeof data["level"] === "string" ? `${data["level"]} ` : "";
  const seen = typeof data["detail"] === "string" && data["detail"] !== "" ? data["detail"] : "";
  const what = `${level}alert ${alert}${seen === "" ? "" : ` (${seen})`}`;
  if (decision === "told") return `${what}: people are told, for ${because}`;
  return `${what}: nobody is told, because ${muteWords(because, data)}`;
}

function muteWords(because: string, data: TimelineDecision["data"]): string {
  switch (because) {
    case "maintenance":
      return `maintenance window ${data["window"]} is in force`;
    case "silence":
      return `silence ${data["silence"]} matches it`;
    case "dependency":
      return `${data["monitor"]}, which it depends on, is down`;
    case "cooldown":
      return "it came back within its cooldown, no worse than before";
    default:
      return because;
  }
}

function sent(one: TimelineNotification): TimelineEntry[] {
  const to = `${one.kind} to ${one.channel}`;
  const why = one.because === "" ? "" : ` (${one.because})`;
  const entries = [own(one.createdAt, "notification", `${to}${why}`)];
  if (one.state === "sent" && one.sentAt !== null) {
    const tries = one.attempts > 1 ? ` at attempt ${one.attempts}` : "";
    return [...entries, own(one.sentAt, "delivered", `${to}: delivered${tries}`)];
  }
  if (one.state === "dead") {
    // When it was given up is not kept apart: not before it was due for the last time.
    const failure = one.failure === null ? "" : `: ${one.failure}`;
    return [
      ...entries,
      own(Math.max(one.createdAt, one.nextAt), "undeliverable", `${to}${failure}`),
    ];
  }
  return entries;
}

/** A time in words: 45 s, 12 min, 3 h 20 min, 2 d 4 h. */
export function durationWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
