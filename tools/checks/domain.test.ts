import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { root } from "./repository.ts";

/** A folder with these files, gone after the test. */
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "domain-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs a command of ours in a folder; returns what it printed. */
function run(command: string, args: readonly string[], cwd: string): string {
  return spawnSync(join(root, "node_modules/.bin", command), args, { cwd, encoding: "utf8" })
    .stdout;
}

const reportSchema = z.object({ diagnostics: z.array(z.object({ message: z.string() })) });

/** What our linter says about a file of the domain, a message each. */
function lint(source: string, path = "shared/domain/sample.ts"): string[] {
  const folder = folderWith({ [path]: source });
  for (const ours of ["biome.json", "tools/checks/pure-domain.grit"]) {
    cpSync(join(root, ours), join(folder, ours));
  }
  const report = run("biome", ["lint", "--reporter=rdjson"], folder);
  return reportSchema.parse(JSON.parse(report)).diagnostics.map(({ message }) => message);
}

/** What the compiler says about a file of the domain, a line each. */
function compile(source: string): string[] {
  const config = { extends: join(root, "shared/domain/tsconfig.json"), include: ["*.ts"] };
  const folder = folderWith({ "tsconfig.json": JSON.stringify(config), "sample.ts": source });
  return run("tsc", ["--pretty", "false"], folder).trim().split("\n");
}

describe("in the domain", () => {
  const noClock = "The domain reads no clock: take the time as an argument.";
  const noChance = "The domain takes no chances: take a source of randomness as an argument.";
  it.each([
    ["const x = Date.now();", noClock],
    ["const x = [0].map(Date.now);", noClock],
    ["const x = new Date();", noClock],
    ["const x = Date();", noClock],
    ["const { now } = Date;", noClock],
    ["const x = Math.random();", noChance],
    ["const { random } = Math;", noChance],
    ["const x = performance.now();", "Do not use the global variable performance."],
    ["const x = fetch('http://localhost');", "Do not use the global variable fetch."],
    ["const x = globalThis;", "Do not use the global variable globalThis."],
  ])("the linter refuses `%s`", (statement, message) => {
    expect(lint(`export ${statement}\n`)).toEqual([message]);
  });

  it("the linter takes dates that come from an argument, and fields named as a global is", () => {
    const source =
      "export const a = (ms: number) => ({ fetch: new Date(ms), floor: Math.floor(ms) });";
    expect(lint(source)).toEqual([]);
  });

  it("the linter lets tests read the clock", () => {
    expect(lint("export const x = Date.now();", "shared/domain/sample.test.ts")).toEqual([]);
  });

  it("I/O of every platform does not compile, what the language has does", () => {
    const values = ["fetch", "console", "setTimeout", "performance", "crypto", "process", "Buffer"];
    const types = ["D1Database", "Response", "ExportedHandler"];
    const mistakes = compile(
      [
        ...values.map((name, index) => `export const v${index} = ${name};`),
        ...types.map((name, index) => `export type T${index} = ${name};`),
        "export const fine = new Intl.DateTimeFormat('en').format(new Map([[1, 2]]).get(1) ?? 0);",
      ].join("\n"),
    );
    const refused = mistakes.map((line) => /Cannot find name '(\w+)'/.exec(line)?.[1]);
    expect(refused).toEqual([...values, ...types]);
  });
});
