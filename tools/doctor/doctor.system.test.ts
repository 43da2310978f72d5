import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { backUpLocally, restoreLocally } from "../backup/backup.ts";
import { applyConfigFile, d1OverBatch } from "../config/index.ts";
import { readStage } from "../deploy/stage.ts";
import { wranglerFor } from "../deploy/wrangler.ts";
import { runningControl } from "../runtime/data-folder.ts";
import { startRuntime } from "../runtime/index.ts";
import { temporaryFolder } from "../runtime/testing/fixture.ts";
import { startCloudflareApi } from "../testing/cloudflare-api.ts";
import { type Examination, examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

const adminToken = "planted-admin-token";
const root = new URL("../../", import.meta.url);

/** NetPost, as far as a doctor needs one: everything answers, and nothing is good. */
async function anything(): Promise<string> {
  const server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

const linesOf = (findings: readonly Finding[], area: string): string[] =>
  findings.filter((one) => one.area === area).map(({ state, what }) => `${state} ${what}`);

it("a running system is looked at, and its backup is the same elsewhere", async () => {
  const folder = temporaryFolder();
  const dataDir = join(folder.path, "data");
  const baseUrl = await anything();
  const runtime = await startRuntime({
    dataDir,
    vars: {
      probe: {
        ALLOW_PRIVATE_TARGETS: "true",
        TRACE_URL: "http://127.0.0.1:9/",
        SLACK_WEBHOOK_URL: "https://127.0.0.1:9/x",
        CLOUDFLARE_PLAN: "paid",
      },
      api: { ADMIN_TOKEN: adminToken },
    },
  });
  onTestFinished(async () => {
    await runtime.stop();
    folder.remove();
  });
  const control = runningControl(dataDir);
  if (control === undefined) throw new Error("it runs");
  const examination: Examination = {
    patient: { kind: "local", control },
    api: { url: runtime.apiUrl, key: adminToken },
    file: "netpost.config.ts",
    baseUrl,
    plan: null,
    sendTest: false,
    by: "test",
  };

  // Before the first apply and tick.
  const before = await examine(examination);
  expect(linesOf(before, "plan")).toEqual(["bad no configuration is applied"]);
  expect(linesOf(before, "ticks")).toEqual(["bad none was ever recorded"]);

  const applied = await applyConfigFile(
    d1OverBatch(runtime.batch),
    { file: "netpost.config.ts", baseUrl, controls: [`${baseUrl}/control`] },
    { now: () => Math.floor(Date.now() / 1_000) - 600 },
  );
  expect(applied.kind).toBe("applied");
  // Late in a minute there is no time left for its round: the next one has it.
  const results = async () => (await runtime.query("SELECT 1 FROM results LIMIT 1")).rows.length;
  while ((await results()) === 0) {
    expect((await runtime.tick(new Date())).outcome).toBe("ok");
    await pause(500);
  }

  const findings = await examine(examination);
  expect(linesOf(findings, "plan")).toEqual(["ok revision 1, 17 monitors"]);
  expect(linesOf(findings, "ticks")[0]).toMatch(/^ok the last one recorded is of /);
  expect(linesOf(findings, "regions")).toHaveLength(3);
  expect(linesOf(findings, "regions")[0]).toMatch(/^ok .+ answers, where is not known$/);
  const all = readdirSync(new URL("migrations/", root)).filter((name) => name.endsWith(".sql"));
  expect(linesOf(findings, "migrations")).toEqual([`ok all ${all.length} are applied`]);
  expect(linesOf(findings, "channels")).toEqual([
    "warn there is one only: nothing stands in for it",
    // Everything is down in this world, nobody answers where Slack should be, and that may be told.
    expect.stringMatching(
      /^(?:ok slack is on, never tested|bad slack: nothing gets through since )/,
    ),
  ]);
  expect(findings.every(({ state, mend }) => (state === "ok") === (mend === null))).toBe(true);
  const tested = await examine({ ...examination, sendTest: true });
  expect(linesOf(tested, "channels")[1]).toMatch(/^bad slack: a test message was not taken: /);
  const refused = await examine({ ...examination, api: { url: runtime.apiUrl, key: "wrong" } });
  expect(linesOf(refused, "api")[0]).toMatch(/^bad could not be looked at: /);

  // The same system, as if it were deployed: names of secrets and the schema come from Cloudflare.
  const account = await startCloudflareApi(undefined, ({ method, path, body }) => {
    if (method === "GET" && path.endsWith("-probe/secrets")) {
      return [{ name: "SLACK_WEBHOOK_URL" }, { name: "SLAK_CHANNEL" }, { name: "ADMIN_TOKEN" }];
    }
    if (method === "GET" && /^\/d1\/database\/?[^/]*$/.test(path)) {
      const uuid = "11111111-1111-4111-8111-111111111111";
      const found = { uuid, name: "netpost-monitoring", version: "production" };
      return path === "/d1/database" ? [found] : found;
    }
    if (path.endsWith("/query") && body.includes("d1_migrations")) {
      const results = all.slice(0, -1).map((name) => ({ name }));
      return [{ success: true, results, meta: { duration: 1 } }];
    }
    return undefined;
  });
  onTestFinished(() => account.stop());
  const stage = readStage("production");
  const wrangler = wranglerFor(stage.configPath, {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    NODE_COMPILE_CACHE: `${root.pathname}node_modules/.cache/node`,
    CLOUDFLARE_API_BASE_URL: account.url,
    CLOUDFLARE_API_TOKEN: "a-token",
    CLOUDFLARE_ACCOUNT_ID: "an-account",
  });
  const deployed = await examine({ ...examination, patient: { kind: "remote", stage, wrangler } });
  expect(linesOf(deployed, "migrations")).toEqual([`bad ${all.at(-1)} not applied`]);
  const settings = linesOf(deployed, "settings");
  expect(settings).toContain("warn probe: nothing reads SLAK_CHANNEL there");
  expect(settings).toContain("warn probe: nothing reads ADMIN_TOKEN there");
  expect(settings).toContain("bad api: ADMIN_TOKEN is missing; it lets operators in");
  expect(settings).toContain(
    "bad probe: PROBE_LOGIN_PASSWORD is missing; it is named by a monitor of the configuration",
  );
  expect(settings).toContain("warn off: somebody outside who notices that we are silent");

  // A backup while ticks go on, and what becomes of it in another place.
  const file = join(folder.path, "backup.sql");
  const ticking = runtime.tick(new Date());
  const { contents } = backUpLocally(dataDir, file);
  expect((await ticking).outcome).toBe("ok");
  expect(contents["results"]?.rows).toBeGreaterThan(0);
  const elsewhere = join(folder.path, "elsewhere");
  const restored = await restoreLocally(file, elsewhere, false);
  expect(restored.contents).toEqual(contents);
  await expect(restoreLocally(file, elsewhere, false)).rejects.toThrow("has a database already");
  await expect(restoreLocally(file, dataDir, true)).rejects.toThrow("is in use");
  const again = await startRuntime({
    dataDir: elsewhere,
    vars: { api: { ADMIN_TOKEN: adminToken } },
  });
  onTestFinished(() => again.stop());
  expect(again.appliedMigrations).toEqual([]);
  const { rows } = await again.query("SELECT count(*) AS n FROM results");
  expect(rows).toEqual([{ n: contents["results"]?.rows }]);
  const status = await fetch(`${again.apiUrl}/api/status`);
  expect(status.status).toBe(200);
});
