import { parseArgs } from "node:util";
import { z } from "zod";
import { parseArgsMistake } from "../command-line.ts";
import type { BuildOptions } from "./read-build.ts";

export const readHelp = `npm run bench -- read [--days 90] [--monitors 100] [--raw 8] [--data <folder>]

Builds a database as that many days of checks once a minute in three regions leave it, by the
product's own code, then asks the real api in workerd. Prints the statements, the rows read as D1
counts them, the bytes and the time of each answer, and what the database weighs and will weigh.

Exit code 1 when an answer reads more rows than is promised, or a statement goes through a table
that grows. No time is judged: that is the machine's.

  --days      that are recorded and rolled up                          (default 90)
  --monitors  in three regions                                         (default 100)
  --raw       days whose single results are stored, or all; the rest
              is what retention would have deleted by now              (default 8, as retention)
  --data      keeps the database in this folder, and uses it again
              where it was built with the same options                 (default: a temporary one)
  --help      this text`;

/** What was asked for. */
export interface ReadOptions extends BuildOptions {
  /** Null: a temporary folder. */
  readonly dataDir: string | null;
}

export type ReadArguments =
  | { readonly kind: "run"; readonly options: ReadOptions }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

const whole = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most}`;
  return z.coerce.number(message).pipe(z.int(message).min(least, message).max(most, message));
};

const optionsSchema = z.object({
  days: whole(2, 365),
  monitors: whole(1, 1000),
  raw: z.union([z.literal("all"), whole(3, 365)], "all, or a whole number of days from 3 to 365"),
});

/** @param args what follows the word "read" */
export function readReadArguments(args: readonly string[]): ReadArguments {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  if (values.help) return { kind: "help" };
  const parsed = optionsSchema.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "mistake", message: `--${issue?.path.join(".")}: ${issue?.message}` };
  }
  const { days, monitors, raw: rawDays } = parsed.data;
  return { kind: "run", options: { days, monitors, rawDays, dataDir: values.data ?? null } };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      days: { type: "string", default: "90" },
      monitors: { type: "string", default: "100" },
      raw: { type: "string", default: "8" },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  }).values;
}
