import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RuntimeOptions, startRuntime } from "./index.ts";
import { copyOfFixture, temporaryFolder } from "./testing/fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
let project: string;

beforeEach(() => {
  folder = temporaryFolder();
  project = copyOfFixture(folder.path);
});

afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

function options(extra: Partial<RuntimeOptions> = {}): RuntimeOptions {
  const configPath = join(project, "wrangler.toml");
  return { configPath, dataDir: join(folder.path, "data"), ...extra };
}

/** Changes a file of the project. */
function edit(file: string, change: (text: string) => string): void {
  const path = join(project, file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

test("a port in use is one clear line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const apiPort = typeof address === "object" ? (address?.port ?? 0) : 0;
  await expect(startRuntime(options({ apiPort }))).rejects.toMatchObject({
    code: "port-unavailable",
    message: `Port ${apiPort} on 127.0.0.1 cannot be used: it is in use by another program. Choose another one.`,
  });
  server.close();
});

test("a number that is no port is one clear line", async () => {
  await expect(startRuntime(options({ apiPort: 87_870 }))).rejects.toMatchObject({
    code: "port-unavailable",
    message: "Port 87870 is none: allowed are 0 to 65535.",
  });
});

test("a missing configuration is named", async () => {
  await expect(startRuntime(options({ configPath: "nowhere.toml" }))).rejects.toMatchObject({
    code: "config-invalid",
    message: "There is no nowhere.toml.",
  });
});

test("a mistake in the configuration is one line with the environment and the field", async () => {
  edit("wrangler.toml", (text) => text.replace('crons = ["* * * * *"]', "crons = 5"));
  await expect(startRuntime(options())).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringMatching(/\[env\.probe\].*crons.*$/),
  });
});

test("Workers that do not share their database are refused", async () => {
  edit("wrangler.toml", (text) => {
    const last = text.lastIndexOf('binding = "DB"');
    return `${text.slice(0, last)}binding = "OTHER"${text.slice(last + 'binding = "DB"'.length)}`;
  });
  await expect(startRuntime(options())).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("both Workers must name the same database"),
  });
});

test("a Worker that throws while it starts is reported with its words and place", async () => {
  edit("probe.ts", (text) => `${text}\nthrow new Error("no such setting");\n`);
  await expect(startRuntime(options())).rejects.toMatchObject({
    code: "workers-failed-to-start",
    message: expect.stringMatching(
      /fixture-probe: Uncaught Error: no such setting\n +at probe\.ts:\d+:7$/,
    ),
  });
});

test("a workerd that cannot be run is one clear line", async () => {
  vi.stubEnv("MINIFLARE_WORKERD_PATH", join(folder.path, "no-workerd"));
  await expect(startRuntime(options())).rejects.toMatchObject({
    code: "tools-missing",
    message: expect.stringMatching(/is not installed \(ENOENT: .*no-workerd'\)\. Run: npm ci$/),
  });
});

test("a data folder that cannot be made is one clear line", async () => {
  writeFileSync(join(folder.path, "data"), "a file");
  await expect(startRuntime(options())).rejects.toMatchObject({
    code: "data-folder-unusable",
    message: expect.stringContaining("cannot be used"),
  });
});

test("after a failed start the data folder is free", async () => {
  mkdirSync(join(folder.path, "data"));
  edit("migrations/0001_ticks.sql", () => "CREATE TABLE;");
  await expect(startRuntime(options())).rejects.toMatchObject({ code: "migration-failed" });
  edit("migrations/0001_ticks.sql", () => "CREATE TABLE ticks (a);");
  const runtime = await startRuntime(options());
  await runtime.stop();
});
