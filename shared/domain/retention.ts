/** How long what was measured is kept, and in which detail. */
import { day, hour } from "./rollup.ts";

export interface Retention {
  /** Days for which every single result is kept. */
  readonly rawDays: number;
  /** Days for which rollups of hours are kept. */
  readonly hourDays: number;
  /** Days for which rollups of days are kept. */
  readonly dayDays: number;
}

export const defaultRetention: Retention = { rawDays: 8, hourDays: 730, dayDays: 3650 };

/** Results wait in the regions' objects for up to a day; then their hour and day are rolled up. */
export const leastRawDays = 3;

/** From when on each layer is to be kept, epoch seconds: results, hours, days. */
export interface KeptFrom {
  /** At the start of an hour. */
  readonly results: number;
  /** At the start of a day, as is `days`. */
  readonly hours: number;
  readonly days: number;
}

/** What is to be kept at a time, epoch seconds. */
export function keptFrom({ rawDays, hourDays, dayDays }: Retention, now: number): KeptFrom {
  const since = (days: number, step: number) =>
    Math.max(0, Math.floor((now - days * day) / step) * step);
  return { results: since(rawDays, hour), hours: since(hourDays, day), days: since(dayDays, day) };
}
