import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseArgsMistake } from "../command-line.ts";
import { type PlanName, planNames } from "./platform.ts";

/** What was asked for on the command line. */
export interface PlanArguments {
  readonly file: string;
  readonly baseUrl: string | undefined;
  /** Over the environment: which services outside are told; undefined: the environment alone. */
  readonly settingsFile: string | undefined;
  /** Whose limits decide the exit code; undefined for none. */
  readonly plan: PlanName | undefined;
  readonly json: boolean;
}

export type ReadArguments =
  | { readonly kind: "run"; readonly arguments: PlanArguments }
  | { readonly kind: "help" }
  /** One line for the person who made the mistake. */
  | { readonly kind: "mistake"; readonly message: string };

export const help = `npm run plan -- [options]

What the configured monitors take of Cloudflare's limits, on the free and on the paid plan, and
what they cost a month. Computed from the configuration alone; nothing is run or changed. Exporters,
status pages, Sentry and the dead-man watch count where their settings are given: in wrangler.toml
(of NETPOST_STAGE, if that is set), over it in the environment, over that in the file of --settings.

  --plan free|paid    exit code 1 when a limit of that plan is exceeded
  --file <path>       the configuration (default netpost.config.ts)
  --base-url <url>    where NetPost is, instead of the file's baseUrl
  --settings <file>   settings, NAME=value a line, as of npm run deploy
  --json              print one JSON value
  --help              this text

Exit code: 0 done, 1 a limit of --plan is exceeded or the file is refused, 2 wrong arguments.`;

const configFile = fileURLToPath(new URL("../../netpost.config.ts", import.meta.url));

/** @param args the arguments after the program's name */
export function readArguments(args: readonly string[]): ReadArguments {
  let values: ReturnType<typeof parse>["values"];
  try {
    ({ values } = parse(args));
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  if (values.help) return { kind: "help" };
  const plan = planNames.find((name) => name === values.plan);
  if (values.plan !== undefined && plan === undefined) {
    return { kind: "mistake", message: `--plan: one of ${planNames.join(", ")} (see --help)` };
  }
  return {
    kind: "run",
    arguments: {
      file: values.file ?? configFile,
      baseUrl: values["base-url"],
      settingsFile: values.settings,
      plan,
      json: values.json,
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      plan: { type: "string" },
      file: { type: "string" },
      "base-url": { type: "string" },
      settings: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}
