import { expect, test } from "vitest";
import project from "../../netpost.config.ts";
import { compile } from "../../shared/config/compile.ts";
import { decompile } from "../../shared/config/decompile.ts";
import { parseConfig } from "../../shared/config/parse.ts";

function compiled(input: unknown) {
  const parsed = parseConfig(input);
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const { config } = parsed;
  const monitors = config.monitors.map(({ id }, index) => {
    return [id, { number: index + 1, addedAt: 60 }] as const;
  });
  const regions = Object.keys(config.regions).map((id, index) => [id, index + 1] as const);
  return compile(config, { monitors: new Map(monitors), regions: new Map(regions) }, 1);
}

test("the project's own file, exported, means the same", () => {
  const document = compiled(project);
  expect(compiled(decompile(document))).toEqual(document);
});
