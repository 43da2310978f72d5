import type { Paint } from "../config/paint.ts";

/** 0: done. 1: refused, failed, or not understood; nothing was changed. 2: a plan with changes. */
export type ExitCode = 0 | 1 | 2;

/** An option that may be given to a command. */
export type Option = {
  /** What stands for its value in the help; a switch has none. */
  readonly value?: string;
  /** It may be given several times. */
  readonly many?: true;
  readonly help: string;
};

/** What a command came to. */
export type Answer = {
  readonly exitCode: ExitCode;
  /** For people, without a newline at the end. Nothing is printed where it is empty. */
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
};

/** The terminal, or what stands for it. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

/** What a command was called with. */
export type Invocation = {
  readonly operands: readonly string[];
  /** The value of an option; undefined where it was not given, or is empty. */
  text(option: string): string | undefined;
  /** The values of an option that may be given several times. */
  list(option: string): readonly string[];
  /** Whether a switch is set. */
  flag(option: string): boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** For what is printed on stdout. */
  readonly paint: Paint;
};

/** A command of `npm run netpost`. */
export type Command = {
  readonly name: string;
  /** What it takes besides options, as the help shows it: `<monitor>`. */
  readonly operands: string;
  readonly least: number;
  readonly most: number;
  /** One line of the list of commands. */
  readonly summary: string;
  /** More, in its own help. */
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  run(invocation: Invocation): Promise<Answer>;
};

/** Something went wrong that the person can do something about; one readable line. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Every command has these. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { help: "print one JSON value" },
  help: { help: "this text" },
};
