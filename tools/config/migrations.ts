import { existsSync, readdirSync } from "node:fs";
import { z } from "zod";

const names = z.array(z.object({ name: z.string() }));

/**
 * The files in a folder of migrations that a database does not have yet, by name.
 *
 * @param table where wrangler writes down what was applied
 */
export async function missingMigrations(
  db: D1Database,
  folder: string,
  table: string,
): Promise<string[]> {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const applied = await appliedMigrations(db, table);
  return files.filter((file) => file.endsWith(".sql") && !applied.has(file));
}

async function appliedMigrations(db: D1Database, table: string): Promise<ReadonlySet<string>> {
  const known = await db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?1")
    .bind(table)
    .first();
  if (known === null) return new Set();
  const quoted = `"${table.replaceAll('"', '""')}"`;
  const { results } = await db.prepare(`SELECT name FROM ${quoted}`).all();
  return new Set(names.parse(results).map(({ name }) => name));
}
