import type { Clock } from "../../../shared/clock.ts";

/** Attempts get at most so much more than their time: a hundredth of it, and no more ms than these. */
const mostMs = 20;

/**
 * Signals that end attempts, for one round. Attempts whose time ends at about the same moment share
 * one: a timer for each would be a good part of what an attempt costs.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #signals = new Map<number, AbortSignal>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A signal that aborts with a TimeoutError when `timeoutMs` from now are over. */
  after(timeoutMs: number): AbortSignal {
    const now = this.#clock.now();
    const grainMs = Math.max(1, Math.min(mostMs, Math.floor(timeoutMs / 100)));
    const endsAt = Math.ceil((now + timeoutMs) / grainMs) * grainMs;
    const known = this.#signals.get(endsAt);
    if (known !== undefined) return known;
    const signal = AbortSignal.timeout(endsAt - now);
    this.#signals.set(endsAt, signal);
    return signal;
  }
}
