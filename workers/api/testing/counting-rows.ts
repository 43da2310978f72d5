/** A database that counts the rows its statements read; everything else is the real one's. */
export function countingRows(real: D1Database): {
  readonly database: D1Database;
  /** Rows read by statements that contain a text. */
  rowsRead(inStatement: string): number;
} {
  const reads: { readonly sql: string; readonly rows: number }[] = [];
  const note = (sql: string, result: D1Result) => {
    reads.push({ sql, rows: result.meta.rows_read });
  };
  const watch = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const bind = statement.bind.bind(statement);
    const all = statement.all.bind(statement);
    return Object.assign(statement, {
      bind: (...values: unknown[]) => watch(bind(...values), sql),
      first: async () => {
        const result = await all();
        note(sql, result);
        return result.results[0] ?? null;
      },
      all: async () => {
        const result = await all();
        note(sql, result);
        return result;
      },
    });
  };
  const database = new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watch(target.prepare(sql), sql);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return {
    database,
    rowsRead: (text) =>
      reads.filter(({ sql }) => sql.includes(text)).reduce((sum, { rows }) => sum + rows, 0),
  };
}
