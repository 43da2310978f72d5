import { parseArgs } from "node:util";
import { z } from "zod";
import { parseArgsMistake } from "../command-line.ts";
import { type Policy, policies } from "./simulation/policies.ts";

/** What was asked of the lab. */
export type LabArguments =
  | {
      readonly part: "simulated";
      readonly seed: number;
      readonly until: { readonly checks: number } | { readonly days: number };
      readonly policies: readonly Policy[];
    }
  | {
      readonly part: "real";
      readonly seed: number;
      readonly kills: number;
      readonly minutes: number;
    };

export type ReadArguments =
  | { readonly kind: "run"; readonly arguments: LabArguments }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

export const help = `npm run lab -- [options]           the pipeline on a simulated clock
npm run lab -- --real [options]    the real Workers against the stand-in

Breaks targets, regions, the database and the cron, knows what really happened, and prints false
alarms, missed outages and detection delays. Exit code 1 when a promise of the default policy
breaks, 2 for wrong arguments. The same seed, the same run.

Simulated:
  --seed <n>        of the first day; each day counts on from it    (default 1)
  --checks <n>      days are drawn until there were so many checks  (default 1000000:
                    half a year of simulated time)
  --days <n>        so many days instead; a year, 365, takes about five minutes
  --policy <names>  ${policies.map(({ name }) => name).join(", ")}
                    (default all; with commas between)

Real:
  --kills <n>       how often workerd is killed in the middle of a tick  (default 50)
  --minutes <n>     minutes of the trace in which that happens           (default 60)
  --seed <n>        of the moments                                       (default 1)

  --help            this text`;

const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, error)
    .transform(Number)
    .pipe(z.int(error).min(least, error).max(most, error));
};

const names = policies.map(({ name }) => name);
const policyList = z.string().transform((list, context) =>
  list.split(",").flatMap((name) => {
    const policy = policies.find((known) => known.name === name);
    if (policy) return [policy];
    context.addIssue({ code: "custom", message: `no such policy; allowed: ${names.join(", ")}` });
    return [];
  }),
);

const simulatedOptions = z.strictObject({
  seed: whole(0, 4_294_967_295).default(1),
  checks: whole(1, 100_000_000).optional(),
  days: whole(0, 100_000).optional(),
  policy: policyList.default([...policies]),
});

const realOptions = z.strictObject({
  seed: whole(0, 4_294_967_295).default(1),
  kills: whole(0, 1_000).default(50),
  minutes: whole(1, 1_000).default(60),
});

/** @param args the arguments after the program's name */
export function readArguments(args: readonly string[]): ReadArguments {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  const { help: isHelp, real, ...values } = parsed.values;
  if (isHelp) return { kind: "help" };
  if (real) {
    const options = realOptions.safeParse(values);
    if (!options.success) return mistake(options.error, "with --real");
    const { seed, kills, minutes } = options.data;
    if (kills > minutes) {
      const message = `--kills: at most one a minute, so at most ${minutes} (see --minutes)`;
      return { kind: "mistake", message };
    }
    return { kind: "run", arguments: { part: "real", seed, kills, minutes } };
  }
  const options = simulatedOptions.safeParse(values);
  if (!options.success) return mistake(options.error, "without --real");
  const { seed, checks, days, policy } = options.data;
  if (checks !== undefined && days !== undefined) {
    return { kind: "mistake", message: "--checks and --days cannot both be given" };
  }
  const until = days === undefined ? { checks: checks ?? 1_000_000 } : { days };
  return { kind: "run", arguments: { part: "simulated", seed, until, policies: policy } };
}

function mistake(error: z.ZodError, where: string): ReadArguments {
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") {
    return { kind: "mistake", message: `--${issue.keys[0]} has no meaning ${where} (see --help)` };
  }
  const message = `--${issue?.path.join(".")}: ${issue?.message} (see --help)`;
  return { kind: "mistake", message };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      checks: { type: "string" },
      days: { type: "string" },
      policy: { type: "string" },
      real: { type: "boolean" },
      kills: { type: "string" },
      minutes: { type: "string" },
      help: { type: "boolean" },
    },
  });
}
