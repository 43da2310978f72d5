import { createHash } from "node:crypto";

/** The one account of the stand-in. It guards nothing, so it may stand in the documentation. */
export const DEMO_USER = {
  id: "u-1",
  email: "monitor@netpost.example",
  name: "Synthetic Monitor",
  role: "member",
} as const;
export const DEMO_PASSWORD = "netpost-demo";

export const SESSION_SECONDS = 3_600;
const MOST_SESSIONS = 1_000;

/** Tokens handed out and not yet expired. The oldest goes when there are too many. */
export class Sessions {
  readonly #seed: number;
  readonly #now: () => number;
  readonly #expiresAtByToken = new Map<string, number>();
  #opened = 0;

  /** Tokens follow from `seed`, so that a run can be repeated exactly; `now` gives epoch ms. */
  constructor(seed: number, now: () => number) {
    this.#seed = seed;
    this.#now = now;
  }

  /** A new token, or null when the e-mail or the password is wrong. */
  open(email: string, password: string): string | null {
    if (email !== DEMO_USER.email || password !== DEMO_PASSWORD) return null;
    this.#opened += 1;
    const token = createHash("sha256").update(`${this.#seed} ${this.#opened}`).digest("hex");
    this.#expiresAtByToken.set(token, this.#now() + SESSION_SECONDS * 1000);
    const [oldest] = this.#expiresAtByToken.keys();
    if (this.#expiresAtByToken.size > MOST_SESSIONS && oldest !== undefined) {
      this.#expiresAtByToken.delete(oldest);
    }
    return token;
  }

  /** The user behind an `Authorization: Bearer …` header, or null. */
  userOf(authorization: string | undefined): typeof DEMO_USER | null {
    const expiresAt = this.#expiresAtByToken.get(bearerToken(authorization));
    return expiresAt !== undefined && this.#now() < expiresAt ? DEMO_USER : null;
  }

  /** Whether there was a session to close. */
  close(authorization: string | undefined): boolean {
    const isOpen = this.userOf(authorization) !== null;
    this.#expiresAtByToken.delete(bearerToken(authorization));
    return isOpen;
  }
}

function bearerToken(authorization: string | undefined): string {
  return authorization?.startsWith("Bearer ") ? authorization.slice("Bearer ".length) : "";
}
