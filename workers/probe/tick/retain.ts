import type { Plan } from "../../../shared/domain/plan.ts";
import { defaultRetention, keptFrom } from "../../../shared/domain/retention.ts";
import { day, hour } from "../../../shared/domain/rollup.ts";
import type { LogValue } from "../../../shared/log.ts";
import {
  type Deleted,
  deleteOldResults,
  deleteOldRollups,
  keepFrom,
} from "../../../shared/storage/retention.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** Rows deleted by one statement at most: a few milliseconds of the database's time. */
const rowsAtOnce = 5_000;

/**
 * What is kept moves by hours, and rollups are few: both are looked at now and then, in a minute in
 * which nothing else is due that takes many statements (a tick's are limited).
 */
const layersEverySeconds = 600;
const layersAtSecond = 180;

/** No statement is begun later in the minute: the next tick is due. */
const latestMs = 50_000;

/**
 * Deletes what the plan's retention no longer keeps, in small steps: results about twice as fast as
 * they come in, so that it catches up and never holds up a tick.
 */
export async function retainStep(
  { env, clock }: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  const isTurn = minute % layersEverySeconds === layersAtSecond;
  const moved = isTurn
    ? await keepFrom(env.DB, keptFrom(plan.retention ?? defaultRetention, minute))
    : { read: 0, written: 0 };
  const told = { results: 0, hours: 0, days: 0, rowsRead: moved.read, rowsWritten: moved.written };
  const count = ({ deleted, rows }: Deleted) => {
    told.rowsRead += rows.read;
    told.rowsWritten += rows.written;
    return deleted;
  };
  const inTime = () => clock.now() < minute * 1000 + latestMs;

  const most = Math.max(rowsAtOnce, 2 * resultsAMinute(plan));
  while (told.results < most && inTime()) {
    const deleted = count(await deleteOldResults(env.DB, rowsAtOnce));
    told.results += deleted;
    if (deleted < rowsAtOnce) break;
  }
  for (const [step, layer] of [
    [hour, "hours"],
    [day, "days"],
  ] as const) {
    const outcome = isTurn && inTime() ? await deleteOldRollups(env.DB, step, rowsAtOnce) : null;
    if (outcome !== null) told[layer] += count(outcome);
  }
  return told.rowsWritten > 0 ? told : null;
}

/** Results that the plan's monitors can have in a minute. */
function resultsAMinute({ monitors }: Plan): number {
  return monitors.reduce(
    (sum, monitor) =>
      sum + (monitor.regions.length * 60) / Math.min(60, monitor.schedule.intervalSeconds),
    0,
  );
}
