import type { Plan } from "../../../shared/domain/plan.ts";
import { hour } from "../../../shared/domain/rollup.ts";
import type { LogValue } from "../../../shared/log.ts";
import { deleteOldMetrics, readMetricExtent } from "../../../shared/storage/metric-retention.ts";
import { rollUpPushed } from "../../../shared/storage/metric-work.ts";
import { readKeptFrom } from "../../../shared/storage/retention.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** An hour is rolled up so long after its end; points may come in later still. */
const graceSeconds = 120;

/** Slices of a tick: an hour and its day in the ordinary case, some more where points came late. */
const slicesOfTick = 4;

/** No slice is begun later in the minute: the next tick is due. */
const latestSliceMs = 45_000;

/** Series whose old rows are looked for in a tick, and rows deleted of each layer at most. */
const seriesOfTick = 100;
const mostDeleted = 1_000;

/**
 * Rolls up pushed metrics whose hour is over, and deletes what is no longer kept of a few series:
 * every tick of the next ones, so that all have their turn.
 */
export async function metricPointsStep(
  { env, clock }: TickSurroundings,
  _plan: Plan,
  minute: number,
): Promise<LogValue> {
  const told = { slices: 0, rolled: 0, deleted: 0, rowsRead: 0, rowsWritten: 0 };
  const hoursUntil = minute - hour - graceSeconds;
  while (told.slices < slicesOfTick && clock.now() < minute * 1000 + latestSliceMs) {
    const outcome = await rollUpPushed(env.DB, hoursUntil);
    if (outcome.kind !== "written") break;
    told.slices += 1;
    told.rolled += outcome.rolled;
    told.rowsRead += outcome.rows.read;
    told.rowsWritten += outcome.rows.written;
  }
  const { last, waiting } = await readMetricExtent(env.DB);
  if (last > 0) {
    const turns = Math.ceil(last / seriesOfTick);
    const from = 1 + ((minute / 60) % turns) * seriesOfTick;
    const kept = await readKeptFrom(env.DB);
    // Never points that are not rolled up yet.
    const results = Math.min(kept.results, waiting ?? kept.results);
    const range = { from, to: from + seriesOfTick - 1 };
    const old = await deleteOldMetrics(env.DB, { ...kept, results }, range, mostDeleted, minute);
    told.deleted = old.deleted;
    told.rowsRead += old.rows.read;
    told.rowsWritten += old.rows.written;
  }
  return told.slices > 0 || told.deleted > 0 ? told : null;
}
