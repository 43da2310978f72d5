import { createMiddleware } from "hono/factory";
import { type Clock, toSeconds } from "../../../shared/clock.ts";
import type { ApiEnv } from "../context.ts";
import { readEnvironment } from "../env.ts";

/**
 * Gives a request its id, its time and the parsed environment. The id is ours: one from outside
 * could be made to look like another request's in the log.
 */
export function requestContext(clock: Clock) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    context.header("X-Request-Id", requestId);
    context.set("clock", clock);
    context.set("now", toSeconds(clock.now()));
    context.set("environment", readEnvironment(context.env));
    await next();
  });
}
