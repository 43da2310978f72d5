/** Makes rollups, a slice of monitors at a time: in the tick, and where they are made again. */
import type { Plan } from "../domain/plan.ts";
import { day, hour, mergeRollups, rollUp } from "../domain/rollup.ts";
import {
  claim,
  lastMonitor,
  type RawResult,
  type RollupWork,
  readHourSlice,
  writeSlice,
} from "./rollup-work.ts";
import {
  type MonitorRange,
  readMonitorNumbers,
  readRollupSlice,
  type StoredRollup,
} from "./rollups.ts";
import type { RowCounts } from "./rows.ts";

/**
 * What is rolled up beside results, of the same reads and in the same batches: it is there when
 * they are, and never of fewer results.
 */
export interface RollupCompanion {
  /** The statements for the results of some monitors in the hour from `work.start`. */
  ofHour(
    db: D1Database,
    work: RollupWork,
    results: readonly RawResult[],
  ): readonly D1PreparedStatement[];
  /** The statements for some monitors in the day from `work.start`, from what hours there are. */
  ofDay(
    db: D1Database,
    work: RollupWork,
    monitors: MonitorRange,
  ): Promise<readonly D1PreparedStatement[]>;
}

/** What became of a slice. */
export type SliceRolled =
  | {
      readonly kind: "written";
      /** Results or hours that it was made of. */
      readonly rolled: number;
      readonly rows: RowCounts;
    }
  /** Somebody else did it, or results came in: nothing was changed. */
  | { readonly kind: "overtaken" };

type Made = readonly Omit<StoredRollup, "start">[];

/**
 * Rolls up the next slice of an hour or a day.
 *
 * @param plan tells how many results to expect of a monitor; of others it is guessed
 * @param most rows to read, about
 * @throws where the database fails
 */
export async function rollUpSlice(
  db: D1Database,
  plan: Plan,
  listed: RollupWork,
  most: number,
  companions: readonly RollupCompanion[] = [],
): Promise<SliceRolled> {
  const work = await claim(db, listed);
  if (work === null) return { kind: "overtaken" };
  const range = await nextRange(db, plan, work, most);
  const { made, rolled, read, beside } =
    work.step === hour
      ? await ofHour(db, work, range, companions)
      : await ofDay(db, work, range, companions);
  const outcome = await writeSlice(db, work, range.to, made, beside);
  if (outcome.kind === "overtaken") return outcome;
  const { rows } = outcome;
  const claimed = listed.nextMonitor === 0 ? 1 : 0;
  return {
    kind: "written",
    rolled,
    rows: { read: rows.read + read, written: rows.written + claimed },
  };
}

async function ofHour(
  db: D1Database,
  work: RollupWork,
  range: MonitorRange,
  companions: readonly RollupCompanion[],
) {
  const { rows, counts } = await readHourSlice(db, work.start, range);
  return {
    made: rollUpResults(rows),
    rolled: rows.length,
    read: counts.read,
    beside: companions.flatMap((companion) => companion.ofHour(db, work, rows)),
  };
}

async function ofDay(
  db: D1Database,
  work: RollupWork,
  range: MonitorRange,
  companions: readonly RollupCompanion[],
) {
  const { start } = work;
  const { rows, counts } = await readRollupSlice(db, hour, { from: start, to: start + day }, range);
  const beside = await Promise.all(companions.map((companion) => companion.ofDay(db, work, range)));
  return {
    made: mergeHours(rows),
    rolled: rows.length,
    read: counts.read,
    beside: beside.flat(),
  };
}

/** The rollups of results of one hour, by monitor and region. */
export function rollUpResults(results: readonly RawResult[]): Made {
  return byKey(results).map(({ monitor, region, rows }) => {
    return { monitor, region, rollup: rollUp(rows) };
  });
}

/** The rollups of a day, by monitor and region, from its hours. */
export function mergeHours(hours: readonly StoredRollup[]): Made {
  return byKey(hours).map(({ monitor, region, rows }) => {
    return { monitor, region, rollup: mergeRollups(rows.map(({ rollup }) => rollup)) };
  });
}

function byKey<Row extends { readonly monitor: number; readonly region: number }>(
  rows: readonly Row[],
) {
  const groups = Map.groupBy(rows, ({ monitor, region }) => `${monitor}/${region}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ monitor: first.monitor, region: first.region, rows: group }];
  });
}

/** So many monitors are in a slice at most. */
const monitorsAtOnce = 2000;

/**
 * The next monitors whose rows are about `most`. Numbers between those of the plan belong to
 * monitors that were removed; their results are rolled up as well, so a range leaves none out.
 */
export async function nextRange(
  db: D1Database,
  plan: Plan,
  { step, start, nextMonitor: from }: Pick<RollupWork, "step" | "start" | "nextMonitor">,
  most: number,
): Promise<MonitorRange> {
  // A round that was under way when its monitor was removed may have ended after that.
  const numbers = await readMonitorNumbers(db, from, start - day, monitorsAtOnce);
  const monitors = new Map(plan.monitors.map((monitor) => [monitor.number, monitor]));
  let expected = 0;
  for (const [index, number] of numbers.entries()) {
    const monitor = monitors.get(number);
    const places = monitor?.regions.length ?? Math.max(1, plan.regions.length);
    const perPlace = step === day ? 24 : hour / (monitor?.schedule.intervalSeconds ?? 60);
    expected += places * Math.max(1, perPlace);
    if (expected > most && index > 0) return { from, to: number - 1 };
  }
  const last = numbers.at(-1);
  if (numbers.length < monitorsAtOnce || last === undefined) return { from, to: lastMonitor };
  return { from, to: last };
}
