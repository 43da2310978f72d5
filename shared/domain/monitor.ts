import type { FailureReason } from "./reason.ts";

/** A region's id as people write it, for example `us-east`. */
export type RegionId = string;

/** Cloudflare's location hints; workerd takes any word, so they are checked here. */
export const locationHints = [
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
  "afr",
  "me",
] as const;

export type LocationHint = (typeof locationHints)[number];

/** A place that probes. Its number is what the database stores; it never changes. */
export interface Region {
  readonly id: RegionId;
  readonly number: number;
  /** Where Cloudflare is asked to place the region's Durable Objects. */
  readonly locationHint: LocationHint;
  /** A new generation means new objects, which is the only way to move a region. */
  readonly generation: number;
}

/** When a monitor is checked: every `intervalSeconds`, shifted by a stable phase. */
export interface Schedule {
  readonly intervalSeconds: number;
  readonly phaseSeconds: number;
}

/** How one probe spends its time: attempts, the pause between them, and the whole. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** Bound on attempts and pauses together. */
  readonly budgetMs: number;
}

/** What a condition's failure means for the target. */
export type ConditionOutcome = "down" | "degraded";

/** An inclusive range of HTTP status codes. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What a JSON condition demands of the values its path selects. */
export type JsonTest =
  | { readonly test: "exists" }
  | { readonly test: "equals"; readonly value: string | number | boolean | null }
  | { readonly test: "oneOf"; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly test: "atMost"; readonly value: number }
  | { readonly test: "atLeast"; readonly value: number };

/** One demand on a response. */
export type Condition =
  | {
      readonly kind: "status";
      readonly allowed: readonly StatusRange[];
      readonly otherwise: ConditionOutcome;
    }
  | { readonly kind: "latency"; readonly maxMs: number; readonly otherwise: ConditionOutcome }
  | {
      readonly kind: "text";
      readonly contains: string;
      readonly present: boolean;
      readonly otherwise: ConditionOutcome;
    }
  | {
      readonly kind: "json";
      /** A JSONPath query (RFC 9535). */
      readonly path: string;
      readonly demand: JsonTest;
      readonly otherwise: ConditionOutcome;
    };

/** What an HTTP probe sends and what it demands of the answer. */
export interface HttpProbe {
  readonly kind: "http";
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly conditions: readonly Condition[];
}

/** What a monitor sends; a new kind of prober adds a member here. */
export type Probe = HttpProbe;

/** How many of the reporting regions have to fail before the verdict is down. */
export type Quorum =
  | { readonly kind: "majority" }
  | { readonly kind: "any" }
  | { readonly kind: "all" }
  | { readonly kind: "atLeast"; readonly regions: number };

/** From results to status. */
export interface VerdictPolicy {
  readonly quorum: Quorum;
  /** Consecutive failing checks before the status worsens. */
  readonly failuresToOpen: number;
  /** Consecutive better checks before the status improves. */
  readonly successesToClose: number;
}

/** What to watch. */
export interface Monitor {
  readonly id: string;
  /** What the database stores in place of the id; given once, never reused. */
  readonly number: number;
  readonly name: string;
  readonly group: string;
  readonly probe: Probe;
  readonly schedule: Schedule;
  readonly regions: readonly RegionId[];
  readonly retry: RetryPolicy;
  readonly verdict: VerdictPolicy;
  /** Availability promised, as a fraction: 0.999 is 99.9 %. */
  readonly sloTarget: number;
  /** Epoch seconds; nothing is expected of a monitor before it existed. */
  readonly addedAt: number;
  /** Which of a region's objects probes it. */
  readonly shard: number;
}

/** A failed demand: which, and what was seen, in words fit for a notification. */
export interface Failure {
  readonly reason: FailureReason;
  readonly detail: string;
}
