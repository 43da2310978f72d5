import { describe, expect, test } from "vitest";
import { configText, folderForTest, runConfig } from "./testing/cli.ts";

// Node itself runs the file, and its words are what people see: hence `check` as a process.
async function check(files: Readonly<Record<string, string>>, file = "monitors.ts") {
  const cwd = folderForTest(files);
  return runConfig(["check", "--file", file], { cwd });
}

describe.concurrent("a configuration file", { timeout: 30_000 }, () => {
  test("that is valid is said to be so", async () => {
    expect(await check({ "monitors.ts": configText() })).toEqual({
      code: 0,
      stdout: "Valid: 1 monitor, 1 region.\n",
      stderr: "",
    });
  });

  test("may be TypeScript and import other files", async () => {
    const region = 'export const region = { locationHint: "enam" as const };';
    const text = `
      import { region } from "./region.ts";
      export default { baseUrl: "https://a.example", regions: { here: region }, monitors: [] };`;
    const ran = await check({ "region.ts": region, "monitors.ts": text });
    expect(ran).toEqual({ code: 0, stdout: "Valid: 0 monitors, 1 region.\n", stderr: "" });
  });

  const unreadable = [
    ["is missing", {}, "monitors.ts: there is no such file"],
    [
      "has no default export",
      { "monitors.ts": "export const config = {};" },
      "monitors.ts: exports nothing; it has to say: export default defineConfig({ … })",
    ],
    [
      "has a syntax error",
      { "monitors.ts": "export default {\n  baseUrl: 1\n  regions: 2,\n};" },
      "monitors.ts:3: syntax error: Expected ',', got 'ident'",
    ],
    [
      "uses TypeScript that Node cannot strip",
      { "monitors.ts": "enum Group { Core }\nexport default {};" },
      "monitors.ts:1: syntax error: TypeScript enum is not supported in strip-only mode",
    ],
    [
      "imports a file that is missing",
      { "monitors.ts": 'import "./nowhere.ts";\nexport default {};' },
      "monitors.ts: Cannot find module nowhere.ts",
    ],
    [
      "imports a name that is not exported",
      {
        "other.ts": "export const a = 1;",
        "monitors.ts": 'import { b } from "./other.ts";\nexport default { b };',
      },
      "monitors.ts:1: syntax error: The requested module './other.ts' does not provide an export named 'b'",
    ],
    [
      "throws",
      { "monitors.ts": '\nthrow new Error("no base URL is set\\nand more");' },
      "monitors.ts:2: no base URL is set",
    ],
    ["throws what is no error", { "monitors.ts": 'throw "stop";' }, "monitors.ts: threw stop"],
    [
      "uses an unknown name",
      { "monitors.ts": "export default somewhere;" },
      "monitors.ts:1: somewhere is not defined",
    ],
  ] as const;

  test.for(unreadable)("that %s is one readable line", async ([, files, line]) => {
    expect(await check(files)).toEqual({ code: 1, stdout: "", stderr: `${line}\n` });
  });

  test("with another extension, or a folder, is one readable line", async () => {
    const cwd = folderForTest({ "monitors.json": "{}" });
    const json = await runConfig(["check", "--file", "monitors.json"], { cwd });
    expect(json.stderr).toBe("monitors.json: its name has to end in .ts, .mts, .js or .mjs\n");
    const folder = await runConfig(["check", "--file", ".."], { cwd });
    expect(folder).toMatchObject({ code: 1, stderr: expect.stringMatching(/: is no file\n$/) });
  });

  test("that breaks rules is refused whole, a line for every mistake", async () => {
    const text = configText({
      regions: { "us-east": { locationHint: "moon" } },
      defaults: { intervalSeconds: 45 },
      monitors: [{ id: "api", name: "API", url: "api/health", headers: { "x-key": "a\nb" } }],
    });
    const { code, stdout, stderr } = await check({ "monitors.ts": text });
    const [head, ...mistakes] = stderr.trimEnd().split("\n");
    expect({ code, stdout, head }).toEqual({
      code: 1,
      stdout: "",
      head: "monitors.ts is refused, nothing was changed. 4 mistakes:",
    });
    expect(mistakes).toEqual([
      expect.stringMatching(/^ {2}regions\.us-east\.locationHint: .*"wnam".*"me"/),
      "  defaults.intervalSeconds: an interval is 10, 20, 30 seconds, or whole minutes up to 86400 seconds",
      "  monitors[0].url: an http(s) URL, or a path that starts with /",
      "  monitors[0].headers.x-key: a header value is one line",
    ]);
  });

  test("that breaks rules is refused as JSON too", async () => {
    const cwd = folderForTest({ "monitors.ts": configText({ baseUrl: "ftp://a.example" }) });
    const { code, stdout } = await runConfig(["check", "--json", "--file", "monitors.ts"], { cwd });
    expect({ code, outcome: JSON.parse(stdout) }).toEqual({
      code: 1,
      outcome: {
        kind: "refused",
        file: "monitors.ts",
        mistakes: ["baseUrl: an http(s) URL"],
      },
    });
  });

  test("takes its base URL from --base-url, and else from NETPOST_BASE_URL", async () => {
    const cwd = folderForTest({ "monitors.ts": configText({ baseUrl: "not yet known" }) });
    const args = ["check", "--file", "monitors.ts"];
    const env = { NETPOST_BASE_URL: "http://127.0.0.1:9000" };
    expect(await runConfig(args, { cwd })).toMatchObject({ code: 1 });
    expect(await runConfig(args, { cwd, env })).toMatchObject({ code: 0 });
    const given = [...args, "--base-url", "https://a.example"];
    expect(await runConfig(given, { cwd })).toMatchObject({ code: 0 });
  });
});
