import type { Clock } from "../clock.ts";
import { describeError } from "../log.ts";
import type { Category, Pauses } from "./pauses.ts";

/** For one envelope, ms; and for those that are posted together. */
const envelopeMs = 5_000;
const togetherMs = 15_000;

/** What became of the envelopes of one tick, request or call. */
export interface MailOutcome {
  readonly sent: number;
  readonly dropped: number;
  /** Why the first was dropped; null where none was. Never an address. */
  readonly because: string | null;
}

/**
 * Sends envelopes one after the other, so that they take one of the six connections that a Worker
 * has. It never throws, gives up after the first that does not get through, and is quiet while
 * Sentry wants no more: it does no harm to what it reports on.
 */
export class Mail {
  readonly #clock: Clock;
  readonly #pauses: Pauses;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #until = 0;
  #sent = 0;
  #dropped = 0;
  #because: string | null = null;
  #broken = false;

  constructor(clock: Clock, pauses: Pauses) {
    this.#clock = clock;
    this.#pauses = pauses;
  }

  /** Stands in for `fetch`: answers at once, and sends in its turn. */
  readonly post: typeof fetch = (input, init) => {
    const body = init?.body;
    const text = typeof body === "string" ? body : new TextDecoder().decode(bytesOf(body));
    if (this.#waiting === 0) {
      // A tick begins and ends a minute apart: what failed then is tried now.
      this.#until = this.#clock.now() + togetherMs;
      this.#broken = false;
    }
    this.#waiting += 1;
    this.#queue = this.#queue
      .then(() => this.#send(String(input), text))
      .then(() => {
        this.#waiting -= 1;
      });
    return Promise.resolve(new Response(null, { status: 200 }));
  };

  /** Done when everything that was posted is sent or dropped. */
  async settled(): Promise<MailOutcome> {
    await this.#queue;
    return { sent: this.#sent, dropped: this.#dropped, because: this.#because };
  }

  async #send(url: string, body: string): Promise<void> {
    const now = this.#clock.now();
    if (!this.#pauses.isOver(categoryOf(body), now)) return this.#drop("Sentry asked for a pause");
    if (this.#broken || now >= this.#until) return this.#drop("the one before was not taken");
    const giveUp = new AbortController();
    const tooLate = new Error(`no answer within ${envelopeMs} ms`);
    void this.#clock.sleep(envelopeMs).then(() => giveUp.abort(tooLate));
    try {
      const response = await fetch(url, { method: "POST", body, signal: giveUp.signal });
      await response.body?.cancel();
      this.#pauses.heed(response.status, response.headers, this.#clock.now());
      if (response.ok) this.#sent += 1;
      else this.#drop(`status ${response.status}`);
    } catch (error) {
      this.#broken = true;
      this.#drop(describeError(error).replaceAll(url, "Sentry"));
    }
  }

  #drop(because: string): void {
    this.#dropped += 1;
    this.#because ??= because;
  }
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

/** By the header of the envelope's only item, its second line. */
function categoryOf(envelope: string): Category {
  const [, header = ""] = envelope.split("\n", 2);
  if (header.includes('"type":"transaction"')) return "transaction";
  return header.includes('"type":"check_in"') ? "monitor" : "error";
}
