/** A database that counts what is asked of it and what of that it fails. */
import { describeError } from "../../../shared/log.ts";

/** What was counted. */
export interface DatabaseMeter {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Statements. */
  readonly queries: number;
  /** Calls: a batch is one. */
  readonly calls: number;
  /** Bytes of the database as it last said; 0: it has not. */
  readonly bytes: number;
  /** Calls that failed. */
  readonly failed: number;
  /** The last failure, in words; null: there was none. */
  readonly failure: string | null;
}

/** The same database, and a meter that grows with what runs on it. */
export function meterDatabase(real: D1Database): {
  readonly database: D1Database;
  readonly meter: DatabaseMeter;
} {
  const meter = { rowsRead: 0, rowsWritten: 0, queries: 0, calls: 0, bytes: 0, failed: 0 };
  const counted: { -readonly [K in keyof DatabaseMeter]: DatabaseMeter[K] } = {
    ...meter,
    failure: null,
  };
  const run = async <T extends readonly D1Result[]>(
    queries: number,
    call: () => Promise<T>,
  ): Promise<T> => {
    counted.queries += queries;
    counted.calls += 1;
    try {
      const results = await call();
      for (const { meta } of results) {
        counted.rowsRead += meta.rows_read;
        counted.rowsWritten += meta.rows_written;
        counted.bytes = meta.size_after;
      }
      return results;
    } catch (error) {
      // Compare-and-swap: that another was faster is no fault of the database's.
      const failure = describeError(error);
      if (!failure.includes("constraint failed")) {
        counted.failed += 1;
        counted.failure = failure;
      }
      throw error;
    }
  };
  // On the statement itself: a batch takes no stand-in for one.
  const watch = (statement: D1PreparedStatement): D1PreparedStatement => {
    const bind = statement.bind.bind(statement);
    const all = statement.all.bind(statement);
    const counting = async () => {
      const [result] = await run(1, async () => [await all()] as const);
      return result;
    };
    return Object.assign(statement, {
      bind: (...values: unknown[]) => watch(bind(...values)),
      all: counting,
      run: counting,
      first: async (column?: string) => {
        const row = (await counting()).results[0] ?? null;
        return column === undefined || row === null ? row : (row[column] ?? null);
      },
    });
  };
  const database = new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watch(target.prepare(sql));
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) =>
          run(statements.length, () => target.batch(statements));
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { database, meter: counted };
}
