import { assumptions } from "./assumptions.ts";
import { type Case, type DayItem, dayItems, type Load } from "./load.ts";
import { type Billed, baseDollars, limits, type PlanName, prices } from "./platform.ts";
import type { StoredBytes } from "./upkeep.ts";

export type LimitState = "ok" | "warn" | "exceeded";

/** From this share of a limit on, a person should know. */
const warnShare = 0.8;

/** One limit, and how much of it is used. */
export interface LimitVerdict {
  readonly limit: string;
  readonly case: Case;
  readonly used: number;
  readonly allowed: number;
  /** used / allowed. */
  readonly share: number;
  readonly state: LimitState;
  /** What to change; null where all is well. */
  readonly advice: string | null;
}

interface LimitRow {
  readonly name: string;
  readonly used: number;
  readonly allowed: number | null;
  readonly advice: string;
  /** The code itself never goes beyond: reaching it is as it should be. */
  readonly isBounded?: true;
}

/** Holds a load against the limits of one of Cloudflare's plans. */
export function judgeLimits(load: Load, which: Case, plan: PlanName): LimitVerdict[] {
  return rowsOf(load, plan).flatMap(({ name, used, allowed, advice, isBounded }) => {
    if (allowed === null) return [];
    const share = used / allowed;
    const state = share > 1 ? "exceeded" : share >= warnShare && !isBounded ? "warn" : "ok";
    const told = state === "ok" ? null : advice;
    return [{ limit: name, case: which, used, allowed, share, state, advice: told }];
  });
}

const fewerProbes = "longer intervals, fewer monitors or fewer regions";
const smallerShards =
  "fewer monitors in one region object: fewer attempts or redirects, longer intervals";

/** For how many days hours could be kept, where the rest is kept as long as configured. */
function storageAdvice({ results, hours, days, retention }: StoredBytes, allowed: number): string {
  const fitting = Math.floor(((allowed - results - days) * retention.hourDays) / hours);
  // Hours outlive results.
  if (!(fitting >= retention.rawDays)) {
    return "shorter retention (rawDays, hourDays, dayDays), or fewer monitors";
  }
  const most = Math.min(fitting, retention.hourDays);
  return `retention.hourDays of ${most} at most, shorter rawDays or dayDays, or fewer monitors`;
}

function rowsOf({ tick, object, day, storedBytes }: Load, plan: PlanName): LimitRow[] {
  const of = limits[plan];
  return [
    {
      name: "tick: subrequests an invocation",
      used: tick.subrequests,
      allowed: of.subrequestsPerInvocation,
      advice: "intervals of whole minutes (fast ones have six rounds a tick), fewer regions",
    },
    {
      name: "tick: D1 queries an invocation",
      used: tick.d1Queries,
      allowed: of.d1QueriesPerInvocation,
      advice: "intervals of whole minutes: fast ones have six rounds a tick",
    },
    {
      name: "tick: CPU ms an invocation",
      used: tick.cpuMs,
      allowed: of.cpuMsPerInvocation,
      advice: fewerProbes,
    },
    {
      name: "region object: subrequests an invocation",
      used: object.subrequests,
      allowed: of.subrequestsPerInvocation,
      advice: smallerShards,
    },
    {
      name: "region object: connections at a time",
      used: object.connections,
      allowed: of.connectionsPerInvocation,
      advice: "none: a region object never opens more",
      isBounded: true,
    },
    {
      name: "region object: CPU ms an invocation",
      used: object.cpuMs,
      allowed: of.cpuMsPerInvocation,
      advice: smallerShards,
    },
    {
      name: "Worker requests a day",
      used: day.workerRequests,
      allowed: of.workerRequestsPerDay,
      advice: "none: it is one a minute",
    },
    {
      name: "Durable Object requests a day",
      used: day.objectRequests,
      allowed: of.objectRequestsPerDay,
      advice: "fewer regions, or intervals of whole minutes: a round is two requests an object",
    },
    {
      name: "Durable Object GB-s a day",
      used: day.objectGigabyteSeconds,
      allowed: of.objectGigabyteSecondsPerDay,
      advice: "shorter timeoutMs and budgetMs, fewer attempts, longer intervals",
    },
    {
      name: "Durable Object rows written a day",
      used: day.objectRowsWritten,
      allowed: of.objectRowsWrittenPerDay,
      advice: "fewer regions, or intervals of whole minutes",
    },
    {
      name: "Durable Object rows read a day",
      used: day.objectRowsRead,
      allowed: of.objectRowsReadPerDay,
      advice: "fewer regions, or intervals of whole minutes",
    },
    {
      name: "D1 rows written a day",
      used: day.d1RowsWritten,
      allowed: of.d1RowsWrittenPerDay,
      advice: fewerProbes,
    },
    {
      name: "D1 rows read a day",
      used: day.d1RowsRead,
      allowed: of.d1RowsReadPerDay,
      advice: fewerProbes,
    },
    {
      name: "D1 bytes, kept as long as configured",
      used: bytesOf(storedBytes),
      allowed: of.d1DatabaseBytes,
      advice: storageAdvice(storedBytes, of.d1DatabaseBytes),
    },
  ];
}

/** What one thing costs a month on the paid plan. */
export interface Cost {
  readonly what: Billed;
  readonly used: number;
  readonly included: number;
  /** $, of what is not included. */
  readonly dollars: number;
}

/** What a month of this costs on the paid plan; D1's storage as it is in the end. */
export function costOf({ day, storedBytes }: Load): {
  readonly items: readonly Cost[];
  readonly total: number;
} {
  const cost = (what: Billed, used: number): Cost => {
    const { included, perMillion } = prices[what];
    const beyond = Math.max(0, used - included);
    return { what, used, included, dollars: (beyond / 1_000_000) * perMillion };
  };
  const items = [
    ...dayItems.filter(isBilled).map((what) => cost(what, day[what] * assumptions.daysPerMonth)),
    cost("d1Bytes", bytesOf(storedBytes)),
  ];
  const total = items.reduce((sum, { dollars }) => sum + dollars, baseDollars);
  return { items, total };
}

function bytesOf({ results, hours, days }: StoredBytes): number {
  return results + hours + days;
}

function isBilled(item: DayItem): item is DayItem & Billed {
  return item in prices;
}
