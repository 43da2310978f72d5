/** What a run of chaos leaves behind, for the laws to be held against. */
import type { Arrival } from "./receiver.ts";
import type { Cron, Disturbance } from "./script.ts";

/** What was done in a minute, and what was seen of it from outside. */
export interface MinuteRun {
  readonly index: number;
  /** Epoch seconds. */
  readonly time: number;
  readonly cron: Cron;
  readonly killed: boolean;
  readonly disturbances: readonly Disturbance[];
  /** How many calls of the cron ended without an error. */
  readonly ended: number;
  /** What the ticks said of their rounds. */
  readonly rounds: readonly {
    readonly outcome: string;
    readonly newResults?: number | undefined;
    readonly rowsRead?: number | undefined;
    readonly rowsWritten?: number | undefined;
  }[];
  readonly arrivals: readonly Arrival[];
  readonly signsOfLife: number;
}

export type Outcome = "up" | "degraded" | "down" | "unknown";

export interface StoredResult {
  readonly time: number;
  /** The monitor's path. */
  readonly path: string;
  readonly region: string;
  readonly outcome: Outcome;
}

export interface StoredTransition {
  readonly path: string;
  readonly at: number;
  readonly to: Outcome;
}

export interface StoredOutage {
  readonly monitor: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export interface StoredNotification {
  readonly id: string;
  readonly incident: string;
  readonly kind: string;
  readonly state: string;
}

/** What is in the database at the end. */
export interface StoredRecord {
  /** In order of time. */
  readonly results: readonly StoredResult[];
  /** Of the overall status, in order of time. */
  readonly transitions: readonly StoredTransition[];
  readonly outages: readonly StoredOutage[];
  readonly notifications: readonly StoredNotification[];
  /** By its key, the incident that people handle in its place. */
  readonly handledAs: ReadonlyMap<string, string>;
  /** Rules whose alerts were told, or would have been if nothing had muted them. */
  readonly rulesFired: readonly string[];
  /** Rounds that regions' objects had to give up. */
  readonly dropped: number;
  /** Results as the rollups of whole hours count them, and as there are in those hours. */
  readonly rolledUp: { readonly counted: number; readonly there: number };
}

export interface Evidence {
  readonly minutes: readonly MinuteRun[];
  /** The minute from which on nothing was done any more. */
  readonly restFrom: number;
  readonly window: { readonly from: number; readonly to: number };
  /** As the api serves it for the window: each monitor's path and its overall figures. */
  readonly sla: readonly {
    readonly name: string;
    readonly overall: { readonly downSeconds: number; readonly unknownSeconds: number };
  }[];
  readonly record: StoredRecord;
  readonly answers: {
    readonly count: number;
    readonly secrets: number;
    /** How often the status was asked for when nothing had been recorded lately, and was stale. */
    readonly asked: number;
    readonly stale: number;
  };
  readonly lines: { readonly count: number; readonly secrets: number };
  /** Envelopes that Sentry got. */
  readonly reports: { readonly count: number; readonly secrets: number };
  /** What other services were told. */
  readonly exports: { readonly count: number; readonly secrets: number };
  readonly files: { readonly files: number; readonly found: readonly string[] };
}

/** A law, and whether what was seen keeps it. */
export interface Judgement {
  readonly law: number;
  readonly title: string;
  readonly kept: boolean;
  /** Figures, in words. */
  readonly evidence: string;
  /** What breaks it, a line each. */
  readonly broken: readonly string[];
}
