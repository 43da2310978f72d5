import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

describe("the arguments of npm run plan", () => {
  it("none are needed", () => {
    expect(readArguments([])).toMatchObject({
      kind: "run",
      arguments: { plan: undefined, json: false, baseUrl: undefined },
    });
  });

  it("names a plan and a file", () => {
    const read = readArguments(["--plan", "paid", "--file", "other.ts", "--json"]);
    expect(read).toMatchObject({ arguments: { plan: "paid", file: "other.ts", json: true } });
  });

  const mistakes = [
    [["--plan", "gold"], "--plan: one of free, paid (see --help)"],
    [["--fast"], "Unknown option '--fast' (see --help)"],
  ] as const;
  for (const [args, message] of mistakes) {
    it(`refuses ${args.join(" ")}`, () => {
      expect(readArguments(args)).toEqual({ kind: "mistake", message });
    });
  }
});
