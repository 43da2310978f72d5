import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Clock } from "../../../shared/clock.ts";
import { ErrorReports } from "../../../shared/error-reports/error-reports.ts";
import type { ApiEnv } from "../context.ts";

/**
 * Gives a request its id, which every line of its log has and the probe Worker is told, and reports
 * what of ours goes wrong in it. The id is ours: one from outside could be made to look like another
 * request's in the log.
 */
export function reportErrors(clock: Clock) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    context.header("X-Request-Id", requestId);
    const { env } = context;
    const startedAtMs = clock.now();
    const reports = new ErrorReports({
      worker: "api",
      env: typeof env === "object" && env !== null ? env : {},
      clock,
      ids: { requestId },
      waitUntil: waitUntilOf(context),
    });
    await reports.within(next);
    const { method } = context.req;
    const { status } = context.res;
    reports.measured({
      // The pattern, not the path: that is input.
      name: `${method} ${routePath(context, -1)}`,
      op: "http.server",
      startedAtMs,
      durationMs: Math.max(0, clock.now() - startedAtMs),
      ok: status < 500,
      tags: { method, status: String(status) },
      numbers: {},
    });
    reports.send();
  });
}

function waitUntilOf(context: Context<ApiEnv>): (promise: Promise<unknown>) => void {
  try {
    const execution = context.executionCtx;
    return (promise) => execution.waitUntil(promise);
  } catch {
    // Asked without one, as tests do.
    return () => {};
  }
}
