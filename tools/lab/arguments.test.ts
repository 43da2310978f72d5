import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

describe("the arguments of npm run lab", () => {
  it("none are needed: a million checks, every policy", () => {
    const read = readArguments([]);
    expect(read).toMatchObject({
      arguments: { part: "simulated", seed: 1, until: { checks: 1_000_000 } },
    });
    if (read.kind !== "run" || read.arguments.part !== "simulated") throw new Error("not run");
    expect(read.arguments.policies).toHaveLength(14);
  });

  it("takes a seed, days and policies", () => {
    const read = readArguments(["--seed", "7", "--days", "365", "--policy", "any/1,majority/3"]);
    expect(read).toMatchObject({
      arguments: { seed: 7, until: { days: 365 }, policies: [{ name: "any/1" }, {}] },
    });
  });

  it("kills fifty times in the real part", () => {
    expect(readArguments(["--real"])).toEqual({
      kind: "run",
      arguments: { part: "real", seed: 1, kills: 50, minutes: 60 },
    });
  });

  const mistakes = [
    [["--checks", "many"], "--checks: a whole number from 1 to 100000000 (see --help)"],
    [["--policy", "most/1"], /^--policy: no such policy; allowed: majority\/1, .* \(see --help\)$/],
    [["--checks", "1", "--days", "1"], "--checks and --days cannot both be given"],
    [["--kills", "3"], "--kills has no meaning without --real (see --help)"],
    [["--real", "--days", "3"], "--days has no meaning with --real (see --help)"],
    [
      ["--real", "--kills", "5", "--minutes", "4"],
      "--kills: at most one a minute, so at most 4 (see --minutes)",
    ],
    [["--fast"], "Unknown option '--fast' (see --help)"],
  ] as const;
  for (const [args, message] of mistakes) {
    it(`refuses ${args.join(" ")}`, () => {
      const read = readArguments(args);
      if (read.kind !== "mistake") throw new Error("was accepted");
      expect(read.message).toMatch(message);
    });
  }
});
