/**
 * How fast a channel may be told. A bucket of tokens, kept as one number: the time up to which its
 * places are given away (the generic cell rate algorithm, ITU-T I.371). Who asks for places gets
 * them one after the other, whoever else asks at the same time.
 */

/** At most `burst` messages at once, and one more every `everyMs`. */
export interface PaceLimit {
  readonly everyMs: number;
  readonly burst: number;
}

/** Ours, where the receiver says nothing. */
const usual: PaceLimit = { everyMs: 200, burst: 10 };

/**
 * By type of channel, what its receiver takes, from memory of the vendors' documents: stay below.
 * Where it is told by the minute, burst and steady rate together stay below it.
 */
const limits: Readonly<Record<string, PaceLimit>> = {
  // One a second for a channel; short bursts pass.
  slack: { everyMs: 1_000, burst: 3 },
  "slack-app": { everyMs: 1_000, burst: 3 },
  // 20 a minute for a group.
  telegram: { everyMs: 4_000, burst: 5 },
  // 120 a minute for an integration.
  pagerduty: { everyMs: 600, burst: 20 },
  // Five in two seconds for a webhook.
  discord: { everyMs: 500, burst: 4 },
  // Four a second.
  teams: { everyMs: 1_000, burst: 4 },
  // Depends on the plan.
  opsgenie: { everyMs: 1_200, burst: 10 },
  // 60 at once, and one every five seconds.
  ntfy: { everyMs: 5_000, burst: 40 },
  // One a second for a space.
  "google-chat": { everyMs: 1_000, burst: 1 },
  // Of a mailbox's provider.
  email: { everyMs: 1_000, burst: 10 },
};

/** The limit of a type of channel. */
export function paceOf(type: string | null): PaceLimit {
  return (type === null ? undefined : limits[type]) ?? usual;
}

/**
 * From where on places are given: unused ones are saved up, a burst of them at most.
 *
 * @returns epoch milliseconds
 */
export function paceFloor({ everyMs, burst }: PaceLimit, nowMs: number): number {
  return nowMs - burst * everyMs;
}

/**
 * How many places there are until a time.
 *
 * @param bookedUntilMs up to where they are given away, epoch milliseconds
 */
export function placesUntil(
  limit: PaceLimit,
  bookedUntilMs: number,
  nowMs: number,
  untilMs: number,
): number {
  const from = Math.max(bookedUntilMs, paceFloor(limit, nowMs));
  return Math.max(0, Math.floor((untilMs - from) / limit.everyMs));
}

/**
 * When each of the places that were just given away may be used, epoch milliseconds.
 *
 * @param bookedUntilMs up to where places are given away now, these included
 */
export function placeTimes({ everyMs }: PaceLimit, bookedUntilMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => bookedUntilMs - (count - 1 - index) * everyMs);
}
