import { expect, it } from "vitest";
import { z } from "zod";
import { databaseOptions, readBenchArguments, whole } from "./arguments.ts";

const schema = z.object({ ...databaseOptions, seconds: whole(1, 20).prefault("5") });
const read = (...args: string[]) => readBenchArguments(schema, args);

it("reads the options of a bench, with what is left out as usual", () => {
  const usual = { days: 90, monitors: 100, data: null, seconds: 5 };
  expect(read()).toEqual({ kind: "run", options: usual });
  expect(read("--days", "7", "--data=folder")).toEqual({
    kind: "run",
    options: { ...usual, days: 7, data: "folder" },
  });
  expect(read("--days", "none", "--help")).toEqual({ kind: "help" });
});

it.each([
  [["--seconds", "21"], "--seconds: a whole number from 1 to 20 (see --help)"],
  [["--days", "2.5"], "--days: a whole number from 2 to 365 (see --help)"],
  [["--days", ""], "--days: a whole number from 2 to 365 (see --help)"],
  [["--colour", "red"], "Unknown option '--colour' (see --help)"],
  [["read"], expect.stringMatching(/^Unexpected argument 'read'.*\(see --help\)$/)],
])("says in one line what is wrong with %j", (args, message) => {
  expect(read(...args)).toEqual({ kind: "mistake", message });
});
