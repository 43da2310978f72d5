import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { helpOf, helpOfAll } from "./help.ts";
import { readCommandLine } from "./read-command-line.ts";

const read = (line: string) =>
  readCommandLine(
    commands,
    line.split(" ").filter((word) => word !== ""),
  );

describe("the arguments of npm run netpost", () => {
  test("are a command, its operands and its options", () => {
    expect(read("probe api --region a --region b --json")).toMatchObject({
      kind: "run",
      command: { name: "probe" },
      operands: ["api"],
      values: { region: ["a", "b"], json: true },
    });
  });

  test("--help tells of the whole, or of one command, whatever else stands there", () => {
    expect(read("--help")).toEqual({ kind: "help", command: undefined });
    expect(read("probe --nonsense --help")).toMatchObject({ command: { name: "probe" } });
    for (const command of commands) {
      expect(helpOfAll(commands)).toContain(`  ${command.name} `);
      const help = helpOf(command);
      for (const option of Object.keys(command.options)) expect(help).toContain(`--${option}`);
      const longest = Math.max(...help.split("\n").map((line) => line.length));
      expect(longest, help).toBeLessThanOrEqual(130);
    }
  });

  test.each([
    ["", /^a command is needed; one of check, plan, apply, .* \(see --help\)$/],
    ["destroy", /^unknown command destroy; one of check, plan/],
    ["plan now", /^plan: unexpected argument now \(see --help\)$/],
    ["rollback", /^rollback: <revision> is missing \(see --help\)$/],
    ["plan --force", /^plan: Unknown option '--force' \(see --help\)$/],
    ["plan --file", /^plan: Option '--file <value>' argument missing \(see --help\)$/],
  ])("%j is a mistake, told in one line", (line, message) => {
    expect(read(line)).toEqual({ kind: "mistake", message: expect.stringMatching(message) });
  });
});
