/** Errors as the API tells them: problem documents (RFC 9457), without anything internal. */
import type { Context } from "hono";
import {
  type FieldError,
  type Problem,
  type ProblemSlug,
  problemType,
} from "../../shared/contract/api/problem.ts";
import { rateLimitSeconds } from "../../shared/rate-limits.ts";
import type { ApiEnv } from "./context.ts";

type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503;

const kinds: Readonly<Record<ProblemSlug, { status: ProblemStatus; title: string }>> = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  unauthorized: { status: 401, title: "A key is needed" },
  forbidden: { status: 403, title: "Not allowed with this key" },
  "not-found": { status: 404, title: "No such resource" },
  "unknown-monitor": { status: 404, title: "No such monitor" },
  "unknown-maintenance": { status: 404, title: "No such maintenance window" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  conflict: { status: 409, title: "Not possible as things are" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "too-much": { status: 422, title: "More than one request can do" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong here" },
  misconfigured: { status: 500, title: "The service is misconfigured" },
  "database-unavailable": { status: 503, title: "The database does not answer" },
  "not-ready": { status: 503, title: "Not ready" },
};

/** A problem that a route or the middleware throws; `app.ts` answers with it. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly slug: ProblemSlug;
  readonly errors: readonly FieldError[];

  constructor(slug: ProblemSlug, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.slug = slug;
    this.errors = errors;
  }
}

/** The problem for a request with wrong fields. */
export function invalidRequest(errors: readonly FieldError[]): ProblemError {
  const fields = [...new Set(errors.map((error) => error.field))].join(", ");
  return new ProblemError("invalid-request", `Not valid: ${fields}.`, errors);
}

/** Seconds after which a request that found no database may try again. */
const retryAfterSeconds = 10;

/** The headers that go with a problem. */
function headersOf(slug: ProblemSlug): Record<string, string> {
  const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  if (slug === "unauthorized") {
    return { ...headers, "WWW-Authenticate": 'Bearer realm="netpost-monitoring"' };
  }
  if (slug === "database-unavailable") {
    return { ...headers, "Retry-After": String(retryAfterSeconds) };
  }
  if (slug === "too-many-requests") {
    return { ...headers, "Retry-After": String(rateLimitSeconds) };
  }
  return headers;
}

/** The problem document of a request. */
export function problemOf(
  context: Context<ApiEnv>,
  slug: ProblemSlug,
  detail: string,
  errors: readonly FieldError[] = [],
): Problem {
  return {
    type: problemType(slug),
    title: kinds[slug].title,
    status: kinds[slug].status,
    detail,
    // The token in a ping address is a secret, and answers end up in the logs of jobs.
    instance: encodeURI(context.req.path.toWellFormed()).replace(/^(\/api\/ping\/)[^/]+/, "$1…"),
    requestId: context.get("requestId"),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
}

/** Answers with a problem; `more` are members beyond those of every problem. */
export function answerProblem(
  context: Context<ApiEnv>,
  slug: ProblemSlug,
  detail: string,
  errors: readonly FieldError[] = [],
  more: Readonly<Record<string, unknown>> = {},
): Response {
  const body = JSON.stringify({ ...problemOf(context, slug, detail, errors), ...more });
  return context.body(body, kinds[slug].status, headersOf(slug));
}
