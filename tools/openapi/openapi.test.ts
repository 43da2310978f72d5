import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { problemSlugs } from "../../shared/contract/api/problem.ts";
import { generate } from "./generate.ts";
import { hoist } from "./hoist.ts";
import { lintDocument } from "./lint.ts";

const { document, files, handled } = await generate();
const parameterSchema = z.object({
  name: z.string(),
  description: z.string(),
  example: z.unknown(),
});
const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameterSchema).default([]),
  responses: z.record(z.string(), z.unknown()),
});
const paths = z
  .record(z.string(), z.record(z.string(), operationSchema))
  .parse(z.object({ paths: z.unknown() }).parse(document).paths);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
);

/** Served, and rightly not in the document. */
const undocumented: readonly string[] = [];

describe("the OpenAPI document", () => {
  it("passes a strict linter", async () => {
    expect(await lintDocument(JSON.stringify(document))).toEqual([]);
  });

  it("is refused by the linter where an operation has no name", async () => {
    const broken = structuredClone(document);
    const parsed = z
      .object({
        paths: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
      })
      .parse(broken);
    delete parsed.paths["/api/status"]?.["get"]?.["operationId"];
    const complaints = await lintDocument(JSON.stringify({ ...broken, paths: parsed.paths }));
    expect(complaints.join("\n")).toContain("operation-operationId");
  });

  it.each([...files.keys()])("%s is what the routes say; if not: npm run openapi", (path) => {
    const kept = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    expect(kept === files.get(path)).toBe(true);
  });

  it("has every route that is served, and no other", () => {
    const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(documented.toSorted()).toEqual(handled.filter((one) => !undocumented.includes(one)));
  });

  it("names every operation by a verb and a noun", () => {
    for (const { operationId } of operations) expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
  });

  it("says of every parameter what it means, and shows one", () => {
    const unclear = operations.flatMap(({ operationId, parameters }) =>
      parameters
        .filter(({ description, example }) => description === "" || example === undefined)
        .map(({ name }) => `${operationId}: ${name}`),
    );
    expect(unclear).toEqual([]);
  });

  it("says of every operation under /api/monitoring that it needs a key, and how it refuses", () => {
    for (const { path, security, responses } of operations) {
      const isGuarded = path.startsWith("/api/monitoring/");
      expect(security.length > 0, path).toBe(isGuarded);
      if (isGuarded)
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "403", "429"]));
    }
  });
});

it("every type of problem is told of in docs/api.md", () => {
  const docs = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  const missing = problemSlugs.filter((slug) => !docs.includes(`\n| \`${slug}\` | `));
  expect(missing).toEqual([]);
});

describe("hoist", () => {
  const point = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };
  const named = new Map([["Point", point]]);

  it("refers to what has a name, and keeps what is said of it in its place", () => {
    const line = { type: "array", items: { ...point, description: "one end" } };
    expect(hoist(line, named)).toEqual({
      value: {
        type: "array",
        items: { $ref: "#/components/schemas/Point", description: "one end" },
      },
      components: { Point: point },
    });
  });

  it("sees through null beside it", () => {
    const value = { ...point, type: ["object", "null"] };
    expect(hoist(value, named).value).toEqual({
      anyOf: [{ $ref: "#/components/schemas/Point" }, { type: "null" }],
    });
  });

  it("leaves alone what differs, and names nothing that is not used", () => {
    const other = { ...point, required: [] };
    expect(hoist(other, named)).toEqual({ value: other, components: {} });
  });
});
