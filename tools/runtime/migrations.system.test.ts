import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startRuntime } from "./index.ts";
import { copyOfFixture, temporaryFolder } from "./testing/fixture.ts";

const WRANGLER = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin/wrangler.js",
);

let folder: ReturnType<typeof temporaryFolder>;
let project: string;
let dataDir: string;

beforeEach(() => {
  folder = temporaryFolder();
  project = copyOfFixture(folder.path);
  dataDir = join(folder.path, "data");
});

afterEach(() => {
  folder.remove();
});

/** @returns What one run applied and what the table then says. */
async function appliedByOneRun() {
  const runtime = await startRuntime({ configPath: join(project, "wrangler.toml"), dataDir });
  const { rows } = await runtime.query("SELECT id, name FROM d1_migrations ORDER BY id");
  await runtime.stop();
  return { applied: runtime.appliedMigrations, table: rows };
}

async function wrangler(...args: string[]): Promise<string> {
  const place = ["--config", join(project, "wrangler.toml"), "--env", "probe"];
  const all = [WRANGLER, ...args, "--local", "--persist-to", dataDir, ...place];
  const { stdout } = await promisify(execFile)(process.execPath, all, {
    cwd: project,
    env: {
      ...process.env,
      CI: "true",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
    },
  });
  return stdout;
}

test("each migration is applied once, in the order of its number", async () => {
  writeFileSync(join(project, "migrations", "10_later.sql"), "ALTER TABLE notes ADD COLUMN a;");
  const table = [
    { id: 1, name: "0001_ticks.sql" },
    { id: 2, name: "0002_notes.sql" },
    { id: 3, name: "10_later.sql" },
  ];
  expect(await appliedByOneRun()).toEqual({ applied: table.map(({ name }) => name), table });
  expect(await appliedByOneRun()).toEqual({ applied: [], table });
});

test("a migration that is added later is applied at the next start", async () => {
  await appliedByOneRun();
  writeFileSync(join(project, "migrations", "0003_more.sql"), "CREATE TABLE more (a);");
  expect(await appliedByOneRun()).toMatchObject({ applied: ["0003_more.sql"] });
});

test("a migration that fails is named, leaves nothing of itself, and keeps what came before", async () => {
  writeFileSync(
    join(project, "migrations", "0003_broken.sql"),
    "CREATE TABLE half (a);\nINSERT INTO nowhere VALUES (1);",
  );
  await expect(appliedByOneRun()).rejects.toMatchObject({
    code: "migration-failed",
    message: expect.stringMatching(/^Migration 0003_broken\.sql was not applied: .*nowhere/),
  });
  writeFileSync(join(project, "migrations", "0003_broken.sql"), "CREATE TABLE half (a);");
  expect(await appliedByOneRun()).toMatchObject({ applied: ["0003_broken.sql"] });
});

test("wrangler finds nothing left to apply, and the other way round", async () => {
  await appliedByOneRun();
  expect(await wrangler("d1", "migrations", "apply", "DB")).toContain("No migrations to apply");
  writeFileSync(join(project, "migrations", "0003_more.sql"), "CREATE TABLE more (a);");
  expect(await wrangler("d1", "migrations", "apply", "DB")).toContain("0003_more.sql");
  expect(await appliedByOneRun()).toMatchObject({ applied: [] });
});
