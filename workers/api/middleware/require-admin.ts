import type { Context } from "hono";
import type { ApiEnv } from "../context.ts";
import { ProblemError } from "../problems.ts";

/**
 * For routes that change or cause something: lets only the admin token in.
 *
 * @throws ProblemError `forbidden` for a reader
 */
export function requireAdmin(context: Context<ApiEnv>): void {
  if (context.get("identity").kind === "admin") return;
  throw new ProblemError("forbidden", "This needs the admin token.");
}
