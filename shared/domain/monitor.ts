import type { Labels } from "./labels.ts";
import type { Probe } from "./probes/probe.ts";
import type { FailureReason } from "./reason.ts";
import type { VantagePoint } from "./vantage-point.ts";

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

/** How many of the reporting regions have to fail before the verdict is down. */
export type Quorum =
  | { readonly kind: "majority" }
  | { readonly kind: "any" }
  | { readonly kind: "all" }
  | { readonly kind: "atLeast"; readonly regions: number };

/**
 * Which regions take part in a check. `parallel`: all. `round-robin`: one after the other, and as
 * soon as one sees a failure all the others at once, so that it is confirmed or found regional.
 */
export const probingModes = ["parallel", "round-robin"] as const;

export type ProbingMode = (typeof probingModes)[number];

/** From results to status. */
export interface VerdictPolicy {
  readonly quorum: Quorum;
  /** Consecutive failing checks before the status worsens. */
  readonly failuresToOpen: number;
  /** Consecutive better checks before the status improves. */
  readonly successesToClose: number;
}

/** What to watch. */
export interface Monitor extends Labels {
  readonly id: string;
  /** What the database stores in place of the id; given once, never reused. */
  readonly number: number;
  readonly name: string;
  readonly group: string;
  readonly probe: Probe;
  readonly schedule: Schedule;
  readonly regions: readonly RegionId[];
  readonly mode: ProbingMode;
  readonly retry: RetryPolicy;
  readonly verdict: VerdictPolicy;
  /** Availability promised, as a fraction: 0.999 is 99.9 %. */
  readonly sloTarget: number;
  /** Checks of other services on the same target, one of a service; absent: none. */
  readonly vantagePoints?: readonly VantagePoint[] | undefined;
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
