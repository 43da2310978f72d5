/** Holds every answer that a test gets against what its route declares, hence the OpenAPI document. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { expect } from "vitest";
import { z } from "zod";
import { choiceOf } from "../../../shared/contract/api/fields.ts";
import { impliedProblems } from "../../../shared/contract/api/implied-problems.ts";
import { problemSchema } from "../../../shared/contract/api/problem.ts";
import type { ApiEnv } from "../context.ts";
import { type DeclaredRoute, declaredRoute } from "../declared-routes.ts";
import { partOf } from "./part-of.ts";

const declaredSchema = z.object({
  content: z.record(z.string(), z.object({ schema: z.unknown().optional() })).optional(),
});

const problemType = "application/problem+json";

/**
 * Fails the test where an answer's status, type or body is not declared; a field more is one too.
 *
 * @param path as it was asked for, with or without a query
 */
export async function expectAgreement(
  app: OpenAPIHono<ApiEnv>,
  method: string,
  path: string,
  response: Response,
): Promise<void> {
  const { pathname, searchParams } = new URL(path, "http://api.example");
  const route = declaredRoute(app, method, pathname);
  const type = response.headers.get("Content-Type")?.split(";")[0] ?? "";
  const what = `${method} ${route?.path ?? pathname} answered ${response.status}`;
  if (!response.headers.has("X-Request-Id")) throw new Error(`${what} without X-Request-Id`);
  const content = route === null ? { [problemType]: problemSchema } : declaredBy(route, response);
  // What answers OPTIONS is no route's, and HEAD has no body.
  if (method === "OPTIONS") return;
  if (content === null) throw new Error(`${what}, which it does not declare`);
  const types = Object.keys(content);
  if (types.length === 0 || (method === "HEAD" && type === "")) return;
  if (!types.includes(type)) throw new Error(`${what} as "${type}", declared: ${types.join(", ")}`);
  if (method === "HEAD" || !/^application\/(?:problem\+)?json$/.test(type)) return;
  const schema = content[type];
  const body: unknown = await response.clone().json();
  if (!(schema instanceof z.ZodType)) return;
  const fields = response.ok ? searchParams.get("fields") : null;
  const choice = fields === null ? null : choiceOf(schema, route?.path.split("/").at(-1) ?? "");
  const promised = choice === null ? schema : partOf(schema, choice, fields?.split(",") ?? []);
  const parsed = promised.safeParse(body);
  if (!parsed.success) throw new Error(`${what}, not as declared: ${parsed.error.message}`);
  expect(parsed.data, `${what} with more than it declares`).toEqual(body);
}

/** What a route may answer with a status, by type; null: nothing. */
function declaredBy(
  { path, request, responses }: DeclaredRoute,
  { status }: Response,
): Readonly<Record<string, unknown>> | null {
  const declared = declaredSchema.safeParse(responses[status]);
  if (declared.success) {
    const { content = {} } = declared.data;
    return Object.fromEntries(Object.entries(content).map(([type, one]) => [type, one.schema]));
  }
  const isImplied = impliedProblems(path, request?.body !== undefined).includes(status);
  return isImplied ? { [problemType]: problemSchema } : null;
}
