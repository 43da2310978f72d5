import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";

const HELP = `Deploys NetPost's monitoring to Cloudflare.

  npm run deploy                 make the database if there is none, apply the migrations,
                                 deploy probe, deploy api
  npm run deploy -- --dry-run    print the steps and build both Workers; nothing is touched

Credentials: "npx wrangler login", or CLOUDFLARE_API_TOKEN (Workers Scripts and D1: edit), with
CLOUDFLARE_ACCOUNT_ID when the token reaches several accounts.`;

const root = fileURLToPath(new URL("../", import.meta.url));
const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
const database = "netpost-monitoring";

type Step = {
  readonly title: string;
  /** What to give to wrangler. */
  readonly args: readonly string[];
  /** Whether a dry run can do it for real, without touching anything. */
  readonly canRehearse: boolean;
  /** What wrangler says from here on is not for people who deploy. */
  readonly hideFrom?: string;
};

/** How wrangler ended and all that it said. */
type Run = { readonly status: number | null; readonly output: string };

/** Why a step did not succeed: what wrangler called an error, in one line. */
type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const findDatabase = ["d1", "info", database, "--json"];
const createDatabase: Step = {
  title: "make the database, if there is none",
  args: ["d1", "create", database],
  canRehearse: false,
  // Our configuration names it already.
  hideFrom: "To access your new D1 Database",
};
const applyMigrations: Step = {
  title: "apply the migrations",
  args: ["d1", "migrations", "apply", "DB", "--env", "probe", "--remote"],
  canRehearse: false,
};
const deployProbe: Step = {
  title: "deploy probe",
  args: ["deploy", "--env", "probe"],
  canRehearse: true,
};
// After probe: a service binding to a Worker that does not exist is refused.
const deployApi: Step = {
  title: "deploy api",
  args: ["deploy", "--env", "api"],
  canRehearse: true,
};

process.exitCode = main(process.argv.slice(2));

function main(argv: readonly string[]): number {
  const options = readOptions(argv);
  if ("mistake" in options) return fail(options.mistake, 2);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (!existsSync(wrangler)) return fail("wrangler is not installed. Run: npm ci");
  const steps = stepsFor(options.dryRun);
  if ("mistake" in steps) return fail(steps.mistake);
  for (const [index, step] of steps.entries()) {
    const number = `${index + 1}/${steps.length}`;
    const outcome = options.dryRun ? rehearse(step, number) : perform(step, number);
    if (!outcome.ok) return fail(`step ${number}, ${step.title}: ${outcome.reason}`);
  }
  console.log(options.dryRun ? "Both Workers build. Nothing was touched." : "Deployed.");
  return 0;
}

function readOptions(
  args: readonly string[],
): { readonly dryRun: boolean; readonly help: boolean } | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return { dryRun: values["dry-run"], help: values.help };
  } catch {
    return { mistake: `unknown argument in "${args.join(" ")}"; allowed: --dry-run, --help` };
  }
}

function stepsFor(dryRun: boolean): readonly Step[] | { readonly mistake: string } {
  const always = [applyMigrations, deployProbe, deployApi];
  if (dryRun) return [createDatabase, ...always];
  const found = run(findDatabase);
  if (found.status === 0) return always;
  const reason = errorLine(found.output);
  if (/couldn't find a D1 DB/i.test(reason)) return [createDatabase, ...always];
  return { mistake: `looking for the database: ${reason}` };
}

function perform(step: Step, number: string): Outcome {
  console.log(`${number} ${step.title}: wrangler ${step.args.join(" ")}`);
  return printed(step, run(step.args));
}

function rehearse(step: Step, number: string): Outcome {
  const args = step.canRehearse ? [...step.args, "--dry-run"] : step.args;
  const note = step.canRehearse ? "" : " (not in a dry run)";
  console.log(`${number} ${step.title}: wrangler ${args.join(" ")}${note}`);
  return step.canRehearse ? printed(step, run(args)) : { ok: true };
}

function printed({ hideFrom }: Step, { status, output }: Run): Outcome {
  if (status !== 0) return { ok: false, reason: errorLine(output) };
  const [shown = ""] = hideFrom ? output.split(hideFrom, 1) : [output];
  const lines = shown.split("\n").filter((line) => line.trim() !== "");
  console.log(lines.map((line) => `    ${line.trimEnd()}`).join("\n"));
  return { ok: true };
}

/** Runs wrangler to its end, without questions, telemetry, update check or a log of its own. */
function run(args: readonly string[]): Run {
  // With --config, wrangler does not go looking for a web framework to set up.
  const all = [wrangler, ...args, "--config", `${root}wrangler.toml`];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, all, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
    },
  });
  const output = stripVTControlCharacters(`${stdout ?? ""}${stderr ?? ""}`);
  return { status, output: error ? `[ERROR] ${error.message}` : output };
}

/** The first thing that wrangler marks as an error, with its place; else the last thing it said. */
function errorLine(output: string): string {
  const marked = /\[ERROR\]\s*(.+)([\s\S]*)/.exec(output);
  if (!marked) return output.trim().split("\n").at(-1) ?? "wrangler failed silently";
  const [, message = "", rest = ""] = marked;
  const place = /^\s*(\S+:\d+:\d+):$/m.exec(rest)?.[1];
  return place ? `${place}: ${message.trim()}` : message.trim();
}

function fail(message: string, code = 1): number {
  console.error(`deploy: ${message}`);
  return code;
}
