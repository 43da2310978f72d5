/** A database whose every call passes a gate: for tests of what happens in between. */

/** Runs a call to the database when it may. */
export type Gate = <T>(run: () => Promise<T>) => Promise<T>;

const calls = ["all", "first", "run", "raw"] as const;

/** A database that sends each statement, and each batch, through a gate. */
export function gatedDatabase(db: D1Database, gate: Gate): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => gated(target.prepare(sql), gate);
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => gate(() => target.batch(statements));
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** On the statement itself: a batch takes no stand-in for one. */
function gated(statement: D1PreparedStatement, gate: Gate): D1PreparedStatement {
  const bind = statement.bind.bind(statement);
  const through = calls.map((name) => {
    const call = statement[name];
    return [name, (...args: unknown[]) => gate(() => Reflect.apply(call, statement, args))];
  });
  Object.assign(statement, Object.fromEntries(through));
  return Object.assign(statement, {
    bind: (...values: unknown[]) => gated(bind(...values), gate),
  });
}
