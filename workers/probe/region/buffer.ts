import { z } from "zod";
import {
  type RoundResults,
  roundResultsSchema,
  roundSchema,
} from "../../../shared/contract/region.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { log } from "../../../shared/log.ts";

const documentRow = z.object({ ...roundSchema.shape, document: z.string() });
const roundRows = z.array(roundSchema);
const countRow = z.object({ rounds: z.int() });

/** Rounds kept at most: a day of minute rounds, or four hours of fast ones. */
export const mostRounds = 1_440;

/**
 * A region object's own store of rounds: a result stays here until the recorder has it in the
 * database (law 2), and for each step the newest round is remembered, so that a repeated tick
 * does not probe again. It is bounded; what it has to drop, oldest first, is counted.
 *
 * Which rounds there are is known in memory too, for nobody else writes here: on most ticks nothing
 * waits, and the disk is written but not read.
 */
export class RoundBuffer {
  readonly #sql: SqlStorage;
  readonly #mostRounds: number;
  readonly #waiting = new Map<string, Round>();
  /** By step, epoch seconds. */
  readonly #newest = new Map<number, number>();
  #dropped = 0;

  constructor(sql: SqlStorage, most = mostRounds) {
    this.#sql = sql;
    this.#mostRounds = most;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS rounds (
        time INTEGER NOT NULL, step INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (time, step)
      ) WITHOUT ROWID`);
    sql.exec("CREATE TABLE IF NOT EXISTS newest (step INTEGER PRIMARY KEY, time INTEGER NOT NULL)");
    sql.exec(
      "CREATE TABLE IF NOT EXISTS dropped (id INTEGER PRIMARY KEY, rounds INTEGER NOT NULL)",
    );
    const select = (from: string) => sql.exec(`SELECT ${from}`).toArray();
    for (const round of roundRows.parse(select("time, step FROM rounds"))) {
      this.#waiting.set(keyOf(round), round);
    }
    for (const { step, time } of roundRows.parse(select("time, step FROM newest"))) {
      this.#newest.set(step, time);
    }
    const [dropped] = select("rounds FROM dropped WHERE id = 1");
    if (dropped !== undefined) this.#dropped = countRow.parse(dropped).rounds;
  }

  /**
   * Keeps results of a round beside those that it has: a round and its confirmations may end in any
   * order. Of two results of one monitor the first stands.
   *
   * @returns all that is kept of the round. The answer that carries it leaves only once it is on disk
   */
  keep(more: RoundResults): RoundResults {
    const { time, step } = more.round;
    const before = this.find(more.round)?.results ?? [];
    const known = new Set(before.map(({ monitor }) => monitor));
    const added = more.results.filter(({ monitor }) => !known.has(monitor));
    const results = { round: more.round, results: [...before, ...added] };
    this.#sql.exec(
      "INSERT OR REPLACE INTO rounds (time, step, document) VALUES (?, ?, ?)",
      time,
      step,
      JSON.stringify(results),
    );
    this.#waiting.set(keyOf(more.round), { time, step });
    if (time > (this.#newest.get(step) ?? -1)) {
      this.#sql.exec("INSERT OR REPLACE INTO newest (step, time) VALUES (?, ?)", step, time);
      this.#newest.set(step, time);
    }
    this.#bound();
    return results;
  }

  /** The results of a round that still waits here. */
  find(round: Round): RoundResults | null {
    if (!this.#waiting.has(keyOf(round))) return null;
    const rows = this.#sql
      .exec("SELECT * FROM rounds WHERE time = ? AND step = ?", round.time, round.step)
      .toArray();
    return this.#decode(rows)[0] ?? null;
  }

  /** Whether this round or a later one of its step was run, so that running it would be twice. */
  hasRun(round: Round): boolean {
    return (this.#newest.get(round.step) ?? -1) >= round.time;
  }

  /**
   * The rounds that wait here and whose slot is over by `time`, oldest first, at most `limit`. A
   * round that may still run elsewhere stays: on part of the regions it must not be decided.
   */
  overdue(time: number, limit: number): RoundResults[] {
    if (![...this.#waiting.values()].some((round) => round.time + round.step <= time)) return [];
    const rows = this.#sql
      .exec("SELECT * FROM rounds WHERE time + step <= ? ORDER BY time LIMIT ?", time, limit)
      .toArray();
    return this.#decode(rows);
  }

  /** Lets go of rounds that the database has. */
  forget(rounds: readonly Round[]): void {
    for (const round of rounds) {
      const { time, step } = round;
      this.#sql.exec("DELETE FROM rounds WHERE time = ? AND step = ?", time, step);
      this.#waiting.delete(keyOf(round));
    }
  }

  /** How many rounds were dropped, ever. */
  get dropped(): number {
    return this.#dropped;
  }

  #bound(): void {
    const excess = this.#waiting.size - this.#mostRounds;
    if (excess <= 0) return;
    const oldestFirst = [...this.#waiting.values()].sort((a, b) => a.time - b.time);
    this.#drop(oldestFirst.slice(0, excess));
  }

  #drop(rounds: readonly Round[]): void {
    this.forget(rounds);
    const dropped = this.#dropped + rounds.length;
    this.#sql.exec("INSERT OR REPLACE INTO dropped (id, rounds) VALUES (1, ?)", dropped);
    this.#dropped = dropped;
  }

  /** A round that another version wrote and this one cannot read must not block those behind it. */
  #decode(rows: readonly unknown[]): RoundResults[] {
    return rows.flatMap((row) => {
      const { time, step, document } = documentRow.parse(row);
      const parsed = roundResultsSchema.safeParse(JSON.parse(document));
      if (parsed.success) return [parsed.data];
      this.#drop([{ time, step }]);
      log("error", "unreadable-round", { time, step });
      return [];
    });
  }
}

function keyOf({ time, step }: Round): string {
  return `${time}/${step}`;
}
