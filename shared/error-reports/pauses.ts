/** What Sentry calls the kinds of what it is sent. */
export type Category = "error" | "transaction" | "monitor";

/** Where a refusal does not say for how long, ms. Sentry's own SDKs wait as long. */
const usualPauseMs = 60_000;
/** A server's mistake must not keep us quiet for ever. */
const longestPauseMs = 3_600_000;

/**
 * For how long Sentry wants to hear nothing, by category: `X-Sentry-Rate-Limits`, or `Retry-After`
 * of a 429. https://develop.sentry.dev/sdk/expected-features/rate-limiting/
 */
export class Pauses {
  readonly #until = new Map<Category | "all", number>();

  /** Whether something of a category may be sent now; `now` in epoch ms. */
  isOver(category: Category, now: number): boolean {
    const until = Math.max(this.#until.get(category) ?? 0, this.#until.get("all") ?? 0);
    return now >= until;
  }

  /** Takes note of an answer. */
  heed(status: number, headers: Headers, now: number): void {
    const limits = headers.get("X-Sentry-Rate-Limits");
    if (limits !== null) {
      for (const limit of limits.split(",")) this.#heedLimit(limit, now);
    } else if (status === 429) {
      this.#pause("all", retryAfterMs(headers.get("Retry-After"), now), now);
    }
  }

  /** `60:error;transaction:organization:reason`; without categories it is of all. */
  #heedLimit(limit: string, now: number): void {
    const [seconds = "", categories = ""] = limit.trim().split(":", 2);
    const pauseMs = /^\d+$/.test(seconds) ? Number(seconds) * 1000 : usualPauseMs;
    for (const category of categories.split(";")) {
      if (category === "") this.#pause("all", pauseMs, now);
      if (category === "error" || category === "transaction" || category === "monitor") {
        this.#pause(category, pauseMs, now);
      }
    }
  }

  #pause(category: Category | "all", ms: number, now: number): void {
    const until = now + Math.min(ms, longestPauseMs);
    this.#until.set(category, Math.max(until, this.#until.get(category) ?? 0));
  }
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null, now: number): number {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? usualPauseMs : Math.max(0, date - now);
}
