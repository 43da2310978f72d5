import { paintFor } from "../config/paint.ts";
import type { Answer, Command, Terminal } from "./command.ts";
import { commands } from "./commands.ts";
import { helpOf, helpOfAll } from "./help.ts";
import { readCommandLine, type Values } from "./read-command-line.ts";

const terminal: Terminal = process;
const read = readCommandLine(commands, process.argv.slice(2));

switch (read.kind) {
  case "help":
    process.stdout.write(`${read.command ? helpOf(read.command) : helpOfAll(commands)}\n`);
    break;
  case "mistake":
    process.stderr.write(`netpost: ${read.message}\n`);
    process.exitCode = 1;
    break;
  case "run": {
    const answer = await run(read.command, read.operands, read.values).catch(failed);
    print(answer, read.values["json"] === true);
    process.exitCode = answer.exitCode;
  }
}

function run(command: Command, operands: readonly string[], values: Values): Promise<Answer> {
  return command.run({
    operands,
    text: (option) => {
      const value = values[option];
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    list: (option) => {
      const value = values[option];
      return typeof value === "object" ? value : [];
    },
    flag: (option) => values[option] === true,
    env: process.env,
    terminal,
    paint: paintFor(terminal.stdout),
  });
}

function failed(error: unknown): Answer {
  const text = error instanceof Error ? error.message : String(error);
  const [message = text] = text.split("\n", 1);
  return { exitCode: 1, text: message, json: { kind: "failed", message } };
}

function print({ text, json, exitCode }: Answer, asJson: boolean): void {
  if (asJson) terminal.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  else if (text !== "") (exitCode === 1 ? terminal.stderr : terminal.stdout).write(`${text}\n`);
}
