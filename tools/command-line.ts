/** What every command does with its arguments, so that all speak alike. */

const seeHelp = "(see --help)";

/** What was wrong, in one line that ends with where to read more. */
export function argumentMistake(message: string): string {
  return `${message} ${seeHelp}`;
}

/** One line for what `parseArgs` of Node threw: it adds advice after its first sentence. */
export function parseArgsMistake(error: unknown): string {
  const [sentence] = error instanceof Error ? error.message.split(/\.\s/) : [];
  return argumentMistake(sentence ?? "wrong arguments");
}

/** What stands for a command among the positional arguments. */
export type AskedCommand<Name> =
  | { readonly ok: true; readonly command: Name }
  | { readonly ok: false; readonly mistake: string };

/** Finds the one command that is asked for; nothing else may stand beside it. */
export function askedCommand<const Name extends string>(
  commands: readonly Name[],
  [word, ...others]: readonly string[],
): AskedCommand<Name> {
  const refuse = (message: string): AskedCommand<Name> => ({
    ok: false,
    mistake: argumentMistake(message),
  });
  const command = commands.find((name) => name === word);
  if (command === undefined) {
    const what = word === undefined ? "a command is needed" : `unknown command ${word}`;
    return refuse(`${what}; one of ${commands.join(", ")}`);
  }
  if (others.length > 0) return refuse(`unexpected argument ${others.join(" ")}`);
  return { ok: true, command };
}
