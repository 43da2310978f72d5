import { expect, it } from "vitest";
import { boundedWait, longestRetryAfter, retryAfterSeconds } from "./retry-after.ts";

const now = Date.parse("2026-11-23T18:57:05.400Z");

it.each([
  [null, null],
  ["", null],
  ["0", 0],
  ["120", 120],
  [" 1.2 ", 2],
  ["Mon, 23 Nov 2026 18:58:05 GMT", 60],
  ["Monday, 23-Nov-26 18:58:05 GMT", 60],
  ["Mon, 23 Nov 2026 18:00:00 GMT", 0],
  ["Fri, 31 Dec 9999 23:59:59 GMT", longestRetryAfter],
  ["99999999999999", longestRetryAfter],
  ["soon", null],
  ["-5", null],
  ["2026", 2026],
  ["2026-11-23", null],
  ["Mon, nonsense", null],
])("reads Retry-After: %s as %s", (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});

it.each([
  [64.57, 65],
  [-1, 0],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, longestRetryAfter],
  ["5", null],
])("bounds a wait of %s to %s", (wait, seconds) => {
  expect(boundedWait(wait)).toBe(seconds);
});
