/** How much of the platform's limits ticks use, as they count it themselves. */
import { limits, type PlanLimits, type PlanName } from "./platform-limits.ts";

/** What ticks count of a day (UTC). */
export const usageItems = [
  "d1RowsRead",
  "d1RowsWritten",
  "workerRequests",
  "objectRequests",
  "mostSubrequests",
  "mostD1Queries",
  "databaseBytes",
] as const;

export type UsageItem = (typeof usageItems)[number];

/**
 * Sums of the day; `most…`: of the tick that took most; `databaseBytes`: as the database last said.
 * Requests and rows that others than ticks take, the api Worker's, are not among them.
 */
export type Usage = Readonly<Record<UsageItem, number>>;

const limited = {
  d1RowsRead: { limit: "d1RowsReadPerDay", words: "D1 rows read a day" },
  d1RowsWritten: { limit: "d1RowsWrittenPerDay", words: "D1 rows written a day" },
  workerRequests: { limit: "workerRequestsPerDay", words: "Worker requests a day" },
  objectRequests: { limit: "objectRequestsPerDay", words: "Durable Object requests a day" },
  mostSubrequests: { limit: "subrequestsPerInvocation", words: "subrequests of a tick" },
  mostD1Queries: { limit: "d1QueriesPerInvocation", words: "D1 queries of a tick" },
  databaseBytes: { limit: "d1DatabaseBytes", words: "bytes of the database" },
} as const satisfies Readonly<
  Record<UsageItem, { readonly limit: keyof PlanLimits; readonly words: string }>
>;

/** One limit, and how much of it is used. */
export interface QuotaUse {
  readonly item: UsageItem;
  readonly words: string;
  readonly used: number;
  readonly allowed: number;
  /** used / allowed · 100. */
  readonly percent: number;
}

/** Holds usage against the limits of an account's plan; what has only a price is left out. */
export function quotaUse(usage: Usage, plan: PlanName): QuotaUse[] {
  return usageItems.flatMap((item) => {
    const { limit, words } = limited[item];
    const allowed = limits[plan][limit];
    if (allowed === null) return [];
    const used = usage[item];
    return [{ item, words, used, allowed, percent: (used / allowed) * 100 }];
  });
}
