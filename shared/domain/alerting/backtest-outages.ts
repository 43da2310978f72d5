import type { OutageChange } from "../recording.ts";
import type { OutageSpan } from "./samples.ts";

/** The outages of a backtest, as the database would keep them. */
export class OutageRows {
  readonly #rows = new Map<string, OutageSpan>();
  #changed = new Set<string>();

  constructor(open: readonly OutageSpan[]) {
    for (const outage of open) this.#rows.set(keyOf(outage), outage);
  }

  /** Takes what recording a round changed; `now` in epoch seconds is when that was decided. */
  take(changes: readonly OutageChange[], now: number): void {
    this.#changed = new Set();
    for (const { monitor, outage, cause } of changes) {
      const { startedAt, endedAt } = outage;
      const key = keyOf({ monitor, startedAt });
      const known = this.#rows.get(key);
      // When it was first detected, and why, stays; only its end moves.
      const fresh = { monitor, startedAt, detectedAt: now, endedAt, cause };
      this.#rows.set(key, known === undefined ? fresh : { ...known, endedAt });
      this.#changed.add(key);
    }
  }

  /** Those that go on, and those that the last round changed, in order of their beginning. */
  news(): OutageSpan[] {
    return [...this.#rows]
      .filter(([key, { endedAt }]) => endedAt === null || this.#changed.has(key))
      .map(([, outage]) => outage)
      .toSorted((a, b) => a.startedAt - b.startedAt);
  }

  /** All of them, in order of their beginning. */
  all(): OutageSpan[] {
    return [...this.#rows.values()].toSorted((a, b) => a.startedAt - b.startedAt);
  }
}

function keyOf({ monitor, startedAt }: Pick<OutageSpan, "monitor" | "startedAt">): string {
  return `${monitor}/${startedAt}`;
}
