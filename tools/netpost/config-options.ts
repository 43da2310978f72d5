import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { OpenDatabase } from "../config/database.ts";
import type { ConfigSource } from "../config/index.ts";
import type { Outcome } from "../config/outcome.ts";
import { exitCodeOf } from "../config/outcome.ts";
import { renderJson, renderText } from "../config/render.ts";
import { type Answer, CommandError, type Invocation, type Option } from "./command.ts";
import { withProgress } from "./progress.ts";

const ROOT = new URL("../../", import.meta.url);

/** Which configuration file is meant. */
export const fileOptions: Readonly<Record<string, Option>> = {
  file: { value: "path", help: "the file (default netpost.config.ts)" },
  "base-url": {
    value: "url",
    help: "where NetPost is, instead of the file's baseUrl (default NETPOST_BASE_URL)",
  },
};

/** Which database is meant. */
export const databaseOptions: Readonly<Record<string, Option>> = {
  data: { value: "folder", help: "the data folder of npm start (default DATA_DIR, else .data)" },
  remote: { help: "the deployed database instead of the local one" },
};

const urlSchema = z.url({ protocol: /^https?$/ });

/**
 * Which file is meant. For a deployment, private targets are mistakes unless the setting allows them.
 *
 * @throws CommandError on a base URL that is none
 */
export function configSource({ text, env }: Invocation, isRemote: boolean): ConfigSource {
  const given = text("base-url");
  const baseUrl = given ?? (env["NETPOST_BASE_URL"] || undefined);
  if (baseUrl !== undefined && !urlSchema.safeParse(baseUrl).success) {
    const name = given === undefined ? "NETPOST_BASE_URL" : "--base-url";
    throw new CommandError(`${name} must be an http(s) URL, for example https://netpost.example`);
  }
  const file = text("file") ?? fileURLToPath(new URL("netpost.config.ts", ROOT));
  // From where it is deployed the machine before a person is not "local" any more.
  const refusesPrivate = isRemote && env["ALLOW_PRIVATE_TARGETS"] !== "true";
  return { file, baseUrl, refusesPrivate };
}

/** The data folder of `npm start` that is meant. */
export function dataFolderOf({ text, env }: Invocation): string {
  return text("data") ?? (env["DATA_DIR"] || fileURLToPath(new URL(".data", ROOT)));
}

/**
 * Opens the database that is meant, and closes it after the work.
 *
 * @throws CommandError, DatabaseError, RuntimeError with a message for people
 */
export async function withDatabase<T>(
  invocation: Invocation,
  work: (db: D1Database) => Promise<T>,
): Promise<T> {
  const { terminal } = invocation;
  const remote = invocation.flag("remote");
  if (remote && invocation.text("data") !== undefined) {
    throw new CommandError(
      "--data and --remote cannot both be given: only npm start has a data folder",
    );
  }
  const what = remote ? "Reaching the deployed database" : "Opening the local database";
  const database = await withProgress(terminal.stderr, what, () => open(invocation, remote));
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}

/** Imported only here: wrangler and workerd are slow to load, and few commands need them. */
async function open(invocation: Invocation, remote: boolean): Promise<OpenDatabase> {
  if (remote) return (await import("../config/remote-database.ts")).openRemoteDatabase();
  const { openLocalDatabase } = await import("../config/local-database.ts");
  return openLocalDatabase(dataFolderOf(invocation));
}

/** What a command on the configuration came to. */
export function answerOf(outcome: Outcome, { paint }: Invocation): Answer {
  const exitCode = exitCodeOf(outcome);
  // The same as is printed: what may hold secrets is left out of it.
  const json: unknown = JSON.parse(renderJson(outcome));
  return { exitCode, text: renderText(outcome, paint), json };
}
