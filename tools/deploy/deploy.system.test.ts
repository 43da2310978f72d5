import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { d1OverBatch } from "../config/index.ts";
import { startRuntime } from "../runtime/index.ts";
import { temporaryFolder } from "../runtime/testing/fixture.ts";
import { type Change, startCloudflareApi } from "../testing/cloudflare-api.ts";
import { readArguments } from "./arguments.ts";
import { deploy } from "./deploy.ts";
import { readStage } from "./stage.ts";
import { wranglerFor } from "./wrangler.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = "tools/deploy/main.ts";

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** As somebody who is logged in, and has nothing else in the environment. */
const environmentFor = (apiUrl: string) => ({
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  // wrangler is 15 MB of JavaScript, loaded many times here.
  NODE_COMPILE_CACHE: `${root}node_modules/.cache/node`,
  CLOUDFLARE_API_BASE_URL: apiUrl,
  CLOUDFLARE_API_TOKEN: "a-token",
  CLOUDFLARE_ACCOUNT_ID: "an-account",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_HIDE_BANNER: "true",
});

const secrets = {
  ADMIN_TOKEN: "planted-admin-token",
  MONITORING_API_KEY: "planted-reader-key",
  PROBE_LOGIN_PASSWORD: "planted-password",
};

/** Runs a Node program of ours against an account. */
async function run(args: readonly string[], apiUrl: string): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentFor(apiUrl),
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

async function emptyAccount(refuses?: (change: Change) => boolean) {
  const account = await startCloudflareApi(refuses);
  onTestFinished(() => account.stop());
  return account;
}

const stepsIn = (out: string): string[] => out.split("\n").filter((line) => /^\d\/\d /.test(line));

