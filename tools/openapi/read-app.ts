import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";

/** A JSON Schema, or any other part of an OpenAPI document. */
export type Json = { [key: string]: unknown };

type Definition = OpenAPIHono["openAPIRegistry"]["definitions"][number];

/** A route as `createRoute` was given it. */
export type DeclaredRoute = Extract<Definition, { type: "route" }>["route"];

/** What the application declares, and what it serves. */
export interface ApiSource {
  /** Everything inlined, with the routes' own words only. */
  readonly document: Json;
  readonly routes: readonly DeclaredRoute[];
  /** Method and path, as `GET /api/status`, of whatever has a handler; `{}` around parameters. */
  readonly handled: readonly string[];
  /** The scope that a key needs for a method and path. */
  readonly scopeOf: (method: string, path: string) => string;
}

// By its address: only the project of Workers checks the types of what it imports.
const address = new URL("./app-worker.ts", import.meta.url).href;

const workerSchema = z.object({
  app: z.instanceof(OpenAPIHono),
  scopeOf: z.custom<ApiSource["scopeOf"]>((value) => typeof value === "function"),
});

/** Reads the routes of the api Worker; runs in Node. */
export async function readApp(): Promise<ApiSource> {
  const module: unknown = await import(/* @vite-ignore */ address);
  const { app, scopeOf } = workerSchema.parse(module);
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" ? [definition.route] : [],
  );
  return { document: documentOf(app), routes, handled: handledBy(app), scopeOf };
}

/** The JSON Schema of each schema, as the document would inline it. */
export function schemasAsJson(schemas: ReadonlyMap<string, z.ZodType>): Map<string, Json> {
  const scratch = new OpenAPIHono();
  for (const [name, schema] of schemas) {
    // A copy has the methods that the library adds; a schema made before it was loaded has not.
    scratch.openAPIRegistry.register(name, schema.meta({ ...schema.meta() }));
  }
  const { components } = z
    .object({ components: z.object({ schemas: z.record(z.string(), jsonSchema) }) })
    .parse(documentOf(scratch));
  return new Map(Object.entries(components.schemas));
}

export const jsonSchema = z.record(z.string(), z.unknown());

function documentOf(app: OpenAPIHono): Json {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "NetPost monitoring", version: "0" },
  });
  return jsonSchema.parse(JSON.parse(JSON.stringify(document)));
}

function handledBy(app: OpenAPIHono): string[] {
  // Middleware is registered for every method.
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  const names = routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/:([^/{]+)(?:\{[^}]*\})?/g, "{$1}")}`,
  );
  return [...new Set(names)].sort();
}
