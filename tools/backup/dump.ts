/** A database as SQL that SQLite and D1 read back: `wrangler d1 execute --file` takes it as it is. */
import { closeSync, openSync, writeSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { z } from "zod";
import { type Contents, contentsOf, contentsSchema, quoted, tablesIn } from "./digest.ts";

/** The last line of a backup, after this. */
const manifestMark = "-- netpost-backup ";
/** Where a reader may cut: never inside a statement. */
export const cut = "\n--;\n";

export const manifestSchema = z.object({
  at: z.string(),
  version: z.string(),
  contents: contentsSchema,
});
export type Manifest = z.infer<typeof manifestSchema>;

/** D1 takes statements of 100 KB. */
const longestStatement = 60_000;
const longestText = 20_000;

const schemaRow = z.object({ type: z.string(), name: z.string(), sql: z.string() });
const columnRow = z.object({ name: z.string(), pk: z.number() });

/**
 * Writes a database to a file, as it is at one moment.
 *
 * @param version of the product, for whoever finds the file
 * @returns what was written
 */
export function dump(database: DatabaseSync, file: string, version: string): Manifest {
  const out = openSync(file, "w", 0o600);
  const write = (text: string) => writeSync(out, text);
  database.exec("BEGIN");
  try {
    const at = new Date().toISOString();
    const schema = schemaOf(database);
    write("PRAGMA defer_foreign_keys=TRUE;\n");
    for (const { sql } of schema.filter(({ type }) => type === "table")) write(`${sql};${cut}`);
    for (const table of tablesIn(database)) dumpRows(database, table, write);
    dumpSequence(database, write);
    // After the rows: a trigger has done its work already.
    for (const { sql } of schema.filter(({ type }) => type !== "table")) write(`${sql};${cut}`);
    const manifest = { at, version, contents: contentsOf(database) };
    write(`${manifestMark}${JSON.stringify(manifest)}\n`);
    return manifest;
  } finally {
    database.exec("ROLLBACK");
    closeSync(out);
  }
}

/** What a backup says of itself; null where it says nothing, as an export of wrangler. */
export function manifestIn(tail: string): Manifest | null {
  const line = tail.trimEnd().split("\n").at(-1) ?? "";
  if (!line.startsWith(manifestMark)) return null;
  return manifestSchema.parse(JSON.parse(line.slice(manifestMark.length)));
}

function schemaOf(database: DatabaseSync) {
  const ours = new Set(tablesIn(database));
  const rows = database
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    .all();
  return rows
    .filter(({ tbl_name: table }) => typeof table === "string" && ours.has(table))
    .map((row) => schemaRow.parse(row));
}

function dumpRows(database: DatabaseSync, table: string, write: (text: string) => void): void {
  const columns = database.prepare(`PRAGMA table_info(${quoted(table)})`).all();
  const keys = columns.map((row) => columnRow.parse(row)).filter(({ pk }) => pk > 0);
  const select = database.prepare(
    keys.length > 0
      ? `SELECT * FROM ${quoted(table)}`
      : `SELECT rowid AS rowid, * FROM ${quoted(table)}`,
  );
  select.setReadBigInts(true);
  let pending: string[] = [];
  let length = 0;
  let head = "";
  const flush = () => {
    if (pending.length > 0) write(`${head}${pending.join(",")};${cut}`);
    pending = [];
    length = 0;
  };
  for (const row of select.iterate()) {
    const names = Object.keys(row);
    head = `INSERT INTO ${quoted(table)} (${names.map(quoted).join(",")}) VALUES `;
    const values = `(${Object.values(row)
      .map((value) => literal(shortened(value)))
      .join(",")})`;
    if (length + values.length > longestStatement) flush();
    pending.push(values);
    length += values.length + 1;
    const long = Object.entries(row).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && entry[1].length > longestText,
    );
    if (long.length === 0) continue;
    flush();
    const where = (keys.length > 0 ? keys.map(({ name }) => name) : ["rowid"])
      .map((name) => `${quoted(name)} IS ${literal(row[name] ?? null)}`)
      .join(" AND ");
    for (const [name, text] of long) {
      for (let at = longestText; at < text.length; at += longestText) {
        const part = literal(text.slice(at, at + longestText));
        write(
          `UPDATE ${quoted(table)} SET ${quoted(name)} = ${quoted(name)} || ${part} WHERE ${where};${cut}`,
        );
      }
    }
  }
  flush();
}

/** AUTOINCREMENT never gives a number twice, also after a restore. */
function dumpSequence(database: DatabaseSync, write: (text: string) => void): void {
  const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (known.get() === undefined) return;
  write(`DELETE FROM sqlite_sequence;${cut}`);
  for (const { name, seq } of database.prepare("SELECT name, seq FROM sqlite_sequence").all()) {
    if (typeof name !== "string" || name.startsWith("_cf_")) continue;
    write(
      `INSERT INTO sqlite_sequence (name, seq) VALUES (${literal(name)},${literal(seq ?? 0)});${cut}`,
    );
  }
}

const shortened = (value: SQLOutputValue): SQLOutputValue =>
  typeof value === "string" && value.length > longestText ? value.slice(0, longestText) : value;

function literal(value: SQLOutputValue): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "NULL";
    if (!Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
    return Number.isInteger(value) ? `${value}.0`.replace(/^(-?\d+)\.0$/, "$1.0") : `${value}`;
  }
  if (typeof value !== "string") return `X'${Buffer.from(value).toString("hex")}'`;
  const text = `'${value.replaceAll("'", "''")}'`;
  return hidden(hidden(text, "\u0000", 0), "\n--;", 10);
}

/**
 * A NUL ends a statement for SQLite, and nothing in a value may look like a cut: the first character
 * of either is written as a word that the text does not have, and put back by SQLite.
 */
function hidden(expression: string, what: string, code: number): string {
  if (!expression.includes(what)) return expression;
  let word = `<${code}>`;
  while (expression.includes(word)) word = `<${word}>`;
  return `replace(${expression.replaceAll(what, `${word}${what.slice(1)}`)},'${word}',char(${code}))`;
}

export type { Contents };
