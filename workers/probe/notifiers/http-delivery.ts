/** A delivery by HTTP: one request, bounded in time and in what is read. */
import {
  type Delivered,
  type DeliveryFailure,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import { readBody } from "../probers/read-body.ts";
import { tryHandshake } from "../region/try-connection.ts";
import type { NotifierContext } from "./notifier.ts";
import { oneLine } from "./render/text.ts";
import { retryAfterSeconds } from "./retry-after.ts";

/** What is sent. */
export interface HttpMessage {
  readonly url: URL;
  readonly method?: "POST" | "PUT" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or a value that is sent as JSON. */
  readonly body: string | object;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** At most 64 KiB of it. */
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** How a channel reads what comes back; each has a sensible default. */
export interface ReplyReader {
  /** A 2xx: the receipt, or why it is no success after all. */
  readonly success?: (reply: Reply) => Delivered;
  /** What the receiver says went wrong, in its documented place. */
  readonly explain?: (reply: Reply) => string | null;
  /** A reason better than the one that the HTTP status stands for; null: none. */
  readonly reason?: (reply: Reply) => DeliveryFailure | null;
  /** How long it asks us to wait, beside Retry-After; null: it does not. */
  readonly wait?: (reply: Reply) => number | null;
}

/** No answer of a receiver is read further than this, bytes. */
export const largestReply = 65_536;
/** Of a receiver's own words; they are cut to what is shown only when secrets are out of them. */
const longestExplanation = 4_000;

/** Sends and reads the answer; never throws for what happens outside. */
export async function deliverByHttp(
  request: HttpMessage,
  context: NotifierContext,
  reader: ReplyReader = {},
): Promise<Delivered> {
  const reply = await exchange(request, context);
  if ("ok" in reply) return reply;
  if (reply.status >= 200 && reply.status < 300) {
    return reader.success?.(reply) ?? { ok: true, receipt: null };
  }
  return failureOf(reply, context, reader);
}

/** A failure as a reply tells it. */
export function failureOf(
  reply: Reply,
  { clock }: NotifierContext,
  { explain, reason, wait }: ReplyReader,
): Delivered {
  const words = explain?.(reply);
  const said = words ? `: ${oneLine(words, longestExplanation)}` : "";
  return failedDelivery(
    reason?.(reply) ?? reasonOf(reply.status),
    `the receiver answers ${reply.status}${said}`,
    wait?.(reply) ?? retryAfterSeconds(reply.headers.get("Retry-After"), clock.now()),
  );
}

async function exchange(
  { url, method = "POST", headers, body }: HttpMessage,
  context: NotifierContext,
): Promise<Reply | Delivered> {
  const { signal, userAgent } = context;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(typeof body === "object" && { "Content-Type": "application/json; charset=utf-8" }),
        "User-Agent": userAgent,
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
      redirect: "manual",
      cache: "no-store",
      signal,
    });
    const { text } = await readBody(response, true, largestReply);
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch {
    if (signal.aborted) return timedOut(context);
    if (url.protocol === "https:" && (await tlsFails(url, context))) {
      const detail = `no TLS with ${url.hostname}: its certificate is not trusted, or for another name`;
      return failedDelivery("tls", detail);
    }
    return failedDelivery("connection", `no connection with ${url.hostname}, or it broke`);
  }
}

/** Time ran out. */
export function timedOut({ timeoutMs }: NotifierContext): Delivered {
  return failedDelivery("timeout", `no answer within ${timeoutMs} ms`);
}

/** The platform does not say why a fetch failed. */
async function tlsFails(url: URL, { clock }: NotifierContext): Promise<boolean> {
  const port = url.port === "" ? 443 : Number(url.port);
  return (await tryHandshake(url.hostname, port, 2_000, clock)) === "failed";
}

function reasonOf(status: number): DeliveryFailure {
  switch (status) {
    case 401:
    case 403:
      return "unauthorized";
    case 404:
      return "not-found";
    case 408:
      return "timeout";
    case 410:
      return "gone";
    case 413:
      return "too-large";
    case 425:
      return "deferred";
    case 429:
      return "rate-limited";
    default:
      if (status >= 500) return "server-error";
      return status < 400 ? "redirected" : "rejected";
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
