import { type Command, commonOptions, type Option } from "./command.ts";

/** The help of the whole: every command in a line. */
export function helpOfAll(commands: readonly Command[]): string {
  return `Monitors as code, and what an operator does.

Usage: npm run netpost -- <command> [options]

${rows(commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary]))}

npm run netpost -- <command> --help tells of one command.

Exit code: 0 done, 1 refused, failed or not understood, with nothing changed; plan: 2 if applying
would change something. Colours only on a terminal, and never where NO_COLOR is set.`;
}

/** The help of one command. */
export function helpOf({ name, operands, summary, details, options }: Command): string {
  const usage = ["npm run netpost --", name, operands, "[options]"].filter((part) => part !== "");
  return [
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    "",
    `Usage: ${usage.join(" ")}`,
    "",
    ...(details === undefined ? [] : [details, ""]),
    rows(Object.entries({ ...options, ...commonOptions }).map(optionRow)),
  ].join("\n");
}

function optionRow([name, { value, help }]: [string, Option]): [string, string] {
  return [`--${name}${value === undefined ? "" : ` <${value}>`}`, help];
}

function rows(cells: readonly (readonly [string, string])[]): string {
  const width = Math.max(...cells.map(([left]) => left.length));
  return cells.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
