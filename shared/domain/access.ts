/** Who may do what: scopes, what one of them includes, and whether a key is good. */

/** What a key may be good for. */
export const scopes = ["read", "push-metrics", "ping", "operate", "admin"] as const;

export type Scope = (typeof scopes)[number];

/** What else a scope includes. Keys of machines push or ping, and read nothing. */
const included: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ["read"],
  "push-metrics": ["push-metrics"],
  ping: ["ping"],
  operate: ["operate", "read"],
  admin: scopes,
};

/** Whether somebody with some scopes may do what needs one. */
export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.some((scope) => included[scope].includes(needed));
}

/** The times of a key, epoch seconds. */
export interface KeyTimes {
  /** From then on it lets nobody in; null: it never expires. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export const keyStates = ["active", "expired", "revoked"] as const;

export type KeyState = (typeof keyStates)[number];

/** Whether a key lets in at a time, epoch seconds. What was revoked stays so after its expiry. */
export function keyState({ expiresAt, revokedAt }: KeyTimes, now: number): KeyState {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt <= now ? "expired" : "active";
}

/** The use of a key is recorded once in so many seconds: a read costs no write. */
export const useRecordedSeconds = 3_600;

/** Whether a use at a time is to be recorded, epoch seconds. */
export function isUseNews(lastUsedAt: number | null, now: number): boolean {
  return lastUsedAt === null || now - lastUsedAt >= useRecordedSeconds;
}
