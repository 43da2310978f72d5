import { describe, expect, test } from "vitest";
import { HELP, readArguments } from "./arguments.ts";

describe("the arguments of npm run config", () => {
  test("default to the project's file, the local database and asking", () => {
    expect(readArguments(["plan"], {})).toEqual({
      kind: "run",
      arguments: {
        command: "plan",
        file: expect.stringMatching(/\/netpost\.config\.ts$/),
        baseUrl: undefined,
        dataDir: expect.stringMatching(/\/\.data$/),
        remote: false,
        json: false,
        yes: false,
      },
    });
  });

  test("can all be given", () => {
    const line = "apply --file a.ts --base-url https://a.example --data d --json --yes";
    expect(readArguments(line.split(" "), { NETPOST_BASE_URL: "https://b.example" })).toEqual({
      kind: "run",
      arguments: {
        command: "apply",
        file: "a.ts",
        baseUrl: "https://a.example",
        dataDir: "d",
        remote: false,
        json: true,
        yes: true,
      },
    });
  });

  test("fall back to NETPOST_BASE_URL and DATA_DIR, which count as unset when empty", () => {
    const env = { NETPOST_BASE_URL: "https://b.example", DATA_DIR: "elsewhere" };
    expect(readArguments(["show"], env)).toMatchObject({
      arguments: { baseUrl: "https://b.example", dataDir: "elsewhere" },
    });
    expect(readArguments(["show"], { NETPOST_BASE_URL: "", DATA_DIR: "" })).toMatchObject({
      arguments: { baseUrl: undefined, dataDir: expect.stringMatching(/\/\.data$/) },
    });
  });

  test("--help wins over everything that could be parsed", () => {
    expect(readArguments(["--help"], {})).toEqual({ kind: "help" });
    expect(readArguments(["nonsense", "--help"], {})).toEqual({ kind: "help" });
    expect(HELP).toContain("npm run config -- <command>");
  });

  test.each([
    ["", "a command is needed; one of plan, apply, check, show (see --help)"],
    ["destroy", "unknown command destroy; one of plan, apply, check, show (see --help)"],
    ["plan now", "unexpected argument now (see --help)"],
    ["plan --force", "Unknown option '--force' (see --help)"],
    ["plan --file", "Option '--file <value>' argument missing (see --help)"],
    ["plan --json=1", "Option '--json' does not take an argument (see --help)"],
    [
      "plan --base-url netpost.example",
      "--base-url must be an http(s) URL, for example https://netpost.example",
    ],
    [
      "plan --remote --data d",
      "--data and --remote cannot both be given: only npm start has a data folder",
    ],
  ])("%j is a mistake, told in one line", (line, message) => {
    const args = line.split(" ").filter((word) => word !== "");
    expect(readArguments(args, {})).toEqual({ kind: "mistake", message });
  });

  test("a base URL from the environment is checked, and named", () => {
    expect(readArguments(["plan"], { NETPOST_BASE_URL: "ftp://a.example" })).toEqual({
      kind: "mistake",
      message: "NETPOST_BASE_URL must be an http(s) URL, for example https://netpost.example",
    });
  });
});
