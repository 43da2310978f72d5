/** The present of the read bench, epoch seconds: 2026-09-21T14:14:30Z, in the middle of an hour. */
export const readAt = 1_790_000_070;
