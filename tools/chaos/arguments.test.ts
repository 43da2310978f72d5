import { expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

it("runs for two minutes unless told otherwise", () => {
  expect(readArguments([])).toEqual({ kind: "run", seconds: 120, seed: 1, verbose: false });
  expect(readArguments(["--seconds", "30", "--seed", "7", "--verbose"])).toEqual({
    ...{ kind: "run", seconds: 30, seed: 7, verbose: true },
  });
});

it.each([
  [["--seconds", "0"], "--seconds: a whole number from 5 to 86400 (see --help)"],
  [["--seed", "x"], "--seed: a whole number from 0 to 4294967295 (see --help)"],
  [["--hours", "1"], "Unknown option '--hours' (see --help)"],
])("refuses %j in one line", (args, message) => {
  expect(readArguments(args)).toEqual({ kind: "mistake", message });
});
