import { existsSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Written } from "../../shared/config/decompile.ts";
import { exportRevision, showHistory, showRevision } from "../config/commands.ts";
import { type Command, CommandError } from "./command.ts";
import { answerOf, databaseOptions, withDatabase } from "./config-options.ts";
import { literal } from "./literal.ts";
import { wholeNumber } from "./number.ts";

const SCHEMA = fileURLToPath(new URL("../../shared/config/schema.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** `history`: who applied what, when? */
export const history: Command = {
  name: "history",
  operands: "[<revision>]",
  least: 0,
  most: 1,
  summary: "list the revisions, or tell every field that one changed",
  options: {
    limit: { value: "number", help: "at most so many, the newest first (default 20)" },
    ...databaseOptions,
  },
  async run(invocation) {
    const [operand] = invocation.operands;
    const limit = wholeNumber(invocation.text("limit") ?? "20", "--limit", 1, 1_000);
    const revision = operand === undefined ? null : wholeNumber(operand, "<revision>", 1);
    const outcome = await withDatabase(invocation, async (db) => {
      return revision === null ? await showHistory(db, limit) : await showRevision(db, revision);
    });
    return answerOf(outcome, invocation);
  },
};

/** `export`: the applied configuration as a file. */
export const exportCommand: Command = {
  name: "export",
  operands: "[<revision>]",
  least: 0,
  most: 1,
  summary: "print a revision as a configuration file (the one in force)",
  details: `The file means what was applied: applied again, it changes nothing. Comments are not in the database.
Unlike all other commands it prints the values of headers and bodies, for without them the file
would mean something else. With --json it prints the configuration as JSON.`,
  options: {
    output: { value: "path", help: "write it there instead, if there is no such file yet" },
    ...databaseOptions,
  },
  async run(invocation) {
    const [operand] = invocation.operands;
    const revision = operand === undefined ? undefined : wholeNumber(operand, "<revision>", 1);
    const outcome = await withDatabase(invocation, (db) => exportRevision(db, revision));
    if (outcome.kind !== "exported") return answerOf(outcome, invocation);
    const output = invocation.text("output");
    const text = configFile(outcome.config, outcome.revision, output);
    if (output === undefined) return { exitCode: 0, text: text.trimEnd(), json: outcome.config };
    writeNewFile(output, text);
    return {
      exitCode: 0,
      text: `Revision ${outcome.revision} is written to ${output}.`,
      json: outcome.config,
    };
  },
};

/** @throws CommandError where there is such a file already, or it cannot be written */
export function writeNewFile(path: string, text: string): void {
  if (existsSync(path)) throw new CommandError(`--output: ${path} is there already`);
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CommandError(`--output: ${path} cannot be written (${why})`);
  }
}

/** How a file names the module with `defineConfig` and the types, from where it stands. */
export function schemaModule(output: string | undefined): string {
  const folder = output === undefined ? ROOT : dirname(resolve(output));
  const path = relative(folder, SCHEMA).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}

function configFile(config: Written, revision: number, output: string | undefined): string {
  return `// Revision ${revision} of the configuration, as it was applied.
import { defineConfig } from "${schemaModule(output)}";

export default defineConfig(${literal(config)});
`;
}