describe("npm run deploy", () => {
  it("brings an empty account to a system that ticks, with the secrets that were given", async () => {
    const account = await emptyAccount();
    const folder = temporaryFolder();
    let cron: NodeJS.Timeout | undefined;
    const target = await startRuntime({ dataDir: join(folder.path, "data") });
    onTestFinished(async () => {
      clearInterval(cron);
      await target.stop();
      folder.remove();
    });
    const file = join(folder.path, "production.env");
    const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
    writeFileSync(
      file,
      [...lines, "ALLOW_PRIVATE_TARGETS=true", "SLACK_CHANNEL=#ops", "UNKNOWN=left-alone"].join(
        "\n",
      ),
    );
    const args = ["--settings", file, "--base-url", "http://127.0.0.1:9", "--url", target.apiUrl];
    const read = readArguments(args, {});
    if (read.kind !== "run") throw new Error(read.kind);
    const said: string[] = [];
    const stage = readStage("production");
    const wrong = await deploy(read.arguments, stage, {
      env: {},
      wrangler: wranglerFor(stage.configPath, environmentFor(account.url)),
      openDatabase: async () => ({ db: d1OverBatch(target.batch), close: async () => {} }),
      say: (line) => {
        said.push(line);
        // The cron of the deployed Worker fires; late in a minute there is no time for its round.
        if (/^\d\/\d wait/.test(line)) cron = setInterval(() => target.tick(new Date()), 1_500);
      },
    });
    clearInterval(cron);
    expect(wrong).toBeNull();
    const told = said.join("\n");
    expect(told).toContain("--bookmark=00000001-bookmark");
    expect(told).toContain("Revision 1 is in force.");
    expect(told).toContain(`${target.apiUrl}/api/status is up to date.`);
    for (const value of Object.values(secrets)) expect(told).not.toContain(value);

    const changes = account.changes.map(({ method, path, body }) => {
      const table = /\/query$/.test(path) && /CREATE TABLE ledger/.test(body) ? " ledger" : "";
      return `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]+/, "id")}${table}`;
    });
    const inOrder = [
      "POST /d1/database",
      "POST /d1/database/id/query ledger",
      "PUT /workers/scripts/netpost-monitoring-probe",
      "PUT /workers/scripts/netpost-monitoring-probe/schedules",
      "PUT /workers/scripts/netpost-monitoring-api",
    ];
    expect(changes.filter((change) => inOrder.includes(change))).toEqual(inOrder);
    const sentTo = (worker: string) =>
      account.changes.find(({ path }) => path.endsWith(`scripts/netpost-monitoring-${worker}`))
        ?.body ?? "";
    expect(sentTo("probe")).toContain(secrets.PROBE_LOGIN_PASSWORD);
    expect(sentTo("probe")).not.toContain(secrets.ADMIN_TOKEN);
    expect(sentTo("api")).toContain(secrets.ADMIN_TOKEN);
    expect(sentTo("api")).not.toContain(secrets.PROBE_LOGIN_PASSWORD);
    expect(sentTo("api") + sentTo("probe")).not.toContain("left-alone");
  });

  it("refuses with a list of what is missing, before anything is touched", async () => {
    const account = await emptyAccount();
    const { code, err } = await run([main], account.url);
    expect(code).toBe(1);
    expect(err.split("\n").map((line) => line.split(":", 1)[0])).toEqual([
      "deploy",
      "  ADMIN_TOKEN (secret of api)",
      "  MONITORING_API_KEY (secret of api)",
      "  PROBE_LOGIN_PASSWORD (secret of probe)",
      "  NETPOST_BASE_URL",
      "",
    ]);
    expect(account.changes).toEqual([]);
  });

  it("stops at the first step that fails and says which and why in one line", async () => {
    const account = await emptyAccount(({ path }) => path === "/d1/database");
    const read = readArguments(["--base-url", "https://netpost.test"], {});
    if (read.kind !== "run") throw new Error(read.kind);
    const stage = readStage("production");
    const wrong = await deploy(read.arguments, stage, {
      env: secrets,
      wrangler: wranglerFor(stage.configPath, environmentFor(account.url)),
      openDatabase: () => Promise.reject(new Error("not before the Workers are there")),
      say: () => {},
    });
    expect(wrong).toMatch(/^step 2\/9, make the database, if there is none: .+$/);
    expect(account.changes.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("on a dry run of a stage prints the steps, builds both Workers apart, touches nothing", async () => {
    const account = await emptyAccount();
    const { code, out, err } = await run([main, "--dry-run", "--env", "staging"], account.url);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(stepsIn(out).map((line) => line.split(":", 1)[0])).toEqual([
      "1/9 check the settings of staging",
      "2/9 make the database, if there is none",
      "3/9 note where the database is, to go back there",
      "4/9 apply the migrations",
      "5/9 deploy probe",
      "6/9 deploy api",
      "7/9 upload source maps to Sentry",
      "8/9 apply netpost.config.ts",
      "9/9 wait until the api answers and a tick is recorded (not in a dry run)",
    ]);
    expect(out).toContain("NETPOST_BASE_URL");
    expect(out.match(/Total Upload: .+ KiB/g)).toHaveLength(2);
    expect(out).toContain("netpost-monitoring-staging-probe#ProbeService");
    expect(out.match(/env\.DB \(netpost-monitoring-staging\)/g)).toHaveLength(2);
    expect(account.changes).toEqual([]);
  });

  it("refuses an unknown argument and a stage that cannot be a name", async () => {
    const nowhere = "http://127.0.0.1:9";
    const { code, err } = await run([main, "--dry"], nowhere);
    expect({ code, err }).toEqual({
      code: 2,
      err: "deploy: Unknown option '--dry' (see --help)\n",
    });
    expect(() => readStage("Staging!")).toThrow("--env: a stage: lower-case letters");
  });
});

describe("wrangler deploy without --env", () => {
  it("does nothing but say what to do instead", async () => {
    const account = await emptyAccount();
    const wrangler = "node_modules/wrangler/bin/wrangler.js";
    const { code, err } = await run([wrangler, "deploy"], account.url);
    expect(code).toBe(1);
    expect(err).toContain("give --env probe or --env api, or use npm run deploy");
    expect(account.changes).toEqual([]);
  });
});
