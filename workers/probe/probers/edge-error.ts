/**
 * The platform's fetch may not throw where it reaches no origin: Cloudflare's edge then answers in
 * its place, with a status of its own and a line of text.
 * developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors
 */

/** 520 to 527: no, or no sound answer of the origin; 530: not even its address. */
function isEdgeStatus(status: number): boolean {
  return (status >= 520 && status <= 527) || status === 530;
}

/** Whether an answer may be the edge's own, so that its body is worth a look. */
export function mayBeEdgeError(status: number, headers: Headers): boolean {
  return isEdgeStatus(status) && headers.get("Server")?.toLowerCase() === "cloudflare";
}

/**
 * The code of an error that is Cloudflare's own, for example `1016`, or null. Whether it is about
 * our way to the origin, or about that of the target's users as well, it does not say.
 *
 * @param text the beginning of the body
 */
export function edgeErrorOf(status: number, headers: Headers, text: string): string | null {
  if (!mayBeEdgeError(status, headers)) return null;
  return /^error code: (\d{3,4})\s*$/.exec(text)?.[1] ?? null;
}
