/** Which migrations the database has: this code needs them up to its own newest. */
import { z } from "zod";

/** The newest file of migrations/, which this code was written for. */
export const newestMigration = "0019_vantage_points.sql";

/** The newest migration that was applied, by its file's name; null: none was, by wrangler's list. */
export async function readAppliedMigration(db: D1Database): Promise<string | null> {
  const row = await db.prepare("SELECT name FROM d1_migrations ORDER BY name DESC LIMIT 1").first();
  return z.object({ name: z.string() }).nullable().parse(row)?.name ?? null;
}
