import type { WebSocketProbe } from "../../../shared/domain/probes/websocket.ts";
import { fillTemplate } from "../../../shared/template.ts";
import { edgeErrorOf, mayBeEdgeError } from "./edge-error.ts";
import { failed, findLatency, judgeFindings, missingSecrets, privateUrl } from "./findings.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import { readBody } from "./read-body.ts";

/** No more than this is looked through for an answer, characters or bytes of messages together. */
export const longestConversation = 1_048_576;

/** Opens a WebSocket once; sends and waits for an answer where the probe says so. */
export async function probeWebSocket(
  probe: WebSocketProbe,
  context: ProberContext,
): Promise<Attempt> {
  const { clock, timeoutMs, trace } = context;
  const filled = fill(probe, context);
  if (!filled.ok) return missingSecrets(filled.missing);
  const refusedHost = privateUrl(filled.url, context);
  if (refusedHost !== null) return refusedHost;
  const startedAt = clock.now();
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(filled.url, {
      headers: filled.headers,
      redirect: "manual",
      cache: "no-store",
      signal,
    });
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    const attempt = timedOut
      ? failed("http-timeout", `no answer within ${timeoutMs} ms`)
      : failed("connection", "no answer: connection failed");
    return { ...attempt, unanswered: filled.url };
  }
  const { status: httpStatus, headers, webSocket } = response;
  trace?.({ kind: "response", status: httpStatus, headers });
  if (webSocket === null) {
    return refused(response, filled.url);
  }
  const problem = await converse(webSocket, filled.send, probe.expect, context, signal);
  if (problem !== null) return { ...failed("websocket", problem), httpStatus };
  const latencyMs = Math.max(0, clock.now() - startedAt);
  const outcome = judgeFindings(
    probe.conditions,
    (condition) => findLatency(condition, latencyMs),
    trace,
  );
  return { outcome, latencyMs, httpStatus };
}

async function refused(response: Response, url: string): Promise<Attempt> {
  const { status: httpStatus, headers } = response;
  const attempt = { ...failed("websocket", `refused with status ${httpStatus}`), httpStatus };
  if (!mayBeEdgeError(httpStatus, headers)) {
    response.body?.cancel().catch(() => {});
    return attempt;
  }
  try {
    const { text } = await readBody(response, true, longestEdgeError);
    return edgeErrorOf(httpStatus, headers, text) ? { ...attempt, unanswered: url } : attempt;
  } catch {
    return attempt;
  }
}

/** Cloudflare's own errors are one line; bytes. */
const longestEdgeError = 1_024;

function fill(probe: WebSocketProbe, { secrets, userAgent, trace }: ProberContext) {
  const missing = new Set<string>();
  const fillOne = (text: string, encode?: (value: string) => string) => {
    const filled = fillTemplate(text, secrets.values, encode);
    if (filled.ok) return filled.text;
    for (const name of filled.missing) missing.add(name);
    return "";
  };
  const headers = new Headers();
  for (const [name, text] of Object.entries(probe.headers)) headers.set(name, fillOne(text));
  headers.set("Upgrade", "websocket");
  headers.set("User-Agent", userAgent);
  // The platform's fetch opens WebSockets under http(s) addresses.
  const url = fillOne(probe.url, encodeURIComponent).replace(/^ws/, "http");
  const send = probe.send === null ? null : fillOne(probe.send);
  if (missing.size > 0) return { ok: false, missing: [...missing] } as const;
  trace?.({ kind: "request", method: "GET", url, headers, bodyLength: null });
  return { ok: true, url, headers, send } as const;
}

/**
 * Sends and waits; null as soon as the text came, or at once where none is waited for.
 *
 * @param signal its timeout ends the waiting
 */
function converse(
  socket: WebSocket,
  send: string | null,
  expect: string | null,
  { timeoutMs }: ProberContext,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (problem: string | null) => {
      resolve(problem);
      signal.removeEventListener("abort", expire);
      try {
        socket.close(1000);
      } catch {
        // It is closed already, from the other side.
      }
    };
    const wanted = JSON.stringify(
      expect === null || expect.length <= 80 ? expect : `${expect.slice(0, 80)}…`,
    );
    const expire = () => end(`connected, but no message with ${wanted} within ${timeoutMs} ms`);
    let seen = 0;
    signal.addEventListener("abort", expire);
    socket.addEventListener("message", ({ data }) => {
      const text = typeof data === "string" ? data : new TextDecoder().decode(data);
      seen += text.length;
      if (expect !== null && text.includes(expect)) end(null);
      else if (seen > longestConversation)
        end(`${longestConversation} characters came without ${wanted}`);
    });
    socket.addEventListener("close", ({ code }) => {
      end(`closed with code ${code} before a message with ${wanted}`);
    });
    socket.addEventListener("error", () => end("the connection broke, or what came is malformed"));
    socket.binaryType = "arraybuffer";
    socket.accept();
    if (send !== null) socket.send(send);
    if (expect === null) end(null);
  });
}
