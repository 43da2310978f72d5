import { setTimeout as pause } from "node:timers/promises";

/** What is left of a minute must do for a round with retries, ms. */
const enoughMs = 15_000;

/**
 * The present minute for a tick, or the next one, waited for, where too little is left of it: a round
 * that has no time gives no results, which is right and not what is to be looked at.
 */
export async function earlyMinute(): Promise<Date> {
  const leftMs = 60_000 - (Date.now() % 60_000);
  if (leftMs < enoughMs) await pause(leftMs);
  return new Date(Math.floor(Date.now() / 60_000) * 60_000);
}
