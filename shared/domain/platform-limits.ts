/**
 * Cloudflare's limits, as read on 2026-11-23 in its documentation:
 *   developers.cloudflare.com/workers/platform/limits
 *   developers.cloudflare.com/d1/platform/limits
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
