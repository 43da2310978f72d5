import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../context.ts";
import { invalidRequest } from "../problems.ts";
import { requireAdmin } from "./require-admin.ts";

const reading = ["GET", "HEAD", "OPTIONS"];

/**
 * Lets only the admin token write under some paths, and only JSON. It comes before the routes'
 * validators: who may not write learns nothing of what would be valid.
 */
export function adminWrites(app: OpenAPIHono<ApiEnv>, ...paths: readonly string[]): void {
  for (const path of paths) {
    app.use(path, async (context, next) => {
      if (!reading.includes(context.req.method)) {
        requireAdmin(context);
        const type = context.req.header("Content-Type") ?? "";
        // A body of another type would not be looked at.
        if (context.req.raw.body !== null && !/^application\/json\s*(?:;|$)/i.test(type)) {
          throw invalidRequest([{ field: "Content-Type", message: "application/json" }]);
        }
      }
      await next();
    });
  }
}
