import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { askedCommand, parseArgsMistake } from "../command-line.ts";

const commands = ["verify", "rebuild"] as const;
export type CommandName = (typeof commands)[number];

/** What was asked for on the command line. */
export interface Arguments {
  readonly command: CommandName;
  /** Epoch seconds; undefined: from the first result that is kept. */
  readonly from: number | undefined;
  /** Epoch seconds; undefined: up to the last hour that is over. */
  readonly to: number | undefined;
  readonly dataDir: string;
  readonly remote: boolean;
}

export type ReadArguments =
  | { readonly kind: "run"; readonly arguments: Arguments }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

export const help = `Holds the rollups of hours and days against the results they were made of.

Usage: npm run rollups -- <command> [options]

  verify     compare every rollup with the results that are still kept; changes nothing
  rebuild    make them again from those results, then verify

  --from <time>     from the hour of this time  (default: the oldest result that is kept)
  --to <time>       up to the hour of this time (default: the last hour that is over)
  --data <folder>   the data folder of npm start (default DATA_DIR, else .data)
  --remote          the deployed database instead of the local one
  --help            this text

A time is a date or a date and time in UTC: 2026-11-23 or 2026-11-23T14:00Z.
Both may run while results are recorded. Hours still to be rolled up are counted and left to the tick.

Exit code: 0 all rollups equal their results, 1 some differ or it failed, 2 wrong arguments.`;

const root = new URL("../../", import.meta.url);

const timeSchema = z
  .union([z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ precision: -1 })])
  .transform((text) => Date.parse(text) / 1000);

/**
 * @param args the arguments after the program's name
 * @param env where DATA_DIR is looked up; empty counts as unset
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
  const asked = askedCommand(commands, positionals);
  if (!asked.ok) return mistake(asked.mistake);
  const { command } = asked;
  if (values.remote && values.data !== undefined) {
    return mistake("--data and --remote cannot both be given: only npm start has a data folder");
  }
  const times: { from?: number; to?: number } = {};
  for (const name of ["from", "to"] as const) {
    if (values[name] === undefined) continue;
    const time = timeSchema.safeParse(values[name]);
    if (!time.success) {
      return mistake(`--${name} must be a time, for example 2026-11-23 or 2026-11-23T14:00Z`);
    }
    times[name] = time.data;
  }
  if (times.from !== undefined && times.to !== undefined && times.from >= times.to) {
    return mistake("--from must be before --to");
  }
  const dataDir = values.data ?? (env["DATA_DIR"] || fileURLToPath(new URL(".data", root)));
  return {
    kind: "run",
    arguments: { command, from: times.from, to: times.to, dataDir, remote: values.remote },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      data: { type: "string" },
      remote: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}
