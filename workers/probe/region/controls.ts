import type { Result } from "../../../shared/domain/result.ts";

/** How long a control target may take to answer, ms. */
export const controlTimeoutMs = 2_000;

/**
 * Tells a target's failure from our own. Where targets fail and no control target answers either,
 * it is the region that has lost its way: what failed is unknown, not down (law 1). What did
 * answer stands. Controls are asked only where something failed: on most rounds they cost nothing.
 *
 * They are asked twice, at the first failed attempt and at the end of the round: a network that
 * comes back in between has made targets fail all the same.
 */
export class ControlCheck {
  readonly #controls: readonly string[];
  #first: Promise<boolean> | null = null;

  constructor(controls: readonly string[]) {
    this.#controls = controls;
  }

  /**
   * Asks at the first failed attempt. Whose attempt it was waits, so that its connection serves:
   * a seventh would queue behind six that hang, and look like a fault of ours.
   */
  async afterFailedAttempt(): Promise<void> {
    if (this.#first !== null || this.#controls.length === 0) return;
    this.#first = anyAnswers(this.#controls);
    await this.#first;
  }

  /** The round's results, with what may be our own fault as unknown. */
  async judge(results: readonly Result[]): Promise<Result[]> {
    const failed = results.some(({ outcome }) => outcome.outcome === "down");
    if (!failed || this.#controls.length === 0 || (await this.#held())) return [...results];
    return results.map((result) => (result.outcome.outcome === "down" ? excuse(result) : result));
  }

  async #held(): Promise<boolean> {
    return ((await this.#first) ?? true) && (await anyAnswers(this.#controls));
  }
}

function excuse(result: Result): Result {
  const detail = "no control target answered either";
  return { ...result, outcome: { outcome: "unknown", reason: "control-failed", detail } };
}

async function anyAnswers(controls: readonly string[]): Promise<boolean> {
  try {
    await Promise.any(controls.map(answers));
    return true;
  } catch {
    return false;
  }
}

/** Any answer will do: it shows that there is a way out. Throws where none comes. */
async function answers(url: string): Promise<void> {
  const response = await fetch(url, {
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(controlTimeoutMs),
  });
  await response.body?.cancel();
}
