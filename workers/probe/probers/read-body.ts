import type { HttpExchange } from "../../../shared/domain/probes/http.ts";
import type { Body } from "./answer.ts";

/** No answer is read further than this, bytes, unless its monitor allows more. */
export const largestBody = 1_048_576;
const chunkBytes = 16_384;

/** How far an exchange's answer is read, bytes. */
export function readLimit({ conditions }: HttpExchange): number {
  return conditions.reduce(
    (limit, condition) => (condition.kind === "size" ? Math.max(limit, condition.maxBytes) : limit),
    largestBody,
  );
}

/**
 * Reads to the end even what is not needed: an answer that never ends is not an answer.
 *
 * @param keep whether anything looks at the text
 * @param limit how far, bytes after decompression
 * @throws where the connection fails or the framing is wrong
 */
export async function readBody(response: Response, keep: boolean, limit: number): Promise<Body> {
  const length = knownLength(response);
  if (length !== null && length <= limit) {
    // What HTTP's own framing bounds needs no bound of ours.
    // An answer to HEAD has a length and no body.
    if (!keep) return { ...empty, bytes: (await response.text()) === "" ? 0 : length };
    const body = new Uint8Array(await response.arrayBuffer());
    return decode([body], body.byteLength, false);
  }
  // Looked at last: merely asking for the stream makes one, which costs more than the reading.
  return response.body === null ? empty : readPiecewise(response.body, keep, limit);
}

const empty: Body = { text: "", bytes: 0, truncated: false, malformed: false };

async function readPiecewise(stream: ReadableStream, keep: boolean, limit: number): Promise<Body> {
  const reader = stream.getReader({ mode: "byob" });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    // Filled before it returns, unless the body ends: a small body costs one call, not one a packet.
    const { value } = await reader.readAtLeast(chunkBytes, new Uint8Array(chunkBytes));
    const read = value?.byteLength ?? 0;
    bytes += read;
    if (keep && value) pieces.push(value);
    if (read < chunkBytes) return keep ? decode(pieces, bytes, false) : { ...empty, bytes };
    if (bytes > limit) {
      // Not awaited: whoever sends without end may not listen either.
      reader.cancel().catch(() => {});
      return keep ? decode(pieces, bytes, true) : { ...empty, bytes, truncated: true };
    }
  }
}

/** Null where it is not said, or a compressed body can grow beyond it. */
function knownLength({ headers }: Response): number | null {
  const length = headers.get("Content-Length");
  if (length === null || headers.has("Content-Encoding")) return null;
  return /^\d+$/.test(length) ? Number(length) : null;
}

function decode(pieces: readonly Uint8Array[], bytes: number, truncated: boolean): Body {
  const whole = pieces.length === 1 ? pieces[0] : join(pieces, bytes);
  try {
    // A text that was cut may end in the middle of a character.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(whole, {
      stream: truncated,
    });
    return { text, bytes, truncated, malformed: false };
  } catch {
    return { text: new TextDecoder().decode(whole), bytes, truncated, malformed: true };
  }
}

function join(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
