import type { IncomingMessage } from "node:http";
import { type Answer, problem } from "./answer.ts";

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly answer: Answer };

/**
 * Reads a request's body as JSON, at most `limitBytes` of it. A body that is too long (413) or no
 * JSON (400) comes back as the answer to send. Rejects when the client goes away.
 */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<JsonBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(chunk);
    length += bytes.length;
    if (length <= limitBytes) chunks.push(bytes);
  }
  if (length > limitBytes) {
    const detail = `The body must be ${limitBytes} bytes or fewer.`;
    return { ok: false, answer: problem(413, "Body too long", detail) };
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    const detail = "The body must be JSON.";
    return { ok: false, answer: problem(400, "Body is not JSON", detail) };
  }
}
