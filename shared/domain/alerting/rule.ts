/** What is worth an alert: a signal, of whom, from which value on, and for how long. */
import type { Category } from "../labels.ts";
import type { Monitor, RegionId } from "../monitor.ts";
import type { OwnFaultKind } from "../own-faults.ts";

/** How bad; an alert has one of these levels while its condition holds. */
export const levels = ["warning", "critical"] as const;

export type Level = (typeof levels)[number];

/** What a rule looks at. Windows in seconds. */
export type Signal =
  /** A monitor's outage, as the recording decided it. */
  | { readonly kind: "service-down" }
  /** Response time over a window, ms. */
  | {
      readonly kind: "response-time";
      readonly statistic: "average" | "p95" | "p99";
      readonly windowSeconds: number;
    }
  /** Failed checks among those known, percent. */
  | { readonly kind: "error-rate"; readonly windowSeconds: number }
  /** A number that NetPost tells of itself. */
  | { readonly kind: "metric"; readonly name: string; readonly windowSeconds: number }
  | { readonly kind: "health-score" }
  /** Days until a certificate ends. */
  | { readonly kind: "certificate-days" }
  /** How fast the error budget burns, over a long and a short window at once. */
  | {
      readonly kind: "burn-rate";
      readonly longSeconds: number;
      readonly shortSeconds: number;
    }
  /** Days until the error budget is used up, at the present rate. */
  | { readonly kind: "budget-forecast" }
  /** A region of ours that does not report, seconds since it did. */
  | { readonly kind: "region-fault" }
  /** Nothing was recorded, seconds since the newest data. */
  | { readonly kind: "stale-data" }
  /** A job of NetPost's that failed, is missing or overlong. */
  | { readonly kind: "heartbeat" }
  | OwnSignal;

/** How the monitoring itself fares. Windows in seconds. */
export type OwnSignal =
  /** Minutes in which no tick had any region look. */
  | { readonly kind: "missed-ticks"; readonly windowSeconds: number }
  /** An object of a region that reports otherwise, seconds since it answered. */
  | { readonly kind: "object-fault" }
  /** The oldest notification that waits, seconds. */
  | { readonly kind: "outbox-age" }
  /** Notifications that were given up. */
  | { readonly kind: "dead-letters"; readonly windowSeconds: number }
  /** A channel through which nothing gets, seconds. */
  | { readonly kind: "channel-away" }
  /** How often something of ours failed. */
  | {
      readonly kind: "own-faults";
      readonly faults: readonly OwnFaultKind[];
      readonly windowSeconds: number;
    }
  /** How much of a limit of the platform's is used, percent. */
  | { readonly kind: "quota" }
  /** How far the clocks that times are taken from lie apart, seconds. */
  | { readonly kind: "clock-skew" };

export type SignalKind = Signal["kind"];

const ownKinds: Readonly<Record<OwnSignal["kind"] | "region-fault" | "stale-data", true>> = {
  "region-fault": true,
  "stale-data": true,
  "missed-ticks": true,
  "object-fault": true,
  "outbox-age": true,
  "dead-letters": true,
  "channel-away": true,
  "own-faults": true,
  quota: true,
  "clock-skew": true,
};

/** Whether a rule is about the monitoring itself, and says nothing of NetPost. */
export function isAboutOurselves({ signal }: AlertRule): boolean {
  return signal.kind in ownKinds;
}

/** Which monitors a rule is about: those that fit every part that is given. */
export interface Selector {
  readonly monitors?: readonly string[];
  readonly groups?: readonly string[];
  readonly tags?: readonly string[];
  readonly categories?: readonly Category[];
  readonly regions?: readonly RegionId[];
}

/** From which value on; null where there is no such level. */
export interface Thresholds {
  readonly direction: "above" | "below";
  readonly warning: number | null;
  readonly critical: number | null;
  /** How far back over the threshold a value has to come before it is well: a fraction of it. */
  readonly margin: number;
}

export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly signal: Signal;
  readonly selector: Selector;
  /** Null for a signal that is bad or well by itself; its level is `severity`. */
  readonly thresholds: Thresholds | null;
  readonly severity: Level;
  /** How long the condition has to hold before the alert fires, seconds. */
  readonly forSeconds: number;
  /** How long it has to be well before the alert is resolved, seconds. */
  readonly resolveSeconds: number;
  /** After it was resolved: how long a return that is no worse is not told, seconds. */
  readonly cooldownSeconds: number;
  /** Id of the escalation policy. */
  readonly policy: string;
  readonly runbook: string | null;
}

/** Whether a selector takes a monitor. Nothing given means every monitor. */
export function selects(selector: Selector, monitor: Monitor): boolean {
  const { monitors, groups, tags, categories, regions } = selector;
  return (
    (monitors?.includes(monitor.id) ?? true) &&
    (groups?.includes(monitor.group) ?? true) &&
    (tags?.some((tag) => monitor.tags.includes(tag)) ?? true) &&
    (categories === undefined ||
      (monitor.category !== null && categories.includes(monitor.category))) &&
    (regions?.some((region) => monitor.regions.includes(region)) ?? true)
  );
}
