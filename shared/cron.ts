/** Cron expressions of five fields, as crontab(5) has them, in IANA time zones. */
import { Cron } from "croner";
import type { CronTimetable } from "./domain/probes/heartbeat.ts";

/** A parsed expression, and the last answer: it holds for every time from `after` to `next`. */
interface Known {
  readonly cron: Cron;
  after: number;
  next: number;
}

/** As many as are kept parsed: searching the next time costs 0.1 ms, parsing half as much again. */
const mostKnown = 1_000;
const known = new Map<string, Known>();

/**
 * The first time of a cron expression after a time. Of a local time that a zone skips in spring, it
 * is the first moment after the gap; a local time that comes twice in autumn counts the first time,
 * but an expression with `*` in hours goes on every hour.
 *
 * @param after epoch seconds
 * @returns epoch seconds; infinity where it never comes again
 * @throws where the expression or the zone is not valid
 */
export function nextCronTime({ expression, timeZone }: CronTimetable, after: number): number {
  const key = `${timeZone} ${expression}`;
  const entry = known.get(key) ?? remember(key, parse(expression, timeZone));
  if (after >= entry.after && after < entry.next) return entry.next;
  const next = entry.cron.nextRun(new Date(after * 1000));
  entry.after = after;
  entry.next = next === null ? Number.POSITIVE_INFINITY : Math.floor(next.getTime() / 1000);
  return entry.next;
}

/** What is wrong with an expression of five fields, in words; null if nothing is. */
export function cronProblem(expression: string): string | null {
  const fields = expression.trim().split(/\s+/);
  const allowed = "five fields as in a crontab: minute, hour, day of month, month, day of week";
  if (fields.length !== 5) return `${allowed}, for example 0 3 * * *`;
  let cron: Cron;
  try {
    cron = parse(expression, "UTC");
  } catch {
    return `not a cron expression; ${allowed}, for example 0 3 * * *`;
  }
  return cron.nextRun(new Date(0)) === null ? "a time that never comes" : null;
}

/** Whether a time zone is one of the IANA database, by name. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are taken by Intl too, but know no summer time.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function parse(expression: string, timeZone: string): Cron {
  return new Cron(expression, { timezone: timeZone, mode: "5-part", paused: true });
}

function remember(key: string, cron: Cron): Known {
  if (known.size >= mostKnown) known.clear();
  const entry = { cron, after: Number.POSITIVE_INFINITY, next: Number.NEGATIVE_INFINITY };
  known.set(key, entry);
  return entry;
}
