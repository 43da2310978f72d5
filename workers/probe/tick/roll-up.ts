import type { Plan } from "../../../shared/domain/plan.ts";
import { day, hour } from "../../../shared/domain/rollup.ts";
import type { LogValue } from "../../../shared/log.ts";
import { probedMetrics } from "../../../shared/storage/metric-rollups.ts";
import { readKeptFrom } from "../../../shared/storage/retention.ts";
import { type RollupCompanion, rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { dropWork, type RollupWork, readWork } from "../../../shared/storage/rollup-work.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What is rolled up beside results: one line each. */
const companions: readonly RollupCompanion[] = [probedMetrics];

/** An hour is rolled up when the last of its rounds has had time to come in. */
const graceSeconds = 120;

/** Rows read at a time, about. */
const rowsOfSlice = 10_000;

/** In a tick no slice is begun after so many rows read; after more where several hours wait. */
const rowsOfTick = { ordinary: 10_000, behind: 40_000 };

/** No slice is begun later in the minute: the next tick is due. */
const latestSliceMs = 45_000;

/** Rolls up what is due: hours that are over, then their days, the oldest first. */
export async function rollUpStep(
  { env, clock }: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  const hoursUntil = minute - hour - graceSeconds;
  const told = { slices: 0, rolled: 0, tooOld: 0, rowsRead: 0, rowsWritten: 0 };
  for (;;) {
    const waiting = await readWork(env.DB, hoursUntil);
    told.rowsRead += waiting.length;
    const [work] = waiting;
    const behind = waiting.filter(({ step }) => step === hour).length > 1;
    const most = behind ? rowsOfTick.behind : rowsOfTick.ordinary;
    const late = clock.now() >= minute * 1000 + latestSliceMs;
    if (work === undefined || told.rowsRead >= most || late) break;
    if (work.nextMonitor === 0 && (await isTooOld(env.DB, work))) {
      await dropWork(env.DB, work);
      told.tooOld += 1;
      continue;
    }
    const outcome = await rollUpSlice(env.DB, plan, work, rowsOfSlice, companions);
    // Another tick is at it.
    if (outcome.kind === "overtaken") break;
    told.slices += 1;
    told.rolled += outcome.rolled;
    told.rowsRead += outcome.rows.read;
    told.rowsWritten += outcome.rows.written;
  }
  return told.slices + told.tooOld > 0 ? told : null;
}

/** Some of what it would be made of may be gone: the rollup that there is has more in it. */
async function isTooOld(db: D1Database, { step, start }: RollupWork): Promise<boolean> {
  const kept = await readKeptFrom(db);
  return start < (step === day ? kept.hours : kept.results);
}
