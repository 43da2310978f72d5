/** The real api on a clock that stands, and a note of every statement that it sends. */
import { createApp } from "../../workers/api/app.ts";
import { type Sent, statementsPath } from "./read-statements.ts";
import { readAt } from "./read-time.ts";

interface Bindings {
  readonly DB: D1Database;
}

const app = createApp({ now: () => readAt * 1000, sleep: () => new Promise(() => {}) });

let sent: Sent[] = [];

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === statementsPath) {
      const taken = sent;
      sent = [];
      return Response.json(taken);
    }
    return app.fetch(request, { ...env, DB: noting(env.DB) }, context);
  },
} satisfies ExportedHandler<Bindings>;

/** The same database; what runs on it is noted. */
function noting(real: D1Database): D1Database {
  const known = new WeakMap<D1PreparedStatement, Pick<Sent, "sql" | "values">>();
  const note = (statement: D1PreparedStatement, { meta }: D1Result) => {
    const { sql, values } = known.get(statement) ?? { sql: "", values: [] };
    const { rows_read: rowsRead, rows_written: rowsWritten, duration: durationMs } = meta;
    sent.push({ sql, values, rowsRead, rowsWritten, durationMs });
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
