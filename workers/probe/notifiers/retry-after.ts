/** Nobody is waited for longer than this, seconds. */
export const longestRetryAfter = 86_400;

/**
 * How long an answer asks us to wait.
 *
 * @param header the value of Retry-After: seconds, or an HTTP date
 * @param now epoch ms
 * @returns seconds, rounded up; null where it says nothing that can be read
 */
export function retryAfterSeconds(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return boundedWait(Number(text));
  // An HTTP date begins with a day of the week; Date.parse takes a lot besides.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return null;
  return boundedWait((Date.parse(text) - now) / 1000);
}

/** A wait in whole seconds, from 0 to a day; null where it is no number. */
export function boundedWait(seconds: unknown): number | null {
  if (typeof seconds !== "number" || Number.isNaN(seconds)) return null;
  return Math.min(longestRetryAfter, Math.max(0, Math.ceil(seconds)));
}
