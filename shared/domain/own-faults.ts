/** What fails of the monitoring itself, counted by the minute: what its own alert rules look at. */

/** What each kind of fault is, in words. */
export const ownFaultWords = {
  database: "the database failed a statement",
  recording: "a round was not recorded at the first try",
  "stale-plan": "a tick went by the last known plan, or had none",
  "missed-round": "a round's time was over before it could begin",
  alerting: "a round's alerts could not be decided, or a signal could not be read",
  delivery: "the outbox could not be worked on",
  upkeep: "a step of the upkeep failed",
  "dead-man": "the watch outside could not be told",
  exporter: "metrics could not be exported",
  "error-reports": "errors could not be reported",
  "status-push": "a status page could not be told",
  "vantage-point": "another watch's checks could not be read",
  "dropped-results": "a region's object had to drop a round of results",
} as const;

export type OwnFaultKind = keyof typeof ownFaultWords;

/** All kinds of faults. */
export const ownFaultKinds = Object.keys(ownFaultWords).filter(
  (kind): kind is OwnFaultKind => kind in ownFaultWords,
);

/** Faults of one kind in one minute, and in one region where they are a region's. */
export interface OwnFault {
  /** Epoch seconds, a multiple of 60. */
  readonly minute: number;
  readonly kind: OwnFaultKind;
  /** The region's number; null: they are no region's. */
  readonly region: number | null;
  readonly count: number;
  /** The last of them, in words; never anything secret. */
  readonly detail: string;
}

/** Faults of these kinds are always a region's. */
const regional: ReadonlySet<OwnFaultKind> = new Set(["dropped-results"]);

/** Whether all of some kinds of faults are always a region's. */
export function areRegional(kinds: readonly OwnFaultKind[]): boolean {
  return kinds.every((kind) => regional.has(kind));
}

/** The longest words of a fault that are kept. */
const longestDetail = 200;

/** Faults kept at most of one kind and minute and region: one row, so what a storm costs is bounded. */
export class FaultCounts {
  readonly #faults = new Map<string, OwnFault>();

  /**
   * Counts faults.
   *
   * @param minute epoch seconds, a multiple of 60
   * @param region the region's number; null: they are no region's
   */
  add(
    minute: number,
    kind: OwnFaultKind,
    detail: string,
    region: number | null = null,
    count = 1,
  ): void {
    const key = `${minute}/${kind}/${region ?? ""}`;
    const before = this.#faults.get(key)?.count ?? 0;
    const words = detail.slice(0, longestDetail);
    this.#faults.set(key, { minute, kind, region, count: before + count, detail: words });
  }

  /** What was counted since the last time, at most so many, the newest. */
  take(most: number): OwnFault[] {
    const taken = [...this.#faults.values()].toSorted((a, b) => b.minute - a.minute).slice(0, most);
    this.#faults.clear();
    return taken;
  }

  /** Gives back what was taken and could not be kept. */
  giveBack(faults: readonly OwnFault[]): void {
    for (const { minute, kind, detail, region, count } of faults) {
      this.add(minute, kind, detail, region, count);
    }
  }
}

/** Faults of some kinds from a time on, added up; `last` are the words of the newest. */
export function countFaults(
  faults: readonly OwnFault[],
  kinds: readonly OwnFaultKind[],
  since: number,
): { readonly count: number; readonly last: OwnFault | null } {
  const own = faults.filter(({ kind, minute }) => minute >= since && kinds.includes(kind));
  return {
    count: own.reduce((sum, { count }) => sum + count, 0),
    last: own.toSorted((a, b) => a.minute - b.minute).at(-1) ?? null,
  };
}
