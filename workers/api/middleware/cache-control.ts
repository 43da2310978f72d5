import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "../context.ts";

/** Says how long an answer may be kept by others; a problem never is. */
export function cacheControl(value: string) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    await next();
    if (!context.res.headers.has("Cache-Control")) context.header("Cache-Control", value);
  });
}
