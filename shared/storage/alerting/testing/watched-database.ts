/** What tests of alerting's storage share: a database that remembers what was asked of it. */
import { z } from "zod";

/** A statement as it was sent. */
export interface Sent {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** The database, and the statements sent through it since it was made. */
export interface WatchedDatabase {
  readonly db: D1Database;
  readonly sent: Sent[];
}

/** Passes everything on to a database and remembers each statement that was bound or prepared. */
export function watchedDatabase(db: D1Database): WatchedDatabase {
  const sent: Sent[] = [];
  const prepare = (sql: string) => {
    const entry = { sql, values: [] as readonly unknown[] };
    sent.push(entry);
    const statement = db.prepare(sql);
    const bind = statement.bind.bind(statement);
    // On the statement itself: a batch takes no stand-in for one.
    return Object.assign(statement, {
      bind: (...values: unknown[]) => {
        entry.values = values;
        return bind(...values);
      },
    });
  };
  const watched = new Proxy(db, {
    get: (target, name) => {
      if (name === "prepare") return prepare;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { db: watched, sent };
}

const planRow = z.object({ detail: z.string() });

/** How SQLite would run a statement, a line a step. */
export async function planOf(db: D1Database, { sql, values }: Sent): Promise<string[]> {
  const { results } = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all();
  return z
    .array(planRow)
    .parse(results)
    .map(({ detail }) => detail);
}
