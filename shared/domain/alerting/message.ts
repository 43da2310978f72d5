/** What people are told of an incident, before any channel has put it into its own form. */
import type { RegionId } from "../monitor.ts";
import type { Status } from "../status.ts";
import type { Priority } from "./priority.ts";

/** Why a message is sent. */
export const messageKinds = [
  "trigger",
  "update",
  "acknowledge",
  "escalate",
  "reminder",
  "deadline",
  "resolve",
  "test",
] as const;

export type MessageKind = (typeof messageKinds)[number];

/** How bad it is, in the words that every channel has. */
export const severities = ["critical", "warning", "info"] as const;

export type Severity = (typeof severities)[number];

/** The incident that a message is about. Epoch seconds. */
export interface MessageIncident {
  /** Null where there is no incident: a test. */
  readonly number: number | null;
  readonly title: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  /** The same in every message of the incident; receivers merge by it. */
  readonly dedupKey: string;
}

/** How a monitor fares in one region. */
export interface MessageRegion {
  readonly id: RegionId;
  /** Cloudflare's data centre in which the region really runs; null where nobody knows. */
  readonly colo: string | null;
  readonly status: Status;
}

/** A monitor that an incident is about. */
export interface MessageMonitor {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly status: Status;
  /** Since when it has this status, epoch seconds. */
  readonly since: number;
  readonly regions: readonly MessageRegion[];
  /** From the closed lists of reasons; null where there is none. */
  readonly reason: string | null;
  /** What was seen, in words; a target may have chosen some of them. Empty: nothing to say. */
  readonly detail: string;
  /** The value that was seen, with its unit, and the one it was held against. */
  readonly actual: string | null;
  readonly threshold: string | null;
}

/** Where to act; http(s) URLs. */
export interface MessageLinks {
  readonly incident: string | null;
  readonly acknowledge: string | null;
  readonly runbook: string | null;
}

/** What people are told; every message stands for itself, whichever came before. */
export interface Message {
  readonly kind: MessageKind;
  /** The same however often it is sent. */
  readonly idempotencyKey: string;
  readonly incident: MessageIncident;
  /** The worst first. */
  readonly monitors: readonly MessageMonitor[];
  /** How many more there are. */
  readonly moreMonitors: number;
  /** What this kind of message has to add: who acknowledged, which deadline; null: nothing. */
  readonly note: string | null;
  /** Of the error budget: the part used (0.25 is a quarter), and how fast; null: not known. */
  readonly budget: { readonly burnedFraction: number; readonly burnRate: number } | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly links: MessageLinks;
  /** When it was made, epoch seconds. */
  readonly at: number;
}
