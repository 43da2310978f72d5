import type { Result } from "../../../shared/domain/result.ts";
import { connections } from "../../../shared/domain/shard.ts";

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
  readonly #timeoutMs: number;
  readonly #userAgent: string;
  #first: Asking | null = null;

  /**
   * @param timeoutMs for all of the controls, each time that they are asked
   * @param userAgent tells the owners of the controls who asks
   */
  constructor(controls: readonly string[], timeoutMs: number, userAgent: string) {
    this.#controls = controls;
    this.#timeoutMs = timeoutMs;
    this.#userAgent = userAgent;
  }

  /**
   * Asks at the first failed attempt. Whose attempts fail until that is answered all wait, for the
   * controls have their connections: a seventh would queue behind six that hang, and look like a
   * fault of ours.
   *
   * @param free connections that no probe has nor waits for
   */
  async afterFailedAttempt(free: number): Promise<void> {
    if (this.#controls.length === 0) return;
    this.#first ??= this.#ask();
    if (this.#first.isDecided) return;
    this.#first.mayUse(free);
    await this.#first.lend();
  }

  /** Tells of connections that probes no longer need. */
  mayUse(free: number): void {
    this.#first?.mayUse(free);
  }

  /** The round's results, with what may be our own fault as unknown. Its probes are over. */
  async judge(results: readonly Result[]): Promise<Result[]> {
    const failed = results.some(({ outcome }) => outcome.outcome === "down");
    if (!failed || this.#controls.length === 0 || (await this.#held())) return [...results];
    return results.map((result) => (result.outcome.outcome === "down" ? excuse(result) : result));
  }

  async #held(): Promise<boolean> {
    if (this.#first !== null && !(await this.#first.answer)) return false;
    const last = this.#ask();
    last.mayUse(connections);
    return last.answer;
  }

  #ask(): Asking {
    return new Asking(this.#controls, this.#timeoutMs, this.#userAgent);
  }
}

/** Asks control targets until one answers, no more at a time than there are connections for. */
class Asking {
  /** Whether one of them answered. */
  readonly answer: Promise<boolean>;
  readonly #unasked: string[];
  readonly #endsAt: number;
  readonly #userAgent: string;
  readonly #over = new AbortController();
  #decide: (held: boolean) => void = () => {};
  #asked = 0;
  #free = 0;
  #lent = 0;

  constructor(controls: readonly string[], timeoutMs: number, userAgent: string) {
    this.#userAgent = userAgent;
    this.#unasked = [...controls];
    this.#endsAt = Date.now() + timeoutMs;
    this.answer = new Promise((resolve) => {
      this.#decide = (held) => {
        // Before anybody goes on who has lent a connection, it is free again.
        this.#over.abort();
        resolve(held);
      };
    });
  }

  get isDecided(): boolean {
    return this.#over.signal.aborted;
  }

  mayUse(free: number): void {
    this.#free = Math.max(this.#free, free);
    this.#askOn();
  }

  /** Takes the connection of somebody who waits until there is an answer. */
  async lend(): Promise<void> {
    this.#lent += 1;
    this.#askOn();
    await this.answer;
  }

  #askOn(): void {
    const room = this.#free + this.#lent;
    while (!this.isDecided && this.#asked < room) {
      // Those that must wait for a connection get their share of the time.
      const turns = Math.ceil(this.#unasked.length / (room - this.#asked));
      const url = this.#unasked.shift();
      if (url === undefined) return;
      this.#ask(url, Math.max(0, this.#endsAt - Date.now()) / turns);
    }
  }

  #ask(url: string, timeoutMs: number): void {
    this.#asked += 1;
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#over.signal]);
    answers(url, this.#userAgent, signal).then(
      () => this.#decide(true),
      () => {
        this.#asked -= 1;
        if (this.#asked === 0 && this.#unasked.length === 0) this.#decide(false);
        else this.#askOn();
      },
    );
  }
}

function excuse(result: Result): Result {
  const detail = "no control target answered either";
  return { ...result, outcome: { outcome: "unknown", reason: "control-failed", detail } };
}

/** Any answer will do: it shows that there is a way out. Throws where none comes. */
async function answers(url: string, userAgent: string, signal: AbortSignal): Promise<void> {
  const headers = { "User-Agent": userAgent };
  const response = await fetch(url, { headers, redirect: "manual", cache: "no-store", signal });
  // Whatever becomes of the body, the answer is there.
  response.body?.cancel().catch(() => {});
}
