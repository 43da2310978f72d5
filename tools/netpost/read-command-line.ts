import { parseArgs } from "node:util";
import { parseArgsMistake } from "../command-line.ts";
import { type Command, commonOptions } from "./command.ts";

/** Options by name: text, switches, and lists of what may be given several times. */
export type Values = Readonly<Record<string, string | boolean | readonly string[]>>;

/** What stands on the command line. */
export type ReadCommandLine =
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly operands: readonly string[];
      readonly values: Values;
    }
  /** Of one command, or of all where none is named. */
  | { readonly kind: "help"; readonly command: Command | undefined }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

/**
 * Finds the command and its options.
 *
 * @param args the arguments after the program's name; the command comes first
 */
export function readCommandLine(
  commands: readonly Command[],
  args: readonly string[],
): ReadCommandLine {
  const [word, ...rest] = args;
  const command = commands.find(({ name }) => name === word);
  if (command === undefined) {
    if (args.includes("--help")) return { kind: "help", command: undefined };
    const what = word === undefined ? "a command is needed" : `unknown command ${word}`;
    const names = commands.map(({ name }) => name).join(", ");
    return { kind: "mistake", message: `${what}; one of ${names} (see --help)` };
  }
  if (rest.includes("--help")) return { kind: "help", command };
  const options = Object.entries({ ...command.options, ...commonOptions }).map(
    ([name, { value, many = false }]) => {
      return [name, { type: value === undefined ? "boolean" : "string", multiple: many }] as const;
    },
  );
  const mistake = (message: string): ReadCommandLine => {
    return { kind: "mistake", message: `${command.name}: ${message}` };
  };
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      allowPositionals: true,
      options: Object.fromEntries(options),
    });
    if (positionals.length < command.least) {
      return mistake(`${command.operands} is missing (see --help)`);
    }
    if (positionals.length > command.most) {
      const extra = positionals.slice(command.most).join(" ");
      return mistake(`unexpected argument ${extra} (see --help)`);
    }
    return { kind: "run", command, operands: positionals, values: known(values) };
  } catch (error) {
    return mistake(parseArgsMistake(error));
  }
}

function known(values: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, Values[string]][] => {
      if (Array.isArray(value)) return [[name, value.map(String)]];
      return typeof value === "string" || typeof value === "boolean" ? [[name, value]] : [];
    }),
  );
}
