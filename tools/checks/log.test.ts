import { expect, it } from "vitest";
import { filesMatching, readSources } from "./repository.ts";

/** The one file that writes to the console: one JSON object a line, with ids and without secrets. */
const theLog = "shared/log.ts";

function consoleIn(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([path, source]) =>
    source
      .split("\n")
      .flatMap((line, index) => (/\bconsole\b\s*[.[]/.test(line) ? `${path}:${index + 1}` : [])),
  );
}

it("the Workers write to the log through one door", () => {
  const product = filesMatching("workers/**/*.ts", "shared/**/*.ts").filter(
    (path) => !path.endsWith(".test.ts") && !path.includes("/testing/"),
  );
  expect(product).toContain("workers/api/index.ts");
  const found = consoleIn(readSources(product));
  expect(found.filter((place) => !place.startsWith(`${theLog}:`))).toEqual([]);
  expect(found).toHaveLength(1);
});

it("a console elsewhere is found", () => {
  expect(
    consoleIn(new Map([["a.ts", 'x;\nconsole.log("y");\nglobalThis.console["warn"](1);']])),
  ).toEqual(["a.ts:2", "a.ts:3"]);
});
