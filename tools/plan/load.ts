/** What is counted of invocations and of days. */
import type { StoredBytes } from "./upkeep.ts";

/** `typical`: targets answer at the first try. `worst`: all time out, at every try, all day. */
export type Case = "typical" | "worst";

/** The most that one invocation takes. */
export interface InvocationLoad {
  readonly subrequests: number;
  readonly connections: number;
  readonly cpuMs: number;
  readonly d1Queries: number;
  readonly wallMs: number;
}

/** An invocation that does nothing. */
export const idle: InvocationLoad = {
  subrequests: 0,
  connections: 0,
  cpuMs: 0,
  d1Queries: 0,
  wallMs: 0,
};

/** An invocation that does both, one after the other. */
export function added(a: InvocationLoad, b: InvocationLoad): InvocationLoad {
  return {
    subrequests: a.subrequests + b.subrequests,
    connections: Math.max(a.connections, b.connections),
    cpuMs: a.cpuMs + b.cpuMs,
    d1Queries: a.d1Queries + b.d1Queries,
    wallMs: a.wallMs + b.wallMs,
  };
}

/** Of two invocations, the most of each. */
export function most(a: InvocationLoad, b: InvocationLoad): InvocationLoad {
  return {
    subrequests: Math.max(a.subrequests, b.subrequests),
    connections: Math.max(a.connections, b.connections),
    cpuMs: Math.max(a.cpuMs, b.cpuMs),
    d1Queries: Math.max(a.d1Queries, b.d1Queries),
    wallMs: Math.max(a.wallMs, b.wallMs),
  };
}

const nothing = {
  results: 0,
  workerRequests: 0,
  cpuMs: 0,
  objectRequests: 0,
  objectGigabyteSeconds: 0,
  objectRowsWritten: 0,
  objectRowsRead: 0,
  d1RowsWritten: 0,
  d1RowsRead: 0,
};

/** What a day takes some of. */
export type DayItem = keyof typeof nothing;

/** What a day takes. */
export type DayLoad = Readonly<Record<DayItem, number>>;

/** A day on which nothing happens. */
export const quietDay: DayLoad = nothing;

/** All that a day takes some of. */
export const dayItems: readonly DayItem[] = Object.keys(nothing).filter(
  (item): item is DayItem => item in nothing,
);

/** Adds up what a day takes, piece by piece. */
export class DaySum {
  readonly #sum = { ...nothing };

  add(more: Partial<DayLoad>): void {
    for (const item of dayItems) this.#sum[item] += more[item] ?? 0;
  }

  /** What was added so far, `factor` times over. */
  times(factor: number): DayLoad {
    const load = { ...this.#sum };
    for (const item of dayItems) load[item] *= factor;
    return load;
  }
}

export interface Load {
  /** The fullest minute's tick. */
  readonly tick: InvocationLoad;
  /** The fullest message to a region object: a round, or confirmations. */
  readonly object: InvocationLoad;
  readonly day: DayLoad;
  readonly storedBytes: StoredBytes;
}
