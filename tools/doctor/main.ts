import { userInfo } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { argumentMistake, parseArgsMistake } from "../command-line.ts";
import { production, readStage } from "../deploy/stage.ts";
import { wranglerFor } from "../deploy/wrangler.ts";
import { planNames } from "../plan/platform.ts";
import { runningApi, runningControl } from "../runtime/index.ts";
import { type Examination, examine, type Patient } from "./examine.ts";
import { renderFindings } from "./finding.ts";

const help = `npm run doctor -- [options]

Looks at a running system and says, a line each, what is well, what to look at and what to mend:
the configuration file, settings and secrets by name, migrations, Workers, ticks, regions and where
they really are, channels, the outbox, heartbeats, our own faults, and Cloudflare's limits.
It changes nothing, and sends nothing without --send-test.

  --remote          a deployment, by wrangler's login and the API; else the npm start that runs
  --env <stage>     of that stage (default NETPOST_STAGE, else production)
  --url <url>       where its API is (default NETPOST_URL)
  --key <key>       its ADMIN_TOKEN (default NETPOST_KEY)
  --data <folder>   the data folder of the npm start (default DATA_DIR, else .data)
  --file <path>     the configuration (default netpost.config.ts)
  --plan free|paid  the plan of the account (default CLOUDFLARE_PLAN of wrangler.toml)
  --send-test       send a test message through every channel that is on
  --json            print one JSON value
  --help            this text

Exit code: 0 nothing is to be mended, 1 something is, 2 wrong arguments.`;

async function main(argv: readonly string[]): Promise<number> {
  let values: ReturnType<typeof parse>["values"];
  try {
    ({ values } = parse(argv));
  } catch (error) {
    return fail(parseArgsMistake(error));
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  const plan = planNames.find((name) => name === values.plan) ?? null;
  if (values.plan !== undefined && plan === null) {
    return fail(argumentMistake(`--plan: one of ${planNames.join(", ")}`));
  }
  const found = whoIsMeant(values);
  if (typeof found === "string") return fail(found);
  const findings = await examine({
    ...found,
    file: values.file,
    baseUrl: process.env["NETPOST_BASE_URL"] || undefined,
    plan,
    sendTest: values["send-test"],
    by: process.env["NETPOST_BY"] || userInfo().username,
  });
  const { patient } = found;
  const who = patient.kind === "local" ? "npm start" : patient.stage.name;
  console.log(values.json ? JSON.stringify({ who, findings }) : renderFindings(findings, who));
  return findings.some(({ state }) => state === "bad") ? 1 : 0;
}

type Values = ReturnType<typeof parse>["values"];

/** @returns a message where nobody is there */
function whoIsMeant(values: Values): Pick<Examination, "patient" | "api"> | string {
  const url = values.url ?? (process.env["NETPOST_URL"] || undefined);
  const key = values.key ?? (process.env["NETPOST_KEY"] || undefined);
  if (values.remote) {
    try {
      const stage = readStage(values.env ?? (process.env["NETPOST_STAGE"] || production));
      const wrangler = wranglerFor(stage.configPath, process.env);
      const patient: Patient = { kind: "remote", stage, wrangler };
      return { patient, api: url === undefined || key === undefined ? null : { url, key } };
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const folder = resolve(values.data ?? (process.env["DATA_DIR"] || ".data"));
  const control = runningControl(folder);
  const running = runningApi(folder);
  if (control === undefined || running === undefined) {
    return argumentMistake(
      "no npm start runs here; --data names its folder, --remote a deployment",
    );
  }
  const adminToken = key ?? running.adminToken;
  const api = adminToken === undefined ? null : { url: running.url, key: adminToken };
  return { patient: { kind: "local", control }, api };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      remote: { type: "boolean", default: false },
      env: { type: "string" },
      url: { type: "string" },
      key: { type: "string" },
      data: { type: "string" },
      file: { type: "string", default: "netpost.config.ts" },
      plan: { type: "string" },
      "send-test": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}

function fail(message: string): number {
  console.error(`doctor: ${message}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
