import { createHash, createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Control } from "./control-client.ts";
import { messageOf, RuntimeError } from "./errors.ts";
import type { Database } from "./project.ts";
import type { Toolchain } from "./toolchain.ts";

/** A migration that the database does not have yet. */
export type Migration = { readonly name: string; readonly file: string };

/** @returns The file in which miniflare keeps a D1 database: named by the id of a Durable Object. */
export function databaseFileIn(stateFolder: string, { id }: Database): string {
  const namespace = "miniflare-D1DatabaseObject";
  const key = createHash("sha256").update(namespace).digest();
  const half = (data: string | Buffer) =>
    createHmac("sha256", key).update(data).digest().subarray(0, 16);
  const name = half(id);
  const file = `${Buffer.concat([name, half(name)]).toString("hex")}.sqlite`;
  return join(stateFolder, "d1", namespace, file);
}

/**
 * What is to be applied, in wrangler's order (by leading number, then by name).
 *
 * Reads the database's file itself, so call it only while no workerd runs on it: an ordinary start
 * finds nothing to do and saves a second start of workerd.
 */
export function pendingMigrations(stateFolder: string, database: Database): readonly Migration[] {
  const applied = appliedMigrations(databaseFileIn(stateFolder, database), database);
  return migrationNames(database.migrationsFolder)
    .filter((name) => !applied.has(name))
    .map((name) => ({ name, file: join(database.migrationsFolder, name) }));
}

const AppliedRow = z.object({ name: z.string() });

function appliedMigrations(file: string, { migrationsTable }: Database): ReadonlySet<string> {
  if (!existsSync(file)) return new Set();
  const database = new DatabaseSync(file);
  try {
    const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    if (known.get(migrationsTable) === undefined) return new Set();
    const rows = database.prepare(`SELECT name FROM ${quoted(migrationsTable)}`).all();
    return new Set(rows.map((row) => AppliedRow.parse(row).name));
  } finally {
    database.close();
  }
}

function migrationNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.sort((a, b) => leading(a) - leading(b) || (a < b ? -1 : 1));
}

/** The number a file's name begins with; names without one come last. */
function leading(name: string): number {
  const number = Number.parseInt(name, 10);
  return Number.isNaN(number) ? Number.MAX_SAFE_INTEGER : number;
}

/**
 * Applies migrations through D1 itself, with the same table and the same statements as
 * `wrangler d1 migrations apply`. Each migration is applied as a whole or not at all.
 *
 * @throws RuntimeError `migration-failed`, with the file's name and D1's words.
 */
export async function applyMigrations(
  { wrangler }: Toolchain,
  control: Control,
  { migrationsTable }: Database,
  migrations: readonly Migration[],
): Promise<void> {
  const table = quoted(migrationsTable);
  const query = (sql: string, ...params: string[]) => ({ sql, params });
  await control.batch([
    query(`CREATE TABLE IF NOT EXISTS ${table}(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`),
  ]);
  for (const { name, file } of migrations) {
    const statements = wrangler.unstable_splitSqlQuery(readFileSync(file, "utf8"));
    const noted = query(`INSERT INTO ${table} (name) VALUES (?)`, name);
    try {
      await control.batch([...statements.map((sql) => query(sql)), noted]);
    } catch (cause) {
      const message = `Migration ${name} was not applied: ${messageOf(cause)}`;
      throw new RuntimeError("migration-failed", message, { cause });
    }
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
