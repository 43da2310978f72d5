import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { askedCommand, parseArgsMistake } from "../command-line.ts";

const COMMANDS = ["plan", "apply", "check", "show"] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What was asked for on the command line. */
export type Arguments = {
  readonly command: CommandName;
  readonly file: string;
  readonly baseUrl: string | undefined;
  readonly dataDir: string;
  readonly remote: boolean;
  readonly json: boolean;
  readonly yes: boolean;
};

export type ReadArguments =
  | { readonly kind: "run"; readonly arguments: Arguments }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

export const HELP = `The monitors of netpost.config.ts, and those in force.

Usage: npm run config -- <command> [options]

  plan     show what applying the file would change; changes nothing
  apply    show it and put it into force, all or nothing
  check    validate the file; needs no database
  show     show the configuration in force

  --file <path>        the file (default netpost.config.ts)
  --base-url <url>     where NetPost is, instead of the file's baseUrl; NETPOST_BASE_URL does the same
  --data <folder>      the data folder of npm start (default DATA_DIR, else .data)
  --remote             the deployed database instead of the local one
  --yes                apply without asking (only a terminal is asked)
  --json               print one JSON value
  --help               this text

Exit code: 0 done, 1 refused or failed with nothing changed, 2 wrong arguments.`;

const ROOT = new URL("../../", import.meta.url);
const urlSchema = z.url({ protocol: /^https?$/ });

/**
 * @param args the arguments after the program's name
 * @param env where NETPOST_BASE_URL and DATA_DIR are looked up; empty counts as unset
 */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadArguments {
  const mistake = (message: string): ReadArguments => ({ kind: "mistake", message });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  const asked = askedCommand(COMMANDS, positionals);
  if (!asked.ok) return mistake(asked.mistake);
  const { command } = asked;
  if (values.remote && values.data !== undefined) {
    return mistake("--data and --remote cannot both be given: only npm start has a data folder");
  }
  const [name, baseUrl] =
    values["base-url"] === undefined
      ? ["NETPOST_BASE_URL", env["NETPOST_BASE_URL"] || undefined]
      : ["--base-url", values["base-url"]];
  if (baseUrl !== undefined && !urlSchema.safeParse(baseUrl).success) {
    return mistake(`${name} must be an http(s) URL, for example https://netpost.example`);
  }
  const { file, data, remote, json, yes } = values;
  return {
    kind: "run",
    arguments: {
      command,
      file: file ?? fileURLToPath(new URL("netpost.config.ts", ROOT)),
      baseUrl,
      dataDir: data ?? (env["DATA_DIR"] || fileURLToPath(new URL(".data", ROOT))),
      remote,
      json,
      yes,
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: "string" },
      "base-url": { type: "string" },
      data: { type: "string" },
      remote: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}
