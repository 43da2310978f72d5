import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleWorker } from "./bundle.ts";
import { readProject, WORKERS } from "./project.ts";
import { copyOfFixture, temporaryFolder } from "./testing/fixture.ts";
import { loadToolchain } from "./toolchain.ts";

const WRANGLER = createRequire(import.meta.url).resolve("wrangler/package.json");
const PROJECT_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

const folder = temporaryFolder();
let fixtureConfig: string;

beforeAll(() => {
  fixtureConfig = join(copyOfFixture(folder.path), "wrangler.toml");
});

afterAll(() => {
  folder.remove();
});

/** What `wrangler deploy` would upload, less its remark on the source map. */
async function dryRun(configPath: string, environment: string): Promise<string> {
  const outdir = join(folder.path, "out", environment);
  const wrangler = join(dirname(WRANGLER), "bin", "wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", outdir];
  args.push("--config", configPath, "--env", environment);
  const { NODE_ENV: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, args, {
    cwd: folder.path,
    env: {
      ...env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: join(folder.path, "logs"),
      CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "false",
    },
  });
  const { main } = configOf(configPath, environment);
  const file = join(outdir, `${basename(main, extname(main))}.js`);
  return withoutMapRemark(readFileSync(file, "utf8"));
}

function configOf(configPath: string, environment: string): { main: string } {
  const project = readProject(loadToolchain(), configPath);
  return { main: environment === "api" ? project.api.entryFile : project.probe.entryFile };
}

function withoutMapRemark(code: string): string {
  return code.replace(/\/\/# sourceMappingURL=.*\n?$/, "");
}

test.each(WORKERS)("the product's %s runs here as the very bytes that wrangler deploys", async (key) => {
  const toolchain = loadToolchain();
  const project = readProject(toolchain, PROJECT_CONFIG);
  const { code } = await bundleWorker(toolchain, project.root, project[key]);
  expect(code === (await dryRun(PROJECT_CONFIG, key))).toBe(true);
});
