/** What the readings of alert rules have in common. */

import { type AlertRule, selects } from "../domain/alerting/rule.ts";
import type { Reading } from "../domain/alerting/samples.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { PlanName } from "../domain/platform-limits.ts";
import { overall, type ScopedStatus, statusKey } from "../domain/recording.ts";
import type { Present } from "./material.ts";

/** What is known already when readings are taken. */
export interface ReadingSource extends Present {
  /** By `statusKey`. */
  readonly statuses: ReadonlyMap<string, ScopedStatus>;
  /** Cloudflare's plan of the account; left out where nobody said: no limit is judged then. */
  readonly cloudflarePlan?: PlanName;
  /** Names of the channels there are; left out where that is not known. */
  readonly channels?: ReadonlySet<string>;
}

export type RuleOf<K extends AlertRule["signal"]["kind"]> = AlertRule & {
  readonly signal: Extract<AlertRule["signal"], { kind: K }>;
};

/** Rules and what was read for each. */
export type Read = readonly (readonly [AlertRule, readonly Reading[]])[];

/** Until when a monitor was down last, epoch seconds; 0: it never was. */
export function downUntil({ statuses }: ReadingSource, { number }: Monitor): number {
  const outage = statuses.get(statusKey(number, overall))?.outage ?? null;
  return outage === null ? 0 : (outage.endedAt ?? Number.POSITIVE_INFINITY);
}

export function chosen({ plan }: ReadingSource, rule: AlertRule): Monitor[] {
  return plan.monitors.filter((monitor) => selects(rule.selector, monitor));
}

export function words(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

/** Three digits are what people read. */
export function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
