import type { CoverageSpan } from "../../../shared/domain/coverage.ts";
import {
  type Memory,
  overall,
  type Recording,
  type ScopedTransition,
} from "../../../shared/domain/recording.ts";

/** A transition, and when it was in the database. */
export interface RecordedTransition extends ScopedTransition {
  /** ms since the script's start. */
  readonly decidedAt: number;
}

/** The memory as of a version. */
export interface Versioned {
  readonly version: number;
  readonly memory: Memory;
}

/** The ledger of shared/storage/ledger.ts in memory: the same compare-and-swap, the same keys. */
export class SimulatedDatabase {
  /** How often a result is in the table; more than once would be a doubled one. */
  readonly results = new Set<string>();
  readonly transitions: RecordedTransition[] = [];
  readonly coverage = new Map<string, CoverageSpan>();
  readonly #transitionKeys = new Set<string>();
  readonly #keepsResultsOf: (monitor: number) => boolean;
  #current: Versioned = { version: 0, memory: { statuses: new Map(), coverage: [] } };

  /** @param keepsResultsOf of which monitors the results are kept; a long run need not keep all */
  constructor(keepsResultsOf: (monitor: number) => boolean) {
    this.#keepsResultsOf = keepsResultsOf;
  }

  read(): Versioned {
    return this.#current;
  }

  /**
   * Writes a recording if the ledger stands where it was decided, as one transaction.
   *
   * @returns the memory as written; null where the ledger has moved on, with nothing changed
   * @throws Error where a change would be written twice: the key of D1's table refuses it
   */
  commit(version: number, recording: Recording, now: number): Versioned | null {
    if (version !== this.#current.version) return null;
    const keys = recording.transitions.map(({ monitor, scope, at }) => `${monitor}/${scope}/${at}`);
    const doubled = keys.find((key) => this.#transitionKeys.has(key));
    if (doubled !== undefined) throw new Error(`UNIQUE constraint failed: transition ${doubled}`);
    for (const key of keys) this.#transitionKeys.add(key);
    for (const change of recording.transitions) {
      this.transitions.push({ ...change, decidedAt: now });
    }
    for (const { time, monitor, region } of recording.results) {
      if (this.#keepsResultsOf(monitor)) this.results.add(resultKey(time, monitor, region));
    }
    for (const change of recording.coverage) {
      if (change.kind === "none") continue;
      const { region, step, from } = change.span;
      this.coverage.set(`${region}/${step}/${from}`, change.span);
    }
    this.#current = { version: version + 1, memory: recording.memory };
    return this.#current;
  }

  /** A monitor's changes of status in one scope, in order of time. */
  transitionsOf(monitor: number, scope: number = overall): RecordedTransition[] {
    return this.transitions.filter(
      (change) => change.monitor === monitor && change.scope === scope,
    );
  }
}

/** The primary key of a result. */
export function resultKey(time: number, monitor: number, region: number): string {
  return `${time} ${monitor} ${region}`;
}
