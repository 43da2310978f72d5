import { createMiddleware } from "hono/factory";
import { type Clock, toSeconds } from "../../../shared/clock.ts";
import type { ApiEnv } from "../context.ts";
import { readEnvironment } from "../env.ts";

/** Gives a request its time and the parsed environment. */
export function requestContext(clock: Clock) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    context.set("clock", clock);
    context.set("now", toSeconds(clock.now()));
    context.set("environment", readEnvironment(context.env));
    await next();
  });
}
