import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../netpost/main.ts", import.meta.url));

/** What the command printed, and its exit code. */
export type Ran = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the command as people do, in a folder of theirs; settings of this process are not seen. */
export function runConfig(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const environment = { PATH: process.env["PATH"] ?? "", HOME: cwd, ...env };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...args],
      { cwd, env: environment, timeout: 60_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const folders: string[] = [];
// At the file's end: what ends with a test is not told apart between concurrent ones.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, an ES package as the project is one; gone after the file's tests. */
export function folderForTest(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "netpost-config-test-"));
  folders.push(folder);
  const all = { "package.json": '{ "type": "module" }', ...files };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
  return folder;
}

/** The text of a valid configuration file, with other top-level fields over its own. */
export function configText(fields: object = {}): string {
  const config = {
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: [{ id: "api", name: "API", url: "/api/health" }],
    ...fields,
  };
  return `export default ${JSON.stringify(config)};\n`;
}
