/**
 * Cloudflare's limits and prices, as read on 2026-11-23 in its documentation:
 *   developers.cloudflare.com/workers/platform/limits and …/workers/platform/pricing
 *   developers.cloudflare.com/d1/platform/limits and …/d1/platform/pricing
 *   developers.cloudflare.com/durable-objects/platform/pricing
 */

export const planNames = ["free", "paid"] as const;
export type PlanName = (typeof planNames)[number];

/** What a plan allows; null where there is no limit, only a price. */
export interface PlanLimits {
  readonly subrequestsPerInvocation: number;
  readonly connectionsPerInvocation: number;
  readonly cpuMsPerInvocation: number;
  readonly d1QueriesPerInvocation: number;
  readonly workerRequestsPerDay: number | null;
  readonly objectRequestsPerDay: number | null;
  readonly objectGigabyteSecondsPerDay: number | null;
  readonly objectRowsWrittenPerDay: number | null;
  readonly objectRowsReadPerDay: number | null;
  readonly d1RowsWrittenPerDay: number | null;
  readonly d1RowsReadPerDay: number | null;
  readonly d1DatabaseBytes: number;
}

export const limits: Readonly<Record<PlanName, PlanLimits>> = {
  free: {
    subrequestsPerInvocation: 50,
    connectionsPerInvocation: 6,
    cpuMsPerInvocation: 10,
    d1QueriesPerInvocation: 50,
    workerRequestsPerDay: 100_000,
    objectRequestsPerDay: 100_000,
    objectGigabyteSecondsPerDay: 13_000,
    objectRowsWrittenPerDay: 100_000,
    objectRowsReadPerDay: 5_000_000,
    d1RowsWrittenPerDay: 100_000,
    d1RowsReadPerDay: 5_000_000,
    d1DatabaseBytes: 500_000_000,
  },
  paid: {
    subrequestsPerInvocation: 10_000,
    connectionsPerInvocation: 6,
    cpuMsPerInvocation: 30_000,
    d1QueriesPerInvocation: 1_000,
    workerRequestsPerDay: null,
    objectRequestsPerDay: null,
    objectGigabyteSecondsPerDay: null,
    objectRowsWrittenPerDay: null,
    objectRowsReadPerDay: null,
    d1RowsWrittenPerDay: null,
    d1RowsReadPerDay: null,
    d1DatabaseBytes: 10_000_000_000,
  },
};

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
