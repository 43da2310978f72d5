/**
 * Checks that other services make of the same target, read as further vantage points: into the
 * verdict like a region's report, or beside it. They are never results of ours: only the status
 * that follows from them is recorded.
 */
import type { Outcome } from "./result.ts";

/** The services whose checks can be read. */
export const vantageServices = ["pingdom", "uptimerobot"] as const;

export type VantageService = (typeof vantageServices)[number];

/** In the verdict it votes like a region; beside it, it is shown and changes nothing. */
export const vantageRoles = ["verdict", "beside"] as const;

export type VantageRole = (typeof vantageRoles)[number];

/** A check of a service, on the target of one of our monitors. */
export interface VantagePoint {
  readonly service: VantageService;
  /** The service's own id of the check. */
  readonly check: string;
  readonly role: VantageRole;
}

/** What has a status of its own: to recording, a service is a place like a region. */
const numbers: Readonly<Record<VantageService, number>> = { pingdom: -2, uptimerobot: -3 };

export const vantagePlaces = vantageServices.map((id) => ({ id, number: numbers[id] }));

/** The number of a service's place. */
export function placeNumber(service: VantageService): number {
  return numbers[service];
}

/**
 * What a service says of a check. `unconfirmed`: it saw a failure and is looking again. `not-known`:
 * it has not looked yet, or does not say what it saw.
 */
export const sightingStatuses = ["up", "down", "unconfirmed", "paused", "not-known"] as const;

export interface Sighting {
  readonly check: string;
  readonly status: (typeof sightingStatuses)[number];
  /** When the service looked last, epoch seconds; null: it does not say. */
  readonly testedAt: number | null;
  /** How often it looks, seconds. */
  readonly intervalSeconds: number;
  /** Of its last test, ms; null: it does not say. */
  readonly latencyMs: number | null;
}

/** What a service said of its checks, and when it was asked. */
export interface Sightings {
  /** Epoch seconds. */
  readonly readAt: number;
  readonly sightings: readonly Sighting[];
}

/** How late a service may tell of a test, seconds. */
const tellingSeconds = 30;

/** What is known of a vantage point at a moment. */
export interface Opinion {
  readonly outcome: Outcome;
  /** Whether it counts in this check's verdict. */
  readonly votes: boolean;
}

/**
 * What a service's check says at a round.
 *
 * A test that is two of the service's intervals old says nothing of the present: unknown, and no
 * vote (law 1). Nor does a test from before this monitor's last check vote: an old success would
 * hide an outage that our regions see, an old failure would prolong one.
 *
 * @param now the round's time, epoch seconds
 * @param intervalSeconds how often our monitor is checked
 * @returns null while the service itself is not sure: then its status stays what it was
 */
export function opinionOf(
  { check, role, service }: VantagePoint,
  { readAt, sightings }: Sightings,
  now: number,
  intervalSeconds: number,
): Opinion | null {
  const sighting = sightings.find((one) => one.check === check);
  if (sighting === undefined) return silent(`${service} has no check ${check} for this key`);
  const testedAt = sighting.testedAt ?? readAt;
  const age = now - Math.min(readAt, testedAt);
  if (age > 2 * sighting.intervalSeconds + tellingSeconds) {
    return silent(`the last test of ${service}'s check ${check} is ${age} s old`);
  }
  switch (sighting.status) {
    case "unconfirmed":
      return null;
    case "paused":
    case "not-known":
      return silent(`${service}'s check ${check} is ${words[sighting.status]}`);
    case "up":
    case "down": {
      const votes = role === "verdict" && age <= intervalSeconds + tellingSeconds;
      return { outcome: outcomeOf(sighting.status, `${service}'s check ${check} is down`), votes };
    }
  }
}

const words = { paused: "paused", "not-known": "without a result" } as const;

function silent(detail: string): Opinion {
  return { outcome: { outcome: "unknown", reason: "vantage-point-silent", detail }, votes: false };
}

function outcomeOf(status: "up" | "down", detail: string): Outcome {
  return status === "up" ? { outcome: "up" } : { outcome: status, reason: "seen-down", detail };
}

/**
 * How long to wait before a service is asked again so that its limit lasts: as many requests as are
 * left, spread over the time until there are new ones.
 *
 * @param remaining requests that are left
 * @param resetSeconds time until there are new ones
 * @param each requests that asking once takes
 * @returns seconds; 0 where asking once a minute is within the limit
 */
export function paceSeconds(remaining: number, resetSeconds: number, each: number): number {
  if (remaining < each) return resetSeconds;
  const seconds = Math.ceil((resetSeconds * each) / remaining);
  return seconds <= 60 ? 0 : seconds;
}
