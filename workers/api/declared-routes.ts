/** What the routes declare of themselves, for whoever has to look it up by a request. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./context.ts";

type Definition = OpenAPIHono["openAPIRegistry"]["definitions"][number];
export type DeclaredRoute = Extract<Definition, { type: "route" }>["route"];

/** The route that serves a path: the one with fewest parameters among those that fit. */
export function declaredRoute(
  app: OpenAPIHono<ApiEnv>,
  method: string,
  path: string,
): DeclaredRoute | null {
  const asked = method === "HEAD" ? "get" : method.toLowerCase();
  const fitting = app.openAPIRegistry.definitions
    .flatMap((definition) => (definition.type === "route" ? [definition.route] : []))
    .filter((route) => route.method === asked && patternOf(route.path).test(path));
  return fitting.sort((a, b) => parametersIn(a) - parametersIn(b))[0] ?? null;
}

function patternOf(path: string): RegExp {
  const literal = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

function parametersIn({ path }: DeclaredRoute): number {
  return path.split("{").length;
}
