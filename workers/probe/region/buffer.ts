import { z } from "zod";
import { type RoundResults, roundResultsSchema } from "../../../shared/contract/region.ts";
import type { Round } from "../../../shared/domain/schedule.ts";

const documentRow = z.object({ document: z.string() });

/**
 * A region object's own store of rounds: a result stays here until the recorder has it in the
 * database (law 2), and for each step the newest round is remembered, so that a repeated tick
 * does not probe again.
 */
export class RoundBuffer {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS rounds (
        time INTEGER NOT NULL, step INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (time, step)
      ) WITHOUT ROWID`);
    sql.exec("CREATE TABLE IF NOT EXISTS newest (step INTEGER PRIMARY KEY, time INTEGER NOT NULL)");
  }

  /** Keeps a round's results. The answer that carries them leaves only once they are on disk. */
  keep(results: RoundResults): void {
    const { time, step } = results.round;
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
  }

  /** The results of a round that still waits here. */
  find(round: Round): RoundResults | null {
    const rows = this.#sql
      .exec("SELECT document FROM rounds WHERE time = ? AND step = ?", round.time, round.step)
      .toArray();
    return rows[0] === undefined ? null : decode(rows[0]);
  }

  /** Whether this round or a later one of its step was run, so that running it would be twice. */
  hasRun(round: Round): boolean {
    const rows = this.#sql
      .exec("SELECT 1 FROM newest WHERE step = ? AND time >= ?", round.step, round.time)
      .toArray();
    return rows.length > 0;
  }

  /** The rounds that wait here and begin before `time`, oldest first, at most `limit`. */
  overdue(time: number, limit: number): RoundResults[] {
    return this.#sql
      .exec("SELECT document FROM rounds WHERE time < ? ORDER BY time LIMIT ?", time, limit)
      .toArray()
      .map(decode);
  }

  /** Lets go of rounds that the database has. */
  forget(rounds: readonly Round[]): void {
    for (const { time, step } of rounds) {
      this.#sql.exec("DELETE FROM rounds WHERE time = ? AND step = ?", time, step);
    }
  }
}

function decode(row: unknown): RoundResults {
  return roundResultsSchema.parse(JSON.parse(documentRow.parse(row).document));
}
