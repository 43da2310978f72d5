/** Epoch seconds as ISO 8601 in UTC, to the second. */
export function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** As `instant`, null staying null. */
export function instantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : instant(seconds);
}
