import { z } from "zod";
import type { QueryResult, SqlQuery } from "../runtime/index.ts";

/** Runs statements in one transaction, all or nothing; `Runtime.batch` is one. */
export type Batch = (queries: readonly SqlQuery[]) => Promise<readonly QueryResult[]>;

/**
 * A D1 database whose statements are run elsewhere. What `shared/storage` uses of D1 works; the
 * rest (`raw`, `exec`, `dump`, sessions) throws.
 */
export function d1OverBatch(batch: Batch): D1Database {
  return {
    prepare: (sql) => new Statement(batch, { sql, params: [] }),
    batch: (statements) => runAll(batch, statements),
    exec: () => unsupported("exec"),
    withSession: () => unsupported("withSession"),
    dump: () => unsupported("dump"),
  };
}

const paramsSchema = z.array(z.union([z.string(), z.number(), z.null()]));

class Statement implements D1PreparedStatement {
  readonly query: SqlQuery;
  readonly #batch: Batch;

  constructor(batch: Batch, query: SqlQuery) {
    this.#batch = batch;
    this.query = query;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.#batch, { ...this.query, params: paramsSchema.parse(values) });
  }

  async first<T>(column?: string): Promise<T | null> {
    if (column !== undefined) return unsupported("first with a column");
    const { results } = await this.all<T>();
    return results[0] ?? null;
  }

  async all<T>(): Promise<D1Result<T>> {
    const [result] = await runAll<T>(this.#batch, [this]);
    if (result === undefined) throw new Error("D1 answered a query without a result");
    return result;
  }

  run<T>(): Promise<D1Result<T>> {
    return this.all();
  }

  raw(): never {
    return unsupported("raw");
  }
}

async function runAll<T>(
  batch: Batch,
  statements: readonly D1PreparedStatement[],
): Promise<D1Result<T>[]> {
  const queries = statements.map((statement) => {
    if (statement instanceof Statement) return statement.query;
    throw new TypeError("a statement of another database");
  });
  return (await batch(queries)).map((result) => ({
    success: true,
    // As with D1 itself, the caller says what its rows are; shared/storage parses them.
    results: [...result.rows] as T[],
    meta: {
      duration: result.durationMs,
      size_after: result.databaseBytes,
      rows_read: result.rowsRead,
      rows_written: result.rowsWritten,
      changes: result.changes,
      changed_db: result.changes > 0,
      last_row_id: 0,
    },
  }));
}

function unsupported(what: string): never {
  throw new Error(`${what} does not work on this database`);
}
