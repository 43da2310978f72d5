// Not tried against Cloudflare: that needs an account. Written after its documentation of remote
// bindings and `getPlatformProxy`; tried up to where a remote binding is asked for. See README.md.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { production, readStage } from "../deploy/stage.ts";
import { type Project, readProject } from "../runtime/project.ts";
import { loadToolchain } from "../runtime/toolchain.ts";
import { DatabaseError, type OpenDatabase, requireMigrated } from "./database.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOG_IN = "To log in: npx wrangler login, or CLOUDFLARE_API_TOKEN";

/**
 * Opens the deployed D1 as a remote binding: the statements run on Cloudflare, and a batch is one
 * transaction, as in a Worker. (`wrangler d1 execute` takes no parameters, and no statement as
 * long as a plan.)
 *
 * @param configPath of the stage that is meant; unless said, that of NETPOST_STAGE or production
 * @throws DatabaseError
 */
export async function openRemoteDatabase(
  configPath = readStage(process.env["NETPOST_STAGE"] || production).configPath,
): Promise<OpenDatabase> {
  const project = readProject(loadToolchain(), configPath);
  const name = databaseNameOf(project);
  const opened = await bindRemotely(name, await databaseIdOf(name));
  return requireMigrated(opened, project, {
    name: `The deployed database ${name}`,
    remedy: "Run npm run deploy, which applies what is missing",
  });
}

function databaseNameOf({ probe }: Project): string {
  const name = probe.config.d1_databases[0]?.database_name;
  if (name !== undefined) return name;
  throw new DatabaseError("wrangler.toml: the database of [env.probe] has no database_name.");
}

const databasesSchema = z.array(z.object({ name: z.string(), uuid: z.string() }));

/** wrangler.toml has no id: the database was made by the first deploy. */
async function databaseIdOf(name: string): Promise<string> {
  const wrangler = createRequire(import.meta.url).resolve("wrangler");
  const program = join(dirname(wrangler), "../bin/wrangler.js");
  const listed = await promisify(execFile)(process.execPath, [program, "d1", "list", "--json"], {
    cwd: ROOT,
  }).catch((error: unknown) => {
    throw new DatabaseError(`The deployed databases were not listed: ${wordsOf(error)} ${LOG_IN}.`);
  });
  const databases = databasesSchema.parse(JSON.parse(listed.stdout));
  const found = databases.find((database) => database.name === name);
  if (found !== undefined) return found.uuid;
  throw new DatabaseError(`There is no deployed database ${name} yet. Run npm run deploy.`);
}

async function bindRemotely(name: string, id: string): Promise<OpenDatabase> {
  // A binding becomes remote by its configuration, and the project's is for both places.
  const folder = mkdtempSync(join(tmpdir(), "netpost-config-"));
  const configPath = join(folder, "wrangler.json");
  const database = { binding: "DB", database_name: name, database_id: id, remote: true };
  const config = {
    name: "netpost-monitoring-config",
    compatibility_date: "2026-11-01",
    send_metrics: false,
    d1_databases: [database],
  };
  // stdout is for our own output, which may be JSON.
  process.env["WRANGLER_LOG"] ??= "none";
  try {
    writeFileSync(configPath, JSON.stringify(config));
    const { wrangler } = loadToolchain();
    const { env, dispose } = await wrangler.getPlatformProxy<{ DB: D1Database }>({
      configPath,
      persist: false,
      envFiles: [],
    });
    return { db: env.DB, close: dispose };
  } catch (error) {
    throw new DatabaseError(`The deployed database ${name} was not reached: ${wordsOf(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What wrangler said, in one line that ends with a full stop. */
function wordsOf(error: unknown): string {
  const printed = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const told = stripVTControlCharacters(printed).match(/\[ERROR\]\s*(.+)/)?.[1];
  const words = told ?? (error instanceof Error ? error.message : String(error));
  return (words.split("\n", 1)[0] ?? words).replace(/\.?\s*$/, ".");
}
