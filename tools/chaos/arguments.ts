import { parseArgs } from "node:util";
import { z } from "zod";
import { argumentMistake, parseArgsMistake } from "../command-line.ts";

export const help = `npm run chaos -- [options]

Runs the real Workers while targets fail, regions lose their network or their disk, D1 goes away,
the cron is late, doubled or missing, the receiver of alerts refuses, workerd is killed with signal 9
and the clock jumps; then lets it come to rest, and prints each law of the design with the evidence.
Minutes pass as fast as they can be run. Exit code 1 when a law is broken, 2 for wrong arguments.

  --seconds <n>   how long things are broken, 5 to 86400  (default 120)
  --seed <n>      of what is broken when                  (default 1)
  --verbose       says what is broken when
  --help          this text`;

export type ReadArguments =
  | {
      readonly kind: "run";
      readonly seconds: number;
      readonly seed: number;
      readonly verbose: boolean;
    }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, error)
    .transform(Number)
    .pipe(z.int(error).min(least, error).max(most, error));
};

const optionsSchema = z.object({
  seconds: whole(5, 86_400).default(120),
  seed: whole(0, 4_294_967_295).default(1),
  verbose: z.boolean().default(false),
});

/** @param args the arguments after the program's name */
export function readArguments(args: readonly string[]): ReadArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string" },
        seed: { type: "string" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { kind: "help" };
    const options = optionsSchema.safeParse(values);
    if (options.success) return { kind: "run", ...options.data };
    const [issue] = options.error.issues;
    const message = argumentMistake(`--${issue?.path.join(".")}: ${issue?.message}`);
    return { kind: "mistake", message };
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
}
