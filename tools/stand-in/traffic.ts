import type { Behaviour } from "./faults.ts";
import type { EndpointPath } from "./paths.ts";

/** `answered`, or the fault that hit the request (of flapping and recovering: the inner one). */
export type Outcome = "answered" | Behaviour["kind"];

export type RequestCount = {
  readonly path: string;
  readonly region: string;
  readonly outcome: Outcome | "(other)";
  readonly count: number;
};

/** Times in epoch ms. `complete` is false when requests after `since` are no longer remembered. */
export type RequestSummary = {
  readonly since: number;
  readonly until: number;
  readonly complete: boolean;
  readonly total: number;
  readonly counts: readonly RequestCount[];
};

type Label = Omit<RequestCount, "count">;

/** Requests remembered with their time; older ones only count in the summary of everything. */
const REMEMBERED_REQUESTS = 65_536;
/** Distinct (path, region, outcome) kept apart; what comes after is counted as `(other)`. */
const MOST_LABELS = 4_096;

/** Counts requests by endpoint, region and outcome, in bounded memory and constant time each. */
export class Traffic {
  readonly #now: () => number;
  readonly #times: Float64Array;
  readonly #labelIds: Uint16Array;
  #labels: Label[] = [];
  #labelIdByKey = new Map<string, number>();
  #totals: number[] = [];
  #recorded = 0;
  #countedFrom: number;
  #lastForgottenAt = Number.NEGATIVE_INFINITY;

  /** `now` gives epoch ms. */
  constructor(now: () => number, remembered: number = REMEMBERED_REQUESTS) {
    this.#now = now;
    this.#times = new Float64Array(remembered);
    this.#labelIds = new Uint16Array(remembered);
    this.#countedFrom = now();
  }

  record(endpoint: EndpointPath | null, region: string | null, outcome: Outcome): void {
    const labelId = this.#labelId(endpoint ?? "(unknown)", region ?? "(none)", outcome);
    this.#totals[labelId] = (this.#totals[labelId] ?? 0) + 1;
    const slot = this.#recorded % this.#times.length;
    if (this.#recorded >= this.#times.length) this.#lastForgottenAt = this.#times[slot] ?? 0;
    this.#times[slot] = this.#now();
    this.#labelIds[slot] = labelId;
    this.#recorded += 1;
  }

  /** Counts of the requests at or after `since` (epoch ms); of everything since `clear` without it. */
  summary(since?: number): RequestSummary {
    const everything = since === undefined || since <= this.#countedFrom;
    const totals = everything ? this.#totals : this.#totalsSince(since);
    const counts = this.#labels
      .map((label, id) => ({ ...label, count: totals[id] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort(byLabel);
    return {
      since: everything ? this.#countedFrom : since,
      until: this.#now(),
      complete: everything || this.#lastForgottenAt < since,
      total: counts.reduce((sum, { count }) => sum + count, 0),
      counts,
    };
  }

  clear(): void {
    this.#labels = [];
    this.#labelIdByKey = new Map();
    this.#totals = [];
    this.#recorded = 0;
    this.#countedFrom = this.#now();
    this.#lastForgottenAt = Number.NEGATIVE_INFINITY;
  }

  #totalsSince(since: number): number[] {
    const totals: number[] = [];
    const kept = Math.min(this.#recorded, this.#times.length);
    for (let slot = 0; slot < kept; slot += 1) {
      if ((this.#times[slot] ?? 0) < since) continue;
      const id = this.#labelIds[slot] ?? 0;
      totals[id] = (totals[id] ?? 0) + 1;
    }
    return totals;
  }

  #labelId(path: string, region: string, outcome: Outcome): number {
    const key = `${path} ${region} ${outcome}`;
    const known = this.#labelIdByKey.get(key);
    if (known !== undefined) return known;
    if (this.#labels.length < MOST_LABELS) return this.#addLabel(key, { path, region, outcome });
    const other = { path: "(other)", region: "(other)", outcome: "(other)" } as const;
    return this.#labelIdByKey.get("(other)") ?? this.#addLabel("(other)", other);
  }

  #addLabel(key: string, label: Label): number {
    const id = this.#labels.push(label) - 1;
    this.#labelIdByKey.set(key, id);
    return id;
  }
}

function byLabel(a: Label, b: Label): number {
  return (
    a.path.localeCompare(b.path) ||
    a.region.localeCompare(b.region) ||
    a.outcome.localeCompare(b.outcome)
  );
}
