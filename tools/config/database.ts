import type { Project } from "../runtime/project.ts";
import { missingMigrations } from "./migrations.ts";

/** A database to plan against, open until it is closed. */
export type OpenDatabase = {
  readonly db: D1Database;
  close(): Promise<void>;
};

/** Why there is no database to work with, in one line that says what to run. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/**
 * Refuses a database that is behind the project's migrations, and closes it then.
 *
 * @param remedy what brings it up to date, for example `Run npm run deploy`
 * @throws DatabaseError
 */
export async function requireMigrated(
  opened: OpenDatabase,
  { database }: Project,
  { name, remedy }: { readonly name: string; readonly remedy: string },
): Promise<OpenDatabase> {
  try {
    const { migrationsFolder, migrationsTable } = database;
    const missing = await missingMigrations(opened.db, migrationsFolder, migrationsTable);
    if (missing.length === 0) return opened;
    throw new DatabaseError(`${name} lacks the migration ${missing.join(", ")}. ${remedy}.`);
  } catch (error) {
    await opened.close();
    throw error;
  }
}
