import type { HttpProbe } from "../../../shared/domain/probes/http.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import { type Answer, judge } from "./conditions.ts";
import type { Attempt, ProberContext } from "./prober.ts";

/** No answer is read further than this. */
export const largestBody = 1_048_576;
const chunkBytes = 16_384;

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
  if (hasSmallKnownLength(response)) return { body: await response.text(), truncated: false };
  const decoder = new TextDecoder();
  const reader = response.body.getReader({ mode: "byob" });
  let body = "";
  let bytes = 0;
  for (;;) {
    // Filled before it returns, unless the body ends: a small body costs one call, not one a packet.
    const { value } = await reader.readAtLeast(chunkBytes, new Uint8Array(chunkBytes));
    const read = value?.byteLength ?? 0;
    bytes += read;
    if (keep && value) body += decoder.decode(value, { stream: true });
    if (read < chunkBytes) return { body: body + decoder.decode(), truncated: false };
    if (bytes >= largestBody) {
      await reader.cancel();
      return { body, truncated: true };
    }
  }
}

/** What HTTP's own framing bounds needs no bound of ours; a compressed body can grow. */
function hasSmallKnownLength({ headers }: Response): boolean {
  const length = headers.get("Content-Length");
  if (length === null || headers.has("Content-Encoding")) return false;
  return /^\d+$/.test(length) && Number(length) <= largestBody;
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
