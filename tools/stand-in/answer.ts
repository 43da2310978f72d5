import type { ServerResponse } from "node:http";

/** A finished HTTP answer. */
export type Answer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

export const JSON_TYPE = "application/json; charset=utf-8";
export const HTML_TYPE = "text/html; charset=utf-8";
const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
const STATUSES_WITHOUT_BODY: readonly number[] = [204, 205, 304];

export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, contentType: JSON_TYPE, body: Buffer.from(JSON.stringify(value)), headers };
}

export function html(text: string): Answer {
  return { status: 200, contentType: HTML_TYPE, body: Buffer.from(text) };
}

/** A mistake of the client, or a fault of ours, as RFC 9457 has it. */
export function problem(
  status: number,
  title: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = Buffer.from(JSON.stringify({ title, status, detail, ...extra }));
  return { status, contentType: PROBLEM_TYPE, body, headers };
}

export function noContent(): Answer {
  return { status: 204, contentType: JSON_TYPE, body: Buffer.alloc(0) };
}

/** Writes the status line and headers, and nothing of the body. */
export function sendHead(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    ...(STATUSES_WITHOUT_BODY.includes(answer.status)
      ? {}
      : { "content-type": answer.contentType, "content-length": answer.body.length }),
    "cache-control": "no-store",
    ...answer.headers,
  });
}

export function send(response: ServerResponse, answer: Answer): void {
  sendHead(response, answer);
  response.end(STATUSES_WITHOUT_BODY.includes(answer.status) ? undefined : answer.body);
}
