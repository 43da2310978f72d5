/** The words behind a bench's name, which are read alike by all that take an options schema. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { argumentMistake, parseArgsMistake } from "../command-line.ts";

export type BenchArguments<Options> =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

/** A whole number in bounds, written as text. */
export function whole(least: number, most: number) {
  const message = `a whole number from ${least} to ${most}`;
  return z.coerce.number(message).pipe(z.int(message).min(least, message).max(most, message));
}

/** How large the database is, and where it stands, in every bench that builds one. */
export const databaseOptions = {
  days: whole(2, 365).prefault("90"),
  monitors: whole(1, 1000).prefault("100"),
  /** Null: a temporary folder. */
  data: z
    .string()
    .optional()
    .transform((folder) => folder ?? null),
};

/**
 * Reads what follows a bench's name: an option with a value for each field of the schema, and help.
 *
 * @param schema every field takes text, or undefined where the option was left out
 */
export function readBenchArguments<Schema extends z.ZodObject>(
  schema: Schema,
  args: readonly string[],
): BenchArguments<z.output<Schema>> {
  const named = Object.keys(schema.shape).map((name) => [name, { type: "string" }] as const);
  let values: Readonly<Record<string, unknown>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(named), help: { type: "boolean" } },
    }));
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  const { help, ...rest } = values;
  if (help === true) return { kind: "help" };
  const parsed = schema.safeParse(rest);
  if (parsed.success) return { kind: "run", options: parsed.data };
  const [issue] = parsed.error.issues;
  const message = argumentMistake(`--${issue?.path.join(".")}: ${issue?.message}`);
  return { kind: "mistake", message };
}
