import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Surroundings, wrongInDocs } from "./docs.ts";
import { filesMatching, readSources, root } from "./repository.ts";

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

it("our documents name and link only what exists", () => {
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(`${root}package.json`, "utf8")));
  const ours: Surroundings = {
    exists: (path) =>
      /[*{]/.test(path) ? filesMatching(path).length > 0 : existsSync(`${root}${path}`),
    scripts: new Set(Object.keys(scripts)),
  };
  expect(wrongInDocs(readSources(filesMatching("**/*.md")), ours)).toEqual([]);
});

const files = ["README.md", "docs/a.md", "docs/b.md", "docs", "tools/deploy.ts", "shared/*.ts"];
const surroundings: Surroundings = {
  exists: (path) => files.includes(path),
  scripts: new Set(["test", "start", "deploy"]),
};

function wrongIn(documents: Record<string, string>): string[] {
  return wrongInDocs(new Map(Object.entries(documents)), surroundings);
}

describe("the checker", () => {
  it("is content with what exists", () => {
    const b = "# Bee\n## What `x/y` is, *really*?\n## Bee\n<a id='no'></a><a id=\"own\"></a>\n";
    expect(
      wrongIn({
        "docs/b.md": b,
        "README.md": [
          "[b](docs/b.md#what-xy-is-really), [again](docs/b.md#bee-1), [own](docs/b.md#own)",
          "[web](https://example.com/nowhere#x) [mail](mailto:a@b.c) [here](#top) ![i](/docs/a.md)",
          "[ref][r] `tools/deploy.ts:12` `node tools/deploy.ts --help` `shared/*.ts` `shared/…`",
          "`npm test`, `npm run deploy -- --dry-run`, `workers/<name>/index.ts`, npm start.",
          "<!-- [gone](gone.md) -->",
          "```md",
          "[not a link](gone.md)",
          "# not a heading",
          "```",
          "# Top",
          "[r]: ./docs/a.md",
        ].join("\n"),
      }),
    ).toEqual([]);
  });

  it.each([
    ["a link leads nowhere", "[c](c.md)", "docs/a.md links to c.md, which does not exist."],
    ["a definition leads nowhere", "[c]: c.md", "docs/a.md links to c.md, which does not exist."],
    [
      "a link leaves the repository",
      "[c](../../c.md)",
      "docs/a.md links to ../../c.md, which is outside the repository.",
    ],
    [
      "a heading is gone from the document itself",
      "# One\n[x](#two)",
      "docs/a.md links to #two, but docs/a.md has no heading #two.",
    ],
    [
      "a heading is gone from another document",
      "[x](b.md#two)",
      "docs/a.md links to b.md#two, but docs/b.md has no heading #two.",
    ],
    [
      "a path in code is gone",
      "Look into `tools/gone.ts`.",
      "docs/a.md names tools/gone.ts, which does not exist.",
    ],
    [
      "a path in a code block is gone",
      "```sh\nnode ./tools/gone.ts --x\n```",
      "docs/a.md names tools/gone.ts, which does not exist.",
    ],
    [
      "nothing matches a glob",
      "`migrations/*.sql`",
      "docs/a.md names migrations/*.sql, which does not exist.",
    ],
    [
      "a script is gone",
      "```\nnpm run bench\n```",
      "docs/a.md names the npm script bench, which is not in package.json.",
    ],
  ])("complains when %s", (_, text, sentence) => {
    expect(wrongIn({ "docs/a.md": text, "docs/b.md": "# One" })).toEqual([sentence]);
  });
});
