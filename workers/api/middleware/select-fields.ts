import type { OpenAPIHono } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { type Choice, choiceOf, chosen } from "../../../shared/contract/api/fields.ts";
import type { ApiEnv } from "../context.ts";
import { type DeclaredRoute, declaredRoute } from "../declared-routes.ts";
import { invalidRequest } from "../problems.ts";

const parameter = "fields";

const contentSchema = z.object({
  content: z.object({ "application/json": z.object({ schema: z.unknown() }) }),
});

/** What `fields` may choose from a route's answer; null where it answers with no such document. */
function choiceOfRoute({ path, responses }: DeclaredRoute): Choice | null {
  const declared = contentSchema.safeParse(responses[200]);
  return declared.success
    ? choiceOf(declared.data.content["application/json"].schema, path.split("/").at(-1) ?? "")
    : null;
}

/**
 * Answers with what `fields=a,b` names and nothing else. The route never sees the parameter, so it
 * is here for all of them. An answer made smaller has no ETag: that one is of the whole.
 */
export function selectFields(app: OpenAPIHono<ApiEnv>) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const url = new URL(context.req.url);
    const [asked, ...more] = url.searchParams.getAll(parameter);
    if (asked === undefined || !["GET", "HEAD"].includes(context.req.method)) return next();
    const route = declaredRoute(app, "GET", context.req.path);
    const choice = route === null ? null : choiceOfRoute(route);
    // To a route without a document it is a parameter like any other.
    if (choice === null) return next();
    const names = asked.split(",").map((name) => name.trim());
    if (more.length > 0 || names.some((name) => !choice.names.includes(name))) {
      const message = `once, with commas between, some of: ${choice.names.join(", ")}`;
      throw invalidRequest([{ field: parameter, message }]);
    }
    url.searchParams.delete(parameter);
    const request = new Request(url, context.req.raw);
    request.headers.delete("If-None-Match");
    context.req.raw = request;
    await next();
    const { ok, headers } = context.res;
    if (!ok || !headers.get("Content-Type")?.startsWith("application/json")) return;
    const document = chosen(await context.res.json(), choice, new Set(names));
    context.header("ETag", undefined);
    context.header("Content-Length", undefined);
    context.res = new Response(JSON.stringify(document), context.res);
  });
}
