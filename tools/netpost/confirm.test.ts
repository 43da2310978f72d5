import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { confirm } from "./confirm.ts";

test.each([
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["yesterday\n", false],
  ["", false],
])("the answer %j means %s", async (text, meaning) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(text);
  expect(await confirm("Sure? ", { input, output })).toBe(meaning);
  expect(String(output.read())).toContain("Sure? ");
});
