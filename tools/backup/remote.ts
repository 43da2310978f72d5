/** The same for a deployed database, by wrangler. Not tried against Cloudflare: that needs an account. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Stage } from "../deploy/stage.ts";
import type { Run, Wrangler } from "../deploy/wrangler.ts";
import { BackupError, checkBackup, writeBackup } from "./backup.ts";
import type { Contents } from "./digest.ts";
import type { Manifest } from "./dump.ts";
import { load } from "./load.ts";

/** Exports, loads the export, and writes it again so that D1 can take it back. @throws BackupError */
export async function backUpRemotely(
  stage: Stage,
  wrangler: Wrangler,
  output: string,
): Promise<Manifest> {
  const folder = mkdtempSync(join(tmpdir(), "netpost-backup-"));
  try {
    const file = join(folder, "export.sql");
    const args = ["d1", "export", stage.database, "--remote", "--skip-confirmation"];
    require(await wrangler([...args, "--output", file]));
    const database = join(folder, "export.sqlite");
    load(file, database);
    return writeBackup(database, output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Fills an empty deployed database, which is made if there is none. One that has tables is refused:
 * to go back in time there is Time Travel.
 *
 * @throws BackupError
 */
export async function restoreRemotely(
  stage: Stage,
  wrangler: Wrangler,
  input: string,
): Promise<Contents> {
  const { contents } = checkBackup(input);
  const info = await wrangler(["d1", "info", stage.database, "--json"]);
  if (!info.ok) require(await wrangler(["d1", "create", stage.database]));
  const tables = await countRows(wrangler, stage.database, Object.keys(contents), true);
  if (tables > 0) {
    throw new BackupError(
      `${stage.database} is not empty; npx wrangler d1 time-travel restore goes back in time`,
    );
  }
  const execute = ["d1", "execute", stage.database, "--remote", "--yes"];
  require(await wrangler([...execute, "--file", input]));
  const expected = Object.values(contents).reduce((sum, { rows }) => sum + rows, 0);
  const found = await countRows(wrangler, stage.database, Object.keys(contents), false);
  if (found !== expected) {
    throw new BackupError(`${stage.database} has ${found} rows in place of ${expected}`);
  }
  return contents;
}

const answerSchema = z.array(z.object({ results: z.array(z.object({ n: z.number() })) }));

/** How many of the tables are there, or how many rows are in all of them. */
async function countRows(
  wrangler: Wrangler,
  database: string,
  tables: readonly string[],
  onlyTables: boolean,
): Promise<number> {
  const names = tables.map((table) => `'${table}'`).join(",");
  const rows = tables.map((table) => `(SELECT count(*) FROM "${table}")`).join(" + ");
  const sql = onlyTables
    ? `SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name IN (${names})`
    : `SELECT ${rows} AS n`;
  const run = await wrangler(["d1", "execute", database, "--remote", "--json", "--command", sql]);
  require(run);
  return answerSchema.parse(JSON.parse(run.out))[0]?.results[0]?.n ?? 0;
}

function require(run: Run): void {
  if (!run.ok) throw new BackupError(run.reason);
}
