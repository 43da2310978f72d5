/** Availability by day of many monitors, for bars. */
import { type Availability, availabilityOf, timeline } from "../domain/availability.ts";
import { type DayBar, dailyBars, lastDays } from "../domain/daily-bars.ts";
import type { Monitor } from "../domain/monitor.ts";
import { overall } from "../domain/recording.ts";
import { intersect, totalSeconds } from "../domain/span.ts";
import { type Present, readMaterial } from "./material.ts";

/** A monitor's days, the oldest first, and all of them together. */
export interface DaysOfMonitor {
  readonly bars: readonly DayBar[];
  readonly whole: Availability;
}

/**
 * Measures the last days of monitors overall, today included: reads what `readMaterial` does, no
 * region apart.
 *
 * @returns by monitor number
 */
export async function readDailyAvailability(
  db: D1Database,
  present: Present,
  monitors: readonly Monitor[],
  count: number,
): Promise<ReadonlyMap<number, DaysOfMonitor>> {
  const days = lastDays(present.now, count);
  const [first] = days;
  if (!first) return new Map();
  const window = { from: first.from, to: present.now };
  const material = await readMaterial(db, present, { monitors, window, scopes: [] });
  return new Map(
    monitors.map((monitor) => {
      const own = material.windowFor(monitor, window);
      const observation = material.observe(monitor, overall, own);
      const segments = timeline(observation);
      const excluded = intersect([own], observation.excluded);
      return [
        monitor.number,
        {
          bars: dailyBars(segments, excluded, days),
          whole: availabilityOf(segments, totalSeconds(excluded)),
        },
      ];
    }),
  );
}
