import { z } from "zod";
import { type BenchArguments, databaseOptions, readBenchArguments, whole } from "./arguments.ts";
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

const optionsSchema = z.object({
  ...databaseOptions,
  raw: z
    .union([z.literal("all"), whole(3, 365)], "all, or a whole number of days from 3 to 365")
    .prefault("8"),
});

/** @param args what follows the word "read" */
export function readReadArguments(args: readonly string[]): BenchArguments<ReadOptions> {
  const read = readBenchArguments(optionsSchema, args);
  if (read.kind !== "run") return read;
  const { raw: rawDays, data: dataDir, ...size } = read.options;
  return { kind: "run", options: { ...size, rawDays, dataDir } };
}
