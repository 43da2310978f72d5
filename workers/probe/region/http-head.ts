/** Longer heads are answers to nobody; Cloudflare takes 128 KiB of headers itself. */
export const longestHead = 131_072;

/** What can be said of the beginning of an answer. */
export type HeadFinding =
  | { readonly kind: "well-formed" }
  /** Nothing wrong so far, and not yet at its end. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "malformed"; readonly why: string };

const header = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0\r]*$/;

/**
 * Reads the head of an HTTP/1.1 answer as strictly as the platform does (RFC 9112).
 *
 * @param text what came so far, a character for each byte
 */
export function examineHead(text: string): HeadFinding {
  if (!"HTTP/1.".startsWith(text.slice(0, 7))) return malformed("it is no HTTP");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) {
    return text.length > longestHead
      ? malformed(`its headers do not end within ${longestHead / 1024} KiB`)
      : { kind: "unfinished" };
  }
  if (end > longestHead) return malformed(`its headers are longer than ${longestHead / 1024} KiB`);
  const [status = "", ...headers] = text.slice(0, end).split("\r\n");
  const code = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [^\0\r]*)?$/.exec(status)?.[1];
  if (code === undefined) return malformed("its status line is malformed");
  if (!headers.every((line) => header.test(line))) return malformed("a header of it is malformed");
  const lengths = headers
    .filter((line) => /^content-length:/i.test(line))
    .map((line) => line.slice("content-length:".length).trim());
  if (lengths.some((length) => !/^\d{1,15}$/.test(length)) || new Set(lengths).size > 1) {
    return malformed("its Content-Length is malformed");
  }
  // An interim answer says that another follows.
  return code.startsWith("1") ? examineHead(text.slice(end + 4)) : { kind: "well-formed" };
}

function malformed(why: string): HeadFinding {
  return { kind: "malformed", why };
}
