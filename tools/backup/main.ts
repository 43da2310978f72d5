/** `npm run backup` and `npm run restore`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { argumentMistake, parseArgsMistake } from "../command-line.ts";
import { production, readStage } from "../deploy/stage.ts";
import { wranglerFor } from "../deploy/wrangler.ts";
import { RuntimeError } from "../runtime/errors.ts";
import { BackupError, backUpLocally, checkBackup, restoreLocally } from "./backup.ts";
import type { Contents } from "./digest.ts";
import { backUpRemotely, restoreRemotely } from "./remote.ts";

const help = `npm run backup -- [options]            writes the database to a file of SQL
npm run restore -- <file> [options]    makes such a file, or an export of wrangler, the database

  --output <file>   where a backup goes (default netpost-<time>.sql)
  --check           restore: only read the file and say whether it is whole; nothing is changed
  --replace         restore: move the database that is there aside
  --data <folder>   the data folder of npm start (default DATA_DIR, else .data). A backup may be made
                    while it runs; for a restore it has to be stopped
  --remote          the deployed database, by wrangler; a restore fills an empty one
  --env <stage>     of that stage (default NETPOST_STAGE, else production)
  --json            print one JSON value
  --help            this text

A backup is read back as it is made: the digests of all tables are in it, and a restore compares
them. It holds what the database does, no secret among it, and is readable by you alone.

Exit code: 0 done, 1 refused or failed with nothing changed, 2 wrong arguments.`;

async function main([command, ...args]: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return fail(command, parseArgsMistake(error), 2);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(help);
    return 0;
  }
  const isRestore = command === "restore";
  const [file, ...others] = positionals;
  if (isRestore !== (file !== undefined) || others.length > 0) {
    const words = isRestore ? "one file is needed" : `unexpected argument ${positionals.join(" ")}`;
    return fail(command, argumentMistake(words), 2);
  }
  try {
    const done = isRestore ? await restore(file ?? "", values) : await backUp(values);
    console.log(values.json ? JSON.stringify(done) : renderText(done));
    return 0;
  } catch (error) {
    if (error instanceof BackupError || error instanceof RuntimeError) {
      return fail(command, error.message);
    }
    return fail(command, error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof parse>["values"];

interface Done {
  readonly said: string;
  readonly contents: Contents;
}

async function backUp(values: Values): Promise<Done> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  const output = resolve(values.output ?? `netpost-${time}.sql`);
  if (!values.remote) {
    const { contents } = backUpLocally(dataDirOf(values), output);
    return { said: `Written and read back: ${output}`, contents };
  }
  const stage = stageOf(values);
  const { contents } = await backUpRemotely(stage, wranglerOf(stage.configPath), output);
  return { said: `Written and read back: ${output}`, contents };
}

async function restore(file: string, values: Values): Promise<Done> {
  if (values.check) return { said: `${file} is whole.`, contents: checkBackup(file).contents };
  if (values.remote) {
    const stage = stageOf(values);
    const contents = await restoreRemotely(stage, wranglerOf(stage.configPath), file);
    return { said: `Restored into ${stage.database}. Next: npm run deploy`, contents };
  }
  const { contents, aside } = await restoreLocally(file, dataDirOf(values), values.replace);
  const former = aside === null ? "" : ` What was there is now ${aside}.`;
  return { said: `Restored; all digests are equal.${former} Next: npm start`, contents };
}

function renderText({ said, contents }: Done): string {
  const filled = Object.entries(contents).filter(([, { rows }]) => rows > 0);
  const width = Math.max(0, ...filled.map(([name]) => name.length));
  const lines = filled.map(
    ([name, { rows, digest }]) =>
      `  ${name.padEnd(width)}  ${String(rows).padStart(9)}  ${digest.slice(0, 16)}`,
  );
  const empty = Object.keys(contents).length - filled.length;
  return [...lines, `  ${empty} tables are empty.`, said].join("\n");
}

const dataDirOf = ({ data }: Values) => resolve(data ?? (process.env["DATA_DIR"] || ".data"));
const stageOf = ({ env }: Values) => readStage(env ?? (process.env["NETPOST_STAGE"] || production));
const wranglerOf = (configPath: string) => wranglerFor(configPath, process.env);

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      output: { type: "string" },
      data: { type: "string" },
      env: { type: "string" },
      check: { type: "boolean", default: false },
      replace: { type: "boolean", default: false },
      remote: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}

function fail(command: string | undefined, message: string, code = 1): number {
  console.error(`${command ?? "backup"}: ${message}`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
