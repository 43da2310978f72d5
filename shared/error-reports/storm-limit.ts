/** How much is let through in a window of time. */
export interface Bound {
  readonly windowMs: number;
  /** In all. */
  readonly most: number;
  /** Of one kind. */
  readonly mostAlike: number;
}

/** What was kept back in a window. */
export interface Suppressed {
  /** When the window began, epoch ms. */
  readonly since: number;
  readonly total: number;
  /** By kind; what was beyond as many kinds as are told counts as `other`. */
  readonly byKind: Readonly<Record<string, number>>;
}

/** Kinds that are counted apart: memory stays bounded, whatever comes. */
const mostKinds = 50;

/**
 * Lets a bounded number of alike things through in a window of time, and counts the rest. A window
 * begins with the first thing after the one before is over.
 */
export class StormLimit {
  readonly #bound: Bound;
  #since = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #passedAlike = new Map<string, number>();
  #suppressed = new Map<string, number>();

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  /**
   * Whether one more of a kind may pass. What was suppressed before and not told (`settle`) goes on
   * being counted.
   *
   * @param now epoch ms
   */
  admit(kind: string, now: number): boolean {
    if (now >= this.endsAt) {
      this.#since = now;
      this.#passed = 0;
      this.#passedAlike.clear();
    }
    const alike = this.#passedAlike.get(kind) ?? 0;
    if (this.#passed < this.#bound.most && alike < this.#bound.mostAlike) {
      this.#passed += 1;
      this.#passedAlike.set(kind, alike + 1);
      return true;
    }
    const counted =
      this.#suppressed.has(kind) || this.#suppressed.size < mostKinds ? kind : "other";
    this.#suppressed.set(counted, (this.#suppressed.get(counted) ?? 0) + 1);
    return false;
  }

  /** When the present window is over, epoch ms. */
  get endsAt(): number {
    return this.#since + this.#bound.windowMs;
  }

  /** Whether something is kept back that was not told. */
  get isHolding(): boolean {
    return this.#suppressed.size > 0;
  }

  /** What was suppressed, once its window is over, and only once; null where there is nothing. */
  settle(now: number): Suppressed | null {
    if (!this.isHolding || now < this.endsAt) return null;
    const byKind = Object.fromEntries(this.#suppressed);
    const total = [...this.#suppressed.values()].reduce((sum, count) => sum + count, 0);
    this.#suppressed = new Map();
    return { since: this.#since, total, byKind };
  }
}
