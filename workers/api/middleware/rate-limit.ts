import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { log } from "../../../shared/log.ts";
import {
  countedAddress,
  type RateLimitBinding,
  rateLimitSeconds,
  rateLimits,
} from "../../../shared/rate-limits.ts";
import type { ApiEnv } from "../context.ts";
import { ProblemError } from "../problems.ts";

/** Takes so many requests from an address as a limit says. */
export function limitAddress(binding: RateLimitBinding) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    await countAddress(context, binding);
    await next();
  });
}

/** Takes so many requests with a key as the limit says; behind authentication. */
export const limitKey = createMiddleware<ApiEnv>(async (context, next) => {
  await count(context, "LIMIT_KEY", context.get("identity").id);
  await next();
});

/**
 * Counts a request for its address. Without one, as behind a proxy that tells none, nobody is counted:
 * one visitor could shut out all others.
 *
 * @throws ProblemError `too-many-requests`
 */
export async function countAddress(
  context: Context<ApiEnv>,
  binding: RateLimitBinding,
): Promise<void> {
  const address = context.req.header("CF-Connecting-IP");
  if (address) await count(context, binding, countedAddress(address));
}

async function count(
  context: Context<ApiEnv>,
  binding: RateLimitBinding,
  key: string,
): Promise<void> {
  const limit = context.get("environment")[binding];
  if (limit === undefined) return;
  const { policy, quota } = rateLimits[binding];
  const policies = context.get("ratePolicies") ?? [];
  context.set("ratePolicies", [...policies, `"${policy}";q=${quota};w=${rateLimitSeconds}`]);
  if (await isWithin(limit, key, binding)) return;
  context.set("rateExceeded", policy);
  throw new ProblemError(
    "too-many-requests",
    `At most ${quota} in ${rateLimitSeconds} s (${policy}).`,
  );
}

/** Whoever may ask shall not be kept out by a fault of the counter. */
async function isWithin(
  limit: RateLimit,
  key: string,
  binding: RateLimitBinding,
): Promise<boolean> {
  try {
    return (await limit.limit({ key })).success;
  } catch (error) {
    log("warn", "rate-limit-failed", { binding }, error);
    return true;
  }
}

/**
 * Tells by which limits a request was counted, and the one it went beyond, in the fields of
 * draft-ietf-httpapi-ratelimit-headers-10. How much is left the platform does not tell.
 */
export const tellRateLimits = createMiddleware<ApiEnv>(async (context, next) => {
  await next();
  const policies = context.get("ratePolicies");
  if (policies !== undefined) context.header("RateLimit-Policy", policies.join(", "));
  const exceeded = context.get("rateExceeded");
  if (exceeded !== undefined) {
    context.header("RateLimit", `"${exceeded}";r=0;t=${rateLimitSeconds}`);
  }
});
