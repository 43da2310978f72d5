/** What a database holds, in numbers that can be compared. */
import { createHash } from "node:crypto";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { z } from "zod";

/** By table: how many rows, and a digest that does not depend on their order. */
export const contentsSchema = z.record(
  z.string(),
  z.object({ rows: z.number(), digest: z.string() }),
);
export type Contents = z.infer<typeof contentsSchema>;

const named = z.object({ name: z.string() });
const modulus = 1n << 128n;

export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** The tables that are ours: neither SQLite's nor D1's own. */
export function tablesIn(database: DatabaseSync): string[] {
  const rows = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all();
  return rows.map((row) => named.parse(row).name);
}

/** Reads every row. */
export function contentsOf(database: DatabaseSync): Contents {
  const read = tablesIn(database).map((table) => {
    const statement = database.prepare(`SELECT * FROM ${quoted(table)}`);
    statement.setReadBigInts(true);
    let rows = 0;
    let sum = 0n;
    for (const row of statement.iterate()) {
      const hash = createHash("sha256");
      for (const value of Object.values(row)) hash.update(encoded(value));
      sum = (sum + BigInt(`0x${hash.digest("hex").slice(0, 32)}`)) % modulus;
      rows += 1;
    }
    return [table, { rows, digest: sum.toString(16).padStart(32, "0") }] as const;
  });
  return Object.fromEntries(read);
}

/** A line for each table that is otherwise. */
export function differences(expected: Contents, found: Contents): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].sort().flatMap((name) => {
    const [before, after] = [expected[name], found[name]];
    if (before === undefined) return [`${name} was not in the backup`];
    if (after === undefined) return [`${name} is missing`];
    if (before.rows !== after.rows)
      return [`${name}: ${after.rows} rows in place of ${before.rows}`];
    return before.digest === after.digest ? [] : [`${name}: other values`];
  });
}

/** Kind and length go before each value, so that no two rows look alike. */
function encoded(value: SQLOutputValue): string | Uint8Array {
  if (value === null) return "n;";
  if (typeof value === "bigint") return `i${value};`;
  if (typeof value === "number") return `r${value};`;
  if (typeof value === "string") return `t${value.length};${value}`;
  return Buffer.concat([Buffer.from(`b${value.length};`), value]);
}
