import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Change, startCloudflareApi } from "./testing/cloudflare-api.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a Node program of ours against an account, as somebody who is logged in. */
async function run(args: readonly string[], apiUrl: string): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      // wrangler is 15 MB of JavaScript, loaded eleven times here.
      NODE_COMPILE_CACHE: `${root}node_modules/.cache/node`,
      CLOUDFLARE_API_BASE_URL: apiUrl,
      CLOUDFLARE_API_TOKEN: "a-token",
      CLOUDFLARE_ACCOUNT_ID: "an-account",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_WRITE_LOGS: "false",
      WRANGLER_HIDE_BANNER: "true",
    },
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
  it("makes the database, migrates it, deploys probe, then api", async () => {
    const account = await emptyAccount();
    const { code, out, err } = await run(["tools/deploy.ts"], account.url);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/Deployed\.\n$/);

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
  });

  it("stops at the first step that fails and says which and why in one line", async () => {
    const account = await emptyAccount(({ path }) => path.endsWith("/query"));
    const { code, err } = await run(["tools/deploy.ts"], account.url);
    expect(code).toBe(1);
    expect(err).toMatch(/^deploy: step 2\/4, apply the migrations: .+\n$/);
    expect(account.changes.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("on a dry run prints the steps, builds both Workers and touches nothing", async () => {
    const account = await emptyAccount();
    const { code, out, err } = await run(["tools/deploy.ts", "--dry-run"], account.url);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(stepsIn(out)).toEqual([
      "1/4 make the database, if there is none: wrangler d1 create netpost-monitoring (not in a dry run)",
      "2/4 apply the migrations: wrangler d1 migrations apply DB --env probe --remote (not in a dry run)",
      "3/4 deploy probe: wrangler deploy --env probe --dry-run",
      "4/4 deploy api: wrangler deploy --env api --dry-run",
    ]);
    expect(out.match(/Total Upload: .+ KiB/g)).toHaveLength(2);
    expect(out).toContain("netpost-monitoring-probe#ProbeService");
    expect(account.changes).toEqual([]);
  });

  it("refuses an unknown argument, naming those it takes", async () => {
    const { code, err } = await run(["tools/deploy.ts", "--dry"], "http://127.0.0.1:9");
    expect(code).toBe(2);
    expect(err).toBe('deploy: unknown argument in "--dry"; allowed: --dry-run, --help\n');
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
