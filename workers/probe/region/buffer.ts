import { z } from "zod";
import { type RoundResults, roundResultsSchema } from "../../../shared/contract/region.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { log } from "../../../shared/log.ts";

const documentRow = z.object({ time: z.int(), step: z.int(), document: z.string() });
const countRow = z.object({ rounds: z.int() });

/** Rounds kept at most: a day of minute rounds, or four hours of fast ones. */
export const mostRounds = 1_440;

/**
 * A region object's own store of rounds: a result stays here until the recorder has it in the
 * database (law 2), and for each step the newest round is remembered, so that a repeated tick
 * does not probe again. It is bounded; what it has to drop, oldest first, is counted.
 */
export class RoundBuffer {
  readonly #sql: SqlStorage;
  readonly #mostRounds: number;

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
    this.#sql.exec(
      `INSERT INTO newest (step, time) VALUES (?, ?)
       ON CONFLICT (step) DO UPDATE SET time = max(time, excluded.time)`,
      step,
      time,
    );
    this.#bound();
    return results;
  }

  /** The results of a round that still waits here. */
  find(round: Round): RoundResults | null {
    const rows = this.#sql
      .exec("SELECT * FROM rounds WHERE time = ? AND step = ?", round.time, round.step)
      .toArray();
    return this.#decode(rows)[0] ?? null;
  }

  /** Whether this round or a later one of its step was run, so that running it would be twice. */
  hasRun(round: Round): boolean {
    const rows = this.#sql
      .exec("SELECT 1 FROM newest WHERE step = ? AND time >= ?", round.step, round.time)
      .toArray();
    return rows.length > 0;
  }

  /**
   * The rounds that wait here and whose slot is over by `time`, oldest first, at most `limit`. A
   * round that may still run elsewhere stays: on part of the regions it must not be decided.
   */
  overdue(time: number, limit: number): RoundResults[] {
    const rows = this.#sql
      .exec("SELECT * FROM rounds WHERE time + step <= ? ORDER BY time LIMIT ?", time, limit)
      .toArray();
    return this.#decode(rows);
  }

  /** Lets go of rounds that the database has. */
  forget(rounds: readonly Round[]): void {
    for (const { time, step } of rounds) {
      this.#sql.exec("DELETE FROM rounds WHERE time = ? AND step = ?", time, step);
    }
  }

  /** How many rounds were dropped, ever. */
  get dropped(): number {
    const rows = this.#sql.exec("SELECT rounds FROM dropped WHERE id = 1").toArray();
    return rows[0] === undefined ? 0 : countRow.parse(rows[0]).rounds;
  }

  #bound(): void {
    const [row] = this.#sql.exec("SELECT count(*) AS rounds FROM rounds").toArray();
    const excess = countRow.parse(row).rounds - this.#mostRounds;
    if (excess <= 0) return;
    this.#sql.exec(
      `DELETE FROM rounds WHERE (time, step) IN (
         SELECT time, step FROM rounds ORDER BY time LIMIT ?)`,
      excess,
    );
    this.#countDropped(excess);
  }

  #countDropped(rounds: number): void {
    this.#sql.exec(
      `INSERT INTO dropped (id, rounds) VALUES (1, ?)
       ON CONFLICT (id) DO UPDATE SET rounds = rounds + excluded.rounds`,
      rounds,
    );
  }

  /** A round that another version wrote and this one cannot read must not block those behind it. */
  #decode(rows: readonly unknown[]): RoundResults[] {
    return rows.flatMap((row) => {
      const { time, step, document } = documentRow.parse(row);
      const parsed = roundResultsSchema.safeParse(JSON.parse(document));
      if (parsed.success) return [parsed.data];
      this.#sql.exec("DELETE FROM rounds WHERE time = ? AND step = ?", time, step);
      this.#countDropped(1);
      log("error", "unreadable-round", { time, step });
      return [];
    });
  }
}
