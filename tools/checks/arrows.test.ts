import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { wrongImports } from "./arrows.ts";
import { filesMatching, readSources, root } from "./repository.ts";

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

function wrongIn(tree: Record<string, string>): string[] {
  return wrongImports(new Map(Object.entries(tree)), new Set(["zod", "@hono/zod-openapi"]));
}

it("our imports point one way", () => {
  const { dependencies } = packageSchema.parse(
    JSON.parse(readFileSync(`${root}package.json`, "utf8")),
  );
  // Fixtures are stand-ins for a project of their own.
  const paths = filesMatching("**/*.ts").filter((path) => !path.includes("/fixtures/"));
  expect(paths).toContain("workers/probe/index.ts");
  expect(wrongImports(readSources(paths), new Set(Object.keys(dependencies)))).toEqual([]);
});

describe("the checker", () => {
  it("is content with imports that point one way", () => {
    expect(
      wrongIn({
        "shared/domain/a.ts": `import { b } from "./b.ts";`,
        "shared/domain/b.ts": "export const b = 1;",
        "shared/domain/b.test.ts": `import { it } from "vitest"; import { b } from "./b.ts";`,
        "shared/contract/c.ts": `import { z } from "zod"; import "../domain/a.ts";`,
        "shared/storage/d.ts": `import "../contract/c.ts";`,
        "shared/measure/m.ts": `import "../storage/d.ts"; import "../domain/a.ts";`,
        "workers/probe/e.ts": `import { DurableObject } from "cloudflare:workers"; import "../../shared/storage/d.ts";`,
        "workers/api/f.ts": `import { z } from "@hono/zod-openapi"; import "../../shared/measure/m.ts"; import type { A } from "miniflare";`,
        "tools/g.ts": `import "../netpost.config.ts"; import "esbuild";`,
        "tools/h-worker.ts": `import { tick } from "../workers/probe/e.ts";`,
        "netpost.config.ts": `import "./shared/domain/a.ts";`,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "the domain imports storage",
      {
        "shared/domain/a.ts": `import type { B } from "../storage/b.ts";`,
        "shared/storage/b.ts": "",
      },
      "shared/domain/a.ts imports shared/storage/b.ts, but may import only its own area (domain).",
    ],
    [
      "the domain imports a package",
      { "shared/domain/a.ts": `export * from "zod";` },
      "shared/domain/a.ts imports the package zod, but the domain imports no package at all.",
    ],
    [
      "the contract needs Node",
      { "shared/contract/a.ts": `import "node:fs";` },
      "shared/contract/a.ts imports the package node:fs, but it has to run in Node and in workerd alike.",
    ],
    [
      "storage imports what is computed from it",
      {
        "shared/storage/a.ts": `import "../measure/b.ts";`,
        "shared/measure/b.ts": "",
      },
      "shared/storage/a.ts imports shared/measure/b.ts, but may import only its own area (storage), shared, contract, domain.",
    ],
    [
      "one Worker imports the other, if only a type of it",
      {
        "workers/api/a.ts": `type P = import("../probe/b.ts").P;`,
        "workers/probe/b.ts": "",
      },
      "workers/api/a.ts imports workers/probe/b.ts, but may import only its own area (api), measure, storage, shared, contract, domain.",
    ],
    [
      "a Worker imports a tool, when it runs",
      { "workers/api/a.ts": `await import("../../tools/b.ts");`, "tools/b.ts": "" },
      "workers/api/a.ts imports tools/b.ts, but may import only its own area (api), measure, storage, shared, contract, domain.",
    ],
    [
      "a tool imports a Worker",
      { "tools/a.ts": `export { b } from "../workers/probe/b.ts";`, "workers/probe/b.ts": "" },
      "tools/a.ts imports workers/probe/b.ts, but may import only its own area (tools), measure, storage, shared, contract, domain, root.",
    ],
    [
      "a tool imports a Worker of its own, which it should run instead",
      { "tools/a.ts": `import "./b-worker.ts";`, "tools/b-worker.ts": "" },
      "tools/a.ts imports tools/b-worker.ts, but may import only its own area (tools), measure, storage, shared, contract, domain, root.",
    ],
    [
      "product code imports test code",
      { "tools/a.ts": `import "./testing/b.ts";`, "tools/testing/b.ts": "" },
      "tools/a.ts imports tools/testing/b.ts, but only tests may import test code.",
    ],
    [
      "a Worker needs what is not deployed",
      { "workers/api/a.ts": `import { build } from "esbuild";` },
      "workers/api/a.ts gets deployed and imports esbuild, which is not among the dependencies in package.json.",
    ],
    [
      "a file is not there",
      { "tools/a.ts": `import "./b.ts";` },
      "tools/a.ts imports tools/b.ts, which does not exist.",
    ],
    [
      "a folder is new",
      { "web/a.ts": `import "zod";` },
      "web/a.ts is in no area that tools/checks/arrows.ts knows: add it there.",
    ],
    [
      "imports go in a circle",
      {
        "tools/a.ts": `import "./b.ts";`,
        "tools/b.ts": `export * from "./c.ts";`,
        "tools/c.ts": `import "./a.ts";`,
      },
      "tools/a.ts imports tools/b.ts imports tools/c.ts imports tools/a.ts: a cycle.",
    ],
  ])("complains when %s", (_, tree, sentence) => {
    expect(wrongIn(tree)).toEqual([sentence]);
  });

  it("lets types refer to each other in a circle", () => {
    expect(
      wrongIn({
        "tools/a.ts": `import type { B } from "./b.ts";`,
        "tools/b.ts": `export type { A } from "./a.ts";`,
      }),
    ).toEqual([]);
  });

  it("is not misled by imports in comments and strings", () => {
    expect(
      wrongIn({ "shared/domain/a.ts": `// import "zod";\nexport const text = 'import "zod"';` }),
    ).toEqual([]);
  });

  it("names the file that does not parse", () => {
    expect(() => wrongIn({ "tools/a.ts": "const = 1;" })).toThrow("tools/a.ts does not parse");
  });
});
