import type { HttpProbe } from "../../../shared/domain/monitor.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import { type Answer, judge } from "./conditions.ts";
import type { Attempt, ProberContext } from "./prober.ts";

/** No answer is read further than this. */
export const largestBody = 1_048_576;

/** Asks once and judges the answer. Redirects are answers like any other: they are not followed. */
export async function probeHttp(probe: HttpProbe, context: ProberContext): Promise<Attempt> {
  const { clock, timeoutMs } = context;
  const startedAt = clock.now();
  const headers = new Headers(probe.headers);
  headers.set("User-Agent", context.userAgent);
  let response: Response;
  try {
    response = await fetch(probe.url, {
      method: probe.method,
      headers,
      body: probe.body,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    return failed(error, timeoutMs, null);
  }
  const httpStatus = response.status;
  try {
    const body = await readBody(response, needsBody(probe));
    const latencyMs = Math.max(0, clock.now() - startedAt);
    const answer: Answer = { status: httpStatus, latencyMs, ...body };
    return { outcome: judge(probe.conditions, answer), latencyMs, httpStatus };
  } catch (error) {
    return failed(error, timeoutMs, httpStatus);
  }
}

function needsBody(probe: HttpProbe): boolean {
  return probe.conditions.some(({ kind }) => kind === "text" || kind === "json");
}

/** Reads to the end even what is not needed: an answer that never ends is not an answer. */
async function readBody(
  response: Response,
  keep: boolean,
): Promise<{ body: string; truncated: boolean }> {
  if (response.body === null) return { body: "", truncated: false };
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let body = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { body: body + decoder.decode(), truncated: false };
    bytes += value.byteLength;
    if (bytes > largestBody) {
      await reader.cancel();
      return { body, truncated: true };
    }
    if (keep) body += decoder.decode(value, { stream: true });
  }
}

/** A fetch that throws tells little: a timeout is certain, all else is the connection. */
function failed(error: unknown, timeoutMs: number, httpStatus: number | null): Attempt {
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  const reason: FailureReason = timedOut ? "http-timeout" : "connection";
  const stage = httpStatus === null ? "no answer" : `status ${httpStatus}, but no complete body`;
  const detail = timedOut ? `${stage} within ${timeoutMs} ms` : `${stage}: connection failed`;
  // The status is left out: it is not what failed, so it must not decide about a retry.
  return { outcome: { outcome: "down", reason, detail }, latencyMs: null, httpStatus: null };
}
