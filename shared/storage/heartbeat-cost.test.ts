import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { takePing } from "./heartbeats.ts";
import { countRows } from "./rows.ts";

/** The database, with a note of every statement's own account of its cost. */
function measured(notes: D1Result[]): D1Database {
  const noting = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get: (target, name) => {
        if (name === "bind") return (...values: unknown[]) => noting(target.bind(...values));
        if (name !== "run" && name !== "all") throw new Error(`not measured: ${String(name)}`);
        return async () => {
          const result = await target[name]();
          notes.push(result);
          return result;
        };
      },
    });
  return new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== "prepare") throw new Error(`not measured: ${String(name)}`);
      return (sql: string) => noting(target.prepare(sql));
    },
  });
}

it("a ping writes one row, the first and every other, with a full history too", async () => {
  await env.DB.prepare("INSERT INTO monitors (number, id, added_at) VALUES (7, 'job', 0)").run();
  const notes: D1Result[] = [];
  const db = measured(notes);
  for (let at = 1; at <= 120; at += 1) {
    const signal = at % 2 === 0 ? "success" : "start";
    expect(await takePing(db, 7, { signal, at, run: null, exitStatus: null })).toBe(true);
  }
  expect(notes).toHaveLength(120);
  expect(notes.map((note) => countRows([note]).written)).toEqual(notes.map(() => 1));
});
