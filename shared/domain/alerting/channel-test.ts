/** Scheduled tests of channels: when one is due, and what follows from how it went. */
import type { Delivered } from "./delivery-failure.ts";

/** A test that may still get through is tried so often before people are told. */
export const mostTestTries = 3;

/** From one try to the next, and until a try of a process that died is taken up, seconds. */
export const retestAfterSeconds = 300;

/** A test that nobody could send this long after it was due is left out, seconds. */
export const testLateSeconds = 4 * 3_600;

/** That a test failed is told for so long, where no other channel takes it either, seconds. */
export const tellLateSeconds = 86_400;

/**
 * When the test that is to be sent now was due; null where none is.
 *
 * @param nextTime the first time of the schedule after a time
 * @param now epoch seconds, as all times
 */
export function dueTest(nextTime: (after: number) => number, now: number): number | null {
  let due: number | null = null;
  for (let next = nextTime(now - testLateSeconds); next <= now; next = nextTime(next)) due = next;
  return due;
}

/** What is left to do about a test. */
export type AfterTest =
  | { readonly kind: "passed" }
  | { readonly kind: "again"; readonly at: number }
  /** People are to hear of it. */
  | { readonly kind: "failed" };

/**
 * Decides what follows a try.
 *
 * @param tries this one included
 * @param now epoch seconds
 */
export function afterTest(tries: number, delivered: Delivered, now: number): AfterTest {
  if (delivered.ok) return { kind: "passed" };
  if (delivered.lasting === "permanent" || tries >= mostTestTries) return { kind: "failed" };
  return { kind: "again", at: now + retestAfterSeconds };
}
