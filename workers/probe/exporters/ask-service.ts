/** A request to a service outside, which is told or asked things: bounded in time and in what is read. */
import type { Clock } from "../../../shared/clock.ts";
import type { Redact } from "../../../shared/redact.ts";
import { largestReply } from "../notifiers/http-delivery.ts";
import { oneLine } from "../notifiers/render/text.ts";
import { retryAfterSeconds } from "../notifiers/retry-after.ts";
import { readBody } from "../probers/read-body.ts";

/** What is asked. */
export interface ServiceRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How far the answer is read, bytes; usually 64 KiB. */
  readonly mostBytes?: number;
}

export interface ServiceContext {
  readonly clock: Clock;
  /** Takes the settings' secrets out of a text. */
  readonly redact: Redact;
  readonly userAgent: string;
  /** Nothing is waited for after it, epoch ms. */
  readonly deadlineMs: number;
}

/** What came back. */
export type ServiceAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** The body as JSON; undefined where it is none. */
      readonly json: unknown;
      /** The beginning of the body, without secrets, on one line. */
      readonly words: string;
      /** How long the service asks us to wait, seconds; null: it does not. */
      readonly waitSeconds: number | null;
      readonly headers: Headers;
    }
  | { readonly kind: "none"; readonly reason: "timeout" | "connection" };

/** No answer is waited for longer, ms. */
const longestMs = 5_000;
const longestWords = 120;

/** Asks; never throws for what happens outside. */
export async function askService(
  { method, url, headers, body, mostBytes = largestReply }: ServiceRequest,
  { clock, redact, userAgent, deadlineMs }: ServiceContext,
): Promise<ServiceAnswer> {
  const leftMs = Math.min(longestMs, deadlineMs - clock.now());
  if (leftMs <= 0) return { kind: "none", reason: "timeout" };
  const signal = AbortSignal.timeout(leftMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { "User-Agent": userAgent, ...headers },
      ...(body !== undefined && { body }),
      // The key goes to nobody else.
      redirect: "manual",
      cache: "no-store",
      signal,
    });
    const { text } = await readBody(response, true, mostBytes);
    return {
      kind: "answer",
      status: response.status,
      json: parseJson(text),
      words: oneLine(redact(text), longestWords),
      waitSeconds: retryAfterSeconds(response.headers.get("Retry-After"), clock.now()),
      headers: response.headers,
    };
  } catch {
    return { kind: "none", reason: signal.aborted ? "timeout" : "connection" };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
