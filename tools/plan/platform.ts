/**
 * Cloudflare's prices beside its limits, as read on 2026-11-23 in its documentation:
 *   developers.cloudflare.com/workers/platform/pricing
 *   developers.cloudflare.com/d1/platform/pricing
 *   developers.cloudflare.com/durable-objects/platform/pricing
 */

export {
  limits,
  type PlanLimits,
  type PlanName,
  planNames,
} from "../../shared/domain/platform-limits.ts";

/** What the paid plan costs a month before anything is used, $. */
export const baseDollars = 5;

/** What the base covers each month, and what a further million (GB: a further GB) costs, $. */
export const prices = {
  workerRequests: { included: 10_000_000, perMillion: 0.3 },
  cpuMs: { included: 30_000_000, perMillion: 0.02 },
  objectRequests: { included: 1_000_000, perMillion: 0.15 },
  objectGigabyteSeconds: { included: 400_000, perMillion: 12.5 },
  objectRowsWritten: { included: 50_000_000, perMillion: 1 },
  objectRowsRead: { included: 25_000_000_000, perMillion: 0.001 },
  d1RowsWritten: { included: 50_000_000, perMillion: 1 },
  d1RowsRead: { included: 25_000_000_000, perMillion: 0.001 },
  d1Bytes: { included: 5_000_000_000, perMillion: 0.75 / 1_000 },
} as const;

export type Billed = keyof typeof prices;
