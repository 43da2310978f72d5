import {
  applyConfigFile,
  checkConfigFile,
  planConfigFile,
  rollBack,
  showPlan,
} from "../config/commands.ts";
import type { Planned } from "../config/outcome.ts";
import { paintFor } from "../config/paint.ts";
import { renderText } from "../config/render.ts";
import type { Command, Invocation, Option } from "./command.ts";
import {
  answerOf,
  configSource,
  databaseOptions,
  fileOptions,
  withDatabase,
} from "./config-options.ts";
import { confirm } from "./confirm.ts";
import { wholeNumber } from "./number.ts";
import { byOption, whoDoesIt } from "./who.ts";

const now = () => Math.floor(Date.now() / 1000);
const noOperands = { operands: "", least: 0, most: 0 } as const;

const applying: Readonly<Record<string, Option>> = {
  from: {
    value: "revision",
    help: "apply only if this revision is still in force: the one a plan was made from",
  },
  by: byOption,
  note: { value: "text", help: "why, for the history" },
  yes: { help: "apply without asking (only a terminal is asked)" },
};

/** `check`: is the file right? */
export const check: Command = {
  ...noOperands,
  name: "check",
  summary: "validate the configuration file; needs no database",
  options: fileOptions,
  run: async (invocation) =>
    answerOf(await checkConfigFile(configSource(invocation, false)), invocation),
};

/** `plan`: what would change? */
export const plan: Command = {
  ...noOperands,
  name: "plan",
  summary: "show what applying the file would change; changes nothing",
  details: "Exit code: 0 nothing would change, 2 something would, 1 it could not be found out.",
  options: { ...fileOptions, ...databaseOptions },
  async run(invocation) {
    const source = configSource(invocation, invocation.flag("remote"));
    // First the file: nobody should need a database to be told of its mistakes.
    const checked = await checkConfigFile(source);
    if (checked.kind !== "valid") return answerOf(checked, invocation);
    const outcome = await withDatabase(invocation, (db) => planConfigFile(db, source, now()));
    return answerOf(outcome, invocation);
  },
};

/** `apply`: puts the file into force. */
export const apply: Command = {
  ...noOperands,
  name: "apply",
  summary: "show it and put it into force, all or nothing",
  details: `One transaction. Whoever applies onto a revision that somebody else replaced meanwhile is told by
whom and when, and nothing is changed. A note and a name are kept in the history.`,
  options: { ...fileOptions, ...databaseOptions, ...applying },
  async run(invocation) {
    const source = configSource(invocation, invocation.flag("remote"));
    const options = applyOptions(invocation);
    const checked = await checkConfigFile(source);
    if (checked.kind !== "valid") return answerOf(checked, invocation);
    const outcome = await withDatabase(invocation, (db) => applyConfigFile(db, source, options));
    return answerOf(outcome, invocation);
  },
};

/** `rollback`: puts an earlier revision into force. */
export const rollback: Command = {
  name: "rollback",
  operands: "<revision>",
  least: 1,
  most: 1,
  summary: "show and put an earlier revision into force again, as a new one",
  details: `What was measured since stays. A monitor that comes back counts from now. The file is not changed:
the next apply of it undoes the rollback, unless export is put in its place.`,
  options: { ...databaseOptions, ...applying },
  async run(invocation) {
    const revision = wholeNumber(invocation.operands[0] ?? "", "<revision>", 1);
    const options = applyOptions(invocation);
    const outcome = await withDatabase(invocation, (db) => rollBack(db, revision, options));
    return answerOf(outcome, invocation);
  },
};

/** `show`: what is in force? */
export const show: Command = {
  ...noOperands,
  name: "show",
  summary: "show the configuration in force",
  options: databaseOptions,
  run: async (invocation) => answerOf(await withDatabase(invocation, showPlan), invocation),
};

function applyOptions(invocation: Invocation) {
  const from = invocation.text("from");
  return {
    now,
    review: (planned: Planned) => review(planned, invocation),
    by: whoDoesIt(invocation),
    note: invocation.text("note") ?? null,
    from: from === undefined ? undefined : wholeNumber(from, "--from", 0),
  };
}

async function review(planned: Planned, { flag, terminal }: Invocation): Promise<boolean> {
  const { stdin, stdout, stderr } = terminal;
  const asks = !flag("yes") && stdin.isTTY && stderr.isTTY;
  if (!flag("json")) stdout.write(`${renderText(planned, paintFor(stdout))}\n`);
  else if (asks) stderr.write(`${renderText(planned, paintFor(stderr))}\n`);
  if (!asks) return true;
  const question = `Apply to the ${flag("remote") ? "deployed" : "local"} database? [y/N] `;
  return confirm(question, { input: stdin, output: stderr });
}
