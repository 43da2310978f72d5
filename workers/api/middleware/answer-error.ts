import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { type LogFields, log } from "../../../shared/log.ts";
import type { ApiEnv } from "../context.ts";
import { MisconfiguredError } from "../env.ts";
import { answerProblem, ProblemError } from "../problems.ts";
import { DatabaseUnavailableError } from "../reads/from-database.ts";

/** The answer to whatever was thrown. What nobody expected is logged and told without its inside. */
export function answerError(error: unknown, context: Context<ApiEnv>): Response {
  if (error instanceof ProblemError) {
    return answerProblem(context, error.slug, error.message, error.errors);
  }
  if (error instanceof HTTPException && error.status < 500) {
    // The only such refusal of the framework's own that a request can reach: a body that is no JSON.
    const errors = [{ field: "body", message: "valid JSON, with Content-Type: application/json" }];
    return answerProblem(context, "invalid-request", "The request is not valid.", errors);
  }
  if (error instanceof DatabaseUnavailableError) {
    logFailure("database-unavailable", error.cause, context);
    return answerProblem(context, "database-unavailable", "Try again in a few seconds.");
  }
  if (error instanceof MisconfiguredError) {
    logFailure("misconfigured", error, context);
    return answerProblem(context, "misconfigured", "Its log names the setting.");
  }
  // Nobody expected this one: the log needs to say where it came from.
  const stack = error instanceof Error ? (error.stack ?? null) : null;
  logFailure("request-failed", error, context, { stack });
  return answerProblem(context, "internal", "It was logged under this requestId.");
}

/** The route's pattern is logged, not the path: that is input. */
function logFailure(
  event: string,
  error: unknown,
  context: Context<ApiEnv>,
  more: LogFields = {},
): void {
  const { method } = context.req;
  log("error", event, { method, route: routePath(context, -1), ...more }, error);
}
