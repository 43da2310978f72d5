import { createMiddleware } from "hono/factory";
import type { ApiEnv, Identity } from "../context.ts";
import type { Environment } from "../env.ts";
import { ProblemError } from "../problems.ts";

/**
 * Lets in who has the monitoring key or the admin token; without either setting, nobody. A wrong
 * key and none get the same answer.
 */
export const authenticate = createMiddleware<ApiEnv>(async (context, next) => {
  const token = bearerToken(context.req.header("Authorization"));
  const identity = await identify(token, context.get("environment"));
  if (identity === null) {
    throw new ProblemError(
      "unauthorized",
      "Send the monitoring key or the admin token as Authorization: Bearer.",
    );
  }
  context.set("identity", identity);
  await next();
});

/** The token of an Authorization header (RFC 6750, 2.1); empty where there is none. */
function bearerToken(header: string | undefined): string {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(header ?? "")?.[1] ?? "";
}

async function identify(token: string, environment: Environment): Promise<Identity | null> {
  const given = await digest(token);
  // Both are compared whichever fits, so that the time taken tells nothing.
  const isAdmin = await matches(given, environment.ADMIN_TOKEN);
  const isReader = await matches(given, environment.MONITORING_API_KEY);
  if (isAdmin) return { kind: "admin" };
  return isReader ? { kind: "reader" } : null;
}

async function matches(given: ArrayBuffer, secret: string | undefined): Promise<boolean> {
  const equal = crypto.subtle.timingSafeEqual(given, await digest(secret ?? ""));
  return secret !== undefined && equal;
}

/** Digests have one length: comparing them does not tell a secret's. */
function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
