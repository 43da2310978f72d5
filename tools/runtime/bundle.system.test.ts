import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { bundleWorker } from "./bundle.ts";
import { type ProjectWorker, readProject } from "./project.ts";
import { copyOfFixture, FIXTURE_CONFIG, temporaryFolder } from "./testing/fixture.ts";
import { loadToolchain } from "./toolchain.ts";

const WRANGLER = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin/wrangler.js",
);
const PROJECT_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

const folder = temporaryFolder();

afterAll(() => {
  folder.remove();
});

/** What `wrangler deploy` would upload, less its remark on the source map. */
async function dryRun(configPath: string, { key, entryFile }: ProjectWorker): Promise<string> {
  const outdir = join(folder.path, "out", key);
  const args = [WRANGLER, "deploy", "--dry-run", "--config", configPath, "--env", key];
  const { NODE_ENV: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [...args, "--outdir", outdir], {
    cwd: folder.path,
    env: {
      ...env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
    },
  });
  const file = join(outdir, `${basename(entryFile, extname(entryFile))}.js`);
  return readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*\n?$/, "");
}

test.each([
  { whose: "the product's", key: "probe", configPath: PROJECT_CONFIG },
  { whose: "the product's", key: "api", configPath: PROJECT_CONFIG },
  { whose: "the fixture's", key: "api", configPath: FIXTURE_CONFIG },
] as const)("$whose $key runs here as the very bytes that wrangler deploys", async (worker) => {
  const toolchain = loadToolchain();
  const project = readProject(toolchain, worker.configPath);
  const { code } = await bundleWorker(toolchain, project.root, project[worker.key]);
  const deployed = await dryRun(worker.configPath, project[worker.key]);
  // Not toBe(deployed): a difference of half a megabyte is no help to anyone.
  expect(code.length).toBeGreaterThan(0);
  expect(code === deployed).toBe(true);
});

test("a mistake in a Worker's code is named with its file and line", async () => {
  const project = copyOfFixture(folder.path);
  writeFileSync(
    join(project, "api.ts"),
    'import { gone } from "./nowhere.ts";\nexport default gone;\n',
  );
  const toolchain = loadToolchain();
  const { root, api } = readProject(toolchain, join(project, "wrangler.toml"));
  await expect(bundleWorker(toolchain, root, api)).rejects.toMatchObject({
    code: "build-failed",
    message: expect.stringContaining('api.ts:1:21: ERROR: Could not resolve "./nowhere.ts"'),
  });
});
