/** Copies of the database, and bringing one back; local ones. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { version } from "../../shared/version.ts";
import { openDataFolder } from "../runtime/data-folder.ts";
import { databaseFileIn } from "../runtime/migrations.ts";
import { readProject } from "../runtime/project.ts";
import { loadToolchain } from "../runtime/toolchain.ts";
import { dump, type Manifest } from "./dump.ts";
import { type Loaded, load } from "./load.ts";

const projectConfig = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/** Why there is no backup or no restore, in one line; what was there is as it was. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

function databaseIn(dataDir: string): string {
  const project = readProject(loadToolchain(), projectConfig);
  return databaseFileIn(join(dataDir, "v3"), project.database);
}

/**
 * Writes the database of `npm start` to a file and reads it back to see that it is whole. It may run
 * meanwhile: this only reads, in one transaction, and readers keep no writer of SQLite waiting.
 *
 * @throws BackupError
 */
export function backUpLocally(dataDir: string, output: string): Manifest {
  const file = databaseIn(dataDir);
  if (!existsSync(file)) throw new BackupError(`there is no database in ${dataDir}`);
  return writeBackup(file, output);
}

/** Dumps a SQLite file; what is incomplete or does not read back is not left behind. */
export function writeBackup(databaseFile: string, output: string): Manifest {
  if (existsSync(output)) throw new BackupError(`${output} is there already`);
  const unfinished = `${output}.unfinished`;
  mkdirSync(dirname(output), { recursive: true });
  const database = new DatabaseSync(databaseFile, { readOnly: true, timeout: 10_000 });
  try {
    const manifest = dump(database, unfinished, version);
    requireWhole(load(unfinished, ":memory:"), output);
    renameSync(unfinished, output);
    return manifest;
  } finally {
    database.close();
    rmSync(unfinished, { force: true });
  }
}

/**
 * Makes a backup the database of a data folder, on which nothing may run.
 *
 * @param replace what is there is moved aside; without it, it must not be there
 * @returns what is restored, and where the former database is now, if there was one
 * @throws BackupError, RuntimeError where something runs on the folder
 */
export async function restoreLocally(
  input: string,
  dataDir: string,
  replace: boolean,
): Promise<Loaded & { readonly aside: string | null }> {
  if (!existsSync(input)) throw new BackupError(`there is no ${input}`);
  const folder = await openDataFolder(dataDir);
  try {
    const file = databaseIn(dataDir);
    const isThere = existsSync(file);
    if (isThere && !replace) {
      throw new BackupError(`${dataDir} has a database already; --replace moves it aside`);
    }
    mkdirSync(dirname(file), { recursive: true });
    const unfinished = `${file}.unfinished`;
    rmSync(unfinished, { force: true });
    try {
      const loaded = loadWhole(input, unfinished);
      const aside = isThere ? moveAside(file) : null;
      renameSync(unfinished, file);
      return { ...loaded, aside };
    } finally {
      rmSync(unfinished, { force: true });
    }
  } finally {
    folder.close();
  }
}

/** Reads a backup into memory and says what is in it. @throws BackupError where it is not whole */
export function checkBackup(input: string): Loaded {
  if (!existsSync(input)) throw new BackupError(`there is no ${input}`);
  return loadWhole(input, ":memory:");
}

function loadWhole(input: string, into: string): Loaded {
  let loaded: Loaded;
  try {
    loaded = load(input, into);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${input} cannot be read: ${words}`);
  }
  requireWhole(loaded, input);
  return loaded;
}

function requireWhole({ wrong, contents }: Loaded, file: string): void {
  if (wrong.length > 0) throw new BackupError(`${file} is not whole: ${wrong.join("; ")}`);
  if (!("d1_migrations" in contents)) {
    throw new BackupError(`${file} is no backup of this product: it has no table d1_migrations`);
  }
}

/** With what SQLite keeps beside it: a log that belongs to another file would be replayed. */
function moveAside(file: string): string {
  const to = `${file.replace(/\.sqlite$/, "")}.before-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${to}${suffix}`);
  }
  return to;
}
