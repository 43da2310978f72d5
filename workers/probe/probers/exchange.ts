import { describeCondition } from "../../../shared/describe-condition.ts";
import type { HttpExchange } from "../../../shared/domain/probes/http.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import type { Redact } from "../../../shared/redact.ts";
import type { TemplateValues } from "../../../shared/template.ts";
import { actualOf } from "./actual.ts";
import { type Answer, answerOf } from "./answer.ts";
import { check, judge } from "./conditions.ts";
import { edgeErrorOf, mayBeEdgeError } from "./edge-error.ts";
import { privateUrl } from "./findings.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import { readBody, readLimit } from "./read-body.ts";
import { isRedirect, nextHop } from "./redirect.ts";
import { type FilledRequest, fillRequest } from "./request.ts";

/** What an exchange takes besides itself. */
export interface ExchangeContext
  extends Pick<ProberContext, "clock" | "userAgent" | "allowsPrivate" | "trace"> {
  readonly values: TemplateValues;
  readonly redact: Redact;
  /** Ends the exchange; it may have begun before, with others. */
  readonly signal: AbortSignal;
  /** What the signal allows for in all, ms, to be told when it ends the exchange. */
  readonly timeoutMs: number;
  /** Whether something besides its conditions looks at the body. */
  readonly needsBody: boolean;
}

/** An attempt, and the answer where one came whole. */
export interface Exchanged {
  readonly attempt: Attempt;
  readonly answer: Answer | null;
}

/** Asks once, following redirects as far as it may, and judges the last answer. */
export async function exchange(asked: HttpExchange, context: ExchangeContext): Promise<Exchanged> {
  const filled = fillRequest(asked, context.values, context.userAgent);
  if (!filled.ok) return unfillable(filled.fault, filled.why);
  const { clock } = context;
  const startedAt = clock.now();
  let { request } = filled;
  const refused = privateUrl(request.url, context);
  if (refused !== null) return { attempt: refused, answer: null };
  for (let hops = 0; ; hops += 1) {
    let response: Response;
    try {
      response = await send(request, context);
    } catch (error) {
      return noAnswer(error, request, context);
    }
    const { status } = response;
    const follows = asked.redirects && isRedirect(status);
    const location = follows ? response.headers.get("Location") : null;
    if (location !== null) {
      context.trace?.({ kind: "response", status, headers: response.headers });
      // Not awaited: what a redirect says besides where to is of no interest.
      response.body?.cancel().catch(() => {});
      const allowed = asked.redirects ?? 0;
      if (hops >= allowed) return notFollowed(`more than ${allowed} redirects`, status);
      const next = nextHop(request, status, location, context.allowsPrivate);
      if (!next.follow) return notFollowed(next.why, status);
      request = next.request;
      continue;
    }
    return concluded(asked, response, request.url, startedAt, context);
  }
}

function send(request: FilledRequest, { signal, trace }: ExchangeContext): Promise<Response> {
  const { url, method, headers, body } = request;
  trace?.({ kind: "request", method, url, headers, bodyLength: body?.length ?? null });
  return fetch(url, { method, headers, body, redirect: "manual", cache: "no-store", signal });
}

async function concluded(
  asked: HttpExchange,
  response: Response,
  url: string,
  startedAt: number,
  context: ExchangeContext,
): Promise<Exchanged> {
  const { clock, trace, redact } = context;
  const { status, headers } = response;
  trace?.({ kind: "response", status, headers });
  try {
    const mayBeEdges = mayBeEdgeError(status, headers);
    const keep = mayBeEdges || context.needsBody || trace !== undefined || looksAtBody(asked);
    const body = await readBody(response, keep, readLimit(asked));
    const latencyMs = Math.max(0, clock.now() - startedAt);
    const answer = answerOf({ status, headers, latencyMs, ...body });
    if (trace !== undefined) tell(asked, answer, context);
    const outcome = judge(asked.conditions, answer, redact);
    const attempt = { outcome, latencyMs, httpStatus: status };
    const edgeError = edgeErrorOf(status, headers, answer.text);
    return { attempt: edgeError === null ? attempt : ofEdge(attempt, edgeError, url), answer };
  } catch (error) {
    return noWholeAnswer(error, status, context);
  }
}

/** Where the status is what failed, as where no answer came: a diagnosis may tell why. */
function ofEdge(attempt: Attempt, code: string, url: string): Attempt {
  const { outcome } = attempt;
  if (outcome.outcome !== "down" || outcome.reason !== "status") return attempt;
  const detail = `${outcome.detail}; Cloudflare's own error ${code}`;
  return { ...attempt, outcome: { ...outcome, detail }, unanswered: url };
}

function looksAtBody({ conditions }: HttpExchange): boolean {
  return conditions.some(({ kind }) => kind === "text" || kind === "regex" || kind === "json");
}

function tell(asked: HttpExchange, answer: Answer, { trace, redact }: ExchangeContext): void {
  trace?.({ kind: "body", text: answer.text, truncated: answer.truncated });
  for (const condition of asked.conditions) {
    const failure = check(condition, answer, redact);
    trace?.({
      kind: "condition",
      expected: describeCondition(condition),
      actual: failure?.detail ?? actualOf(condition, answer, redact),
      held: failure === null,
    });
  }
}

/** A fetch that throws tells little: a timeout is certain, all else is the connection. */
function noAnswer(
  error: unknown,
  { url }: FilledRequest,
  { timeoutMs }: ExchangeContext,
): Exchanged {
  const failed = isTimeout(error)
    ? failure("http-timeout", `no answer within ${timeoutMs} ms`)
    : failure("connection", "no answer: connection failed");
  return { ...failed, attempt: { ...failed.attempt, unanswered: url } };
}

/** The connection was good enough for a head: what is wrong is the answer. */
function noWholeAnswer(error: unknown, status: number, { timeoutMs }: ExchangeContext): Exchanged {
  return isTimeout(error)
    ? failure("http-timeout", `status ${status}, but no complete body within ${timeoutMs} ms`)
    : failure("protocol", `status ${status}, but its body is malformed or cut short`);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

// The status is left out: it is not what failed, so it must not decide about a retry.
function failure(
  reason: FailureReason,
  detail: string,
  httpStatus: number | null = null,
): Exchanged {
  const outcome = { outcome: "down", reason, detail } as const;
  return { attempt: { outcome, latencyMs: null, httpStatus }, answer: null };
}

function notFollowed(detail: string, status: number): Exchanged {
  return failure("redirect", detail, status);
}

/** A secret that is missing is our fault; a value of the target's that cannot be used is its own. */
function unfillable(fault: "secret" | "value", why: string): Exchanged {
  if (fault === "value") return failure("protocol", why);
  const outcome = { outcome: "unknown", reason: "secret-missing", detail: why } as const;
  return { attempt: { outcome, latencyMs: null, httpStatus: null }, answer: null };
}
