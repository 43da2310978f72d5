import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Runtime, startRuntime } from "../runtime/index.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "netpost-rollups-test-"));
const dataDir = join(folder, "data");
/** An hour that is over, whenever the test runs. */
const start = Date.UTC(2026, 0, 5, 12) / 1000;

/** Runs the command as people do. */
function rollups(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const args = [program, ...line.split(" "), "--data", dataDir];
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: folder, env, timeout: 60_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("without a database one line says what to run", async () => {
  expect(await rollups("verify")).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "rollups: The local database in data does not exist yet. Run npm start, which makes it.\n",
  });
});

describe("while npm start runs", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime({ dataDir });
    await runtime.batch(
      [
        "INSERT INTO monitors (number, id, added_at) VALUES (1, 'api', 0), (2, 'feed', 0)",
        "INSERT INTO regions (number, id) VALUES (1, 'us-east'), (2, 'eu-west')",
        `INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms)
         SELECT ${start} + minutes.value * 60, monitors.number, regions.number, 0, 1, 120
         FROM json_each('[0, 1, 2, 3]') AS minutes CROSS JOIN monitors CROSS JOIN regions`,
      ].map((sql) => ({ sql, params: [] })),
    );
  });
  afterAll(() => runtime?.stop());

  const range = "--from 2026-01-05T12:00Z --to 2026-01-05T13:00Z";
  const looked = "1 hour and 1 day from 2026-01-05T12:00Z to 2026-01-05T13:00Z, 16 results";

  test("verify names every rollup that is not as its results say", async () => {
    const { code, stdout } = await rollups(`verify ${range}`);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "missing    hour 2026-01-05T12:00Z  api, us-east",
      "missing    hour 2026-01-05T12:00Z  api, eu-west",
      "missing    hour 2026-01-05T12:00Z  feed, us-east",
      "missing    hour 2026-01-05T12:00Z  feed, eu-west",
      `${looked}: 4 rollups not as their results say. To mend: npm run rollups -- rebuild`,
    ]);
  });

  test("rebuild makes them, and verify finds nothing more", async () => {
    const equal = { code: 0, stdout: `${looked}: every rollup equals its results.\n`, stderr: "" };
    expect(await rollups(`rebuild ${range}`)).toEqual(equal);
    expect(await rollups(`verify ${range}`)).toEqual(equal);
    const { rows } = await runtime.query("SELECT step, sum(up) AS up FROM rollups GROUP BY step");
    expect(rows).toEqual([
      { step: 3600, up: 16 },
      { step: 86400, up: 16 },
    ]);
  });

  test("a time without results is said to be one", async () => {
    expect(await rollups("verify --to 2026-01-05")).toEqual({
      code: 0,
      stdout: "No whole hour of results is kept in that time: nothing to compare.\n",
      stderr: "",
    });
  });
});
