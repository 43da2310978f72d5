import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import type { SourcelessWorkerOptions, Unstable_Config } from "wrangler";
import { messageOf, RuntimeError } from "./errors.ts";
import type { Toolchain } from "./toolchain.ts";

/** The environments of wrangler.toml that run locally; the order is the order of deployment. */
export const WORKERS = ["probe", "api"] as const;
export type WorkerKey = (typeof WORKERS)[number];

export type ProjectWorker = {
  readonly key: WorkerKey;
  /** The Worker's name on Cloudflare, as service bindings use it. */
  readonly name: string;
  readonly entryFile: string;
  readonly config: Unstable_Config;
  /** Its bindings and flags in miniflare's words, without code. */
  readonly options: Omit<SourcelessWorkerOptions, "modulesRules">;
};

export type Database = {
  /** What the local database is stored under. */
  readonly id: string;
  readonly migrationsFolder: string;
  readonly migrationsTable: string;
};

export type Project = {
  /** The folder of wrangler.toml. */
  readonly root: string;
  readonly probe: ProjectWorker;
  readonly api: ProjectWorker;
  readonly database: Database;
};

/**
 * Reads a wrangler.toml with wrangler's own reader, so that bindings are written down once.
 *
 * `.dev.vars` and `.env` are not read: what a Worker gets is in the file or given by the caller.
 *
 * @throws RuntimeError `config-invalid`, with wrangler's words.
 */
export function readProject(toolchain: Toolchain, configPath: string): Project {
  const path = resolve(configPath);
  if (!existsSync(path)) {
    throw new RuntimeError("config-invalid", `There is no ${shown(path)}.`);
  }
  const probe = readWorker(toolchain, path, "probe");
  const api = readWorker(toolchain, path, "api");
  return { root: dirname(path), probe, api, database: sharedDatabase(path, probe, api) };
}

function readWorker({ wrangler }: Toolchain, configPath: string, key: WorkerKey): ProjectWorker {
  try {
    // With warnings on, an unknown field makes wrangler ask the npm registry for its newest version.
    const config = wrangler.unstable_readConfig(
      { config: configPath, env: key },
      { hideWarnings: true },
    );
    if (config.name === undefined || config.main === undefined) {
      throw new Error(`[env.${key}] needs a name and a main`);
    }
    // Not in wrangler's types: a list that is not empty keeps it from reading .dev.vars.
    const noFiles = { overrides: {}, envFiles: [".no-env-file"] };
    const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(config, key, noFiles);
    const { modulesRules: _, ...options } = workerOptions;
    return { key, name: config.name, entryFile: config.main, config, options };
  } catch (cause) {
    const words = stripVTControlCharacters(messageOf(cause))
      .replace(/\s*\n\s*/g, " ")
      .trim();
    throw new RuntimeError("config-invalid", `${shown(configPath)}, [env.${key}]: ${words}`, {
      cause,
    });
  }
}

/** Without a database_id the binding's name is the local id, so both Workers must use the same. */
function sharedDatabase(path: string, probe: ProjectWorker, api: ProjectWorker): Database {
  const database = databaseOf(path, probe);
  if (!isDeepStrictEqual(database, databaseOf(path, api))) {
    const message = "both Workers must name the same database, binding and migrations";
    throw new RuntimeError("config-invalid", `${shown(path)}: ${message}.`);
  }
  return database;
}

function databaseOf(configPath: string, { key, config }: ProjectWorker): Database {
  const [database, ...others] = config.d1_databases;
  if (database === undefined || others.length > 0) {
    const message = `[env.${key}] needs exactly one [[env.${key}.d1_databases]]`;
    throw new RuntimeError("config-invalid", `${shown(configPath)}: ${message}.`);
  }
  return {
    id: database.preview_database_id ?? database.database_id ?? database.binding,
    migrationsFolder: resolve(dirname(configPath), database.migrations_dir ?? "migrations"),
    migrationsTable: database.migrations_table ?? "d1_migrations",
  };
}

/** @returns A path as people see it: relative to where they are when it is below that. */
export function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" || fromHere.startsWith("..") ? path : fromHere;
}
