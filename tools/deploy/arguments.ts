import { parseArgs } from "node:util";
import { parseArgsMistake } from "../command-line.ts";
import { production } from "./stage.ts";

export const help = `npm run deploy -- [options]

Deploys NetPost's monitoring to Cloudflare, step by step:
   1  check the settings; refuse with a list of what is missing
   2  make the database, if there is none
   3  note where the database is, to go back there
   4  apply the migrations
   5  deploy probe, with the secrets that it lacks
   6  deploy api, with the secrets that it lacks
   7  upload source maps to Sentry, where SENTRY_AUTH_TOKEN, SENTRY_ORG and
      SENTRY_PROJECT_BACKEND are set
   8  apply the configuration
   9  wait until the api answers and a tick is recorded
It can be run again at any time, and goes on where it stopped.

  --dry-run           print the steps and build both Workers; nothing is touched
  --env <stage>       another stage beside production, with names and a database of its own
                      (default NETPOST_STAGE, else production; docs/deployment.md)
  --settings <file>   secrets and settings, NAME=value a line; else those of the environment
  --replace-secrets   put all of them, not only those that are missing
  --file <path>       the configuration (default netpost.config.ts)
  --base-url <url>    where NetPost is (default NETPOST_BASE_URL, else the file's baseUrl)
  --url <url>         where the api will be (default: as wrangler tells)
  --no-apply          leave the configuration as it is
  --no-wait           do not wait for a tick
  --help              this text

Credentials: "npx wrangler login", or CLOUDFLARE_API_TOKEN (Workers Scripts and D1: edit), with
CLOUDFLARE_ACCOUNT_ID when the token reaches several accounts.

Exit code: 0 done, 1 a step failed, 2 wrong arguments.`;

export interface DeployArguments {
  readonly dryRun: boolean;
  readonly stage: string;
  readonly settingsFile: string | undefined;
  readonly replaceSecrets: boolean;
  readonly file: string;
  readonly baseUrl: string | undefined;
  readonly url: string | undefined;
  readonly apply: boolean;
  readonly wait: boolean;
}

export type ReadArguments =
  | { readonly kind: "run"; readonly arguments: DeployArguments }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly message: string };

/** @param env where NETPOST_STAGE and NETPOST_BASE_URL are looked up; empty counts as unset */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadArguments {
  let values: ReturnType<typeof parse>["values"];
  try {
    ({ values } = parse(args));
  } catch (error) {
    return { kind: "mistake", message: parseArgsMistake(error) };
  }
  if (values.help) return { kind: "help" };
  if (values.url !== undefined && !/^https?:\/\/[^/]/.test(values.url)) {
    return { kind: "mistake", message: "--url: an http(s) URL (see --help)" };
  }
  return {
    kind: "run",
    arguments: {
      dryRun: values["dry-run"],
      stage: values.env ?? (env["NETPOST_STAGE"] || production),
      settingsFile: values.settings,
      replaceSecrets: values["replace-secrets"],
      file: values.file,
      baseUrl: values["base-url"] ?? (env["NETPOST_BASE_URL"] || undefined),
      url: values.url?.replace(/\/+$/, ""),
      apply: !values["no-apply"],
      wait: !values["no-wait"],
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      "dry-run": { type: "boolean", default: false },
      env: { type: "string" },
      settings: { type: "string" },
      "replace-secrets": { type: "boolean", default: false },
      file: { type: "string", default: "netpost.config.ts" },
      "base-url": { type: "string" },
      url: { type: "string" },
      "no-apply": { type: "boolean", default: false },
      "no-wait": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}
