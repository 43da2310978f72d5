import type { Sent } from "./read-statements.ts";

/** The same database; what runs on it is told to `keep`. */
export function noting(real: D1Database, keep: (sent: Sent) => void): D1Database {
  const known = new WeakMap<D1PreparedStatement, Pick<Sent, "sql" | "values">>();
  const note = (statement: D1PreparedStatement, { meta }: D1Result) => {
    const { sql, values } = known.get(statement) ?? { sql: "", values: [] };
    const { rows_read: rowsRead, rows_written: rowsWritten, duration: durationMs } = meta;
    keep({ sql, values, rowsRead, rowsWritten, durationMs });
  };
  // On the statement itself: a batch takes no stand-in for one.
  const watch = (statement: D1PreparedStatement, sql: string, values: Sent["values"]) => {
    known.set(statement, { sql, values });
    const bind = statement.bind.bind(statement);
    const all = statement.all.bind(statement);
    const noted = async () => {
      const result = await all();
      note(statement, result);
      return result;
    };
    return Object.assign(statement, {
      bind: (...bound: Sent["values"]): D1PreparedStatement => watch(bind(...bound), sql, bound),
      all: noted,
      run: noted,
      first: async () => (await noted()).results[0] ?? null,
    });
  };
  return new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watch(target.prepare(sql), sql, []);
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          for (const [index, result] of results.entries()) {
            const statement = statements[index];
            if (statement) note(statement, result);
          }
          return results;
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
