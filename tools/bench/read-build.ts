/** Fills a database as the product would have, hour by hour, by the product's own code. */
import { parseConfig } from "../../shared/config/parse.ts";
import { sampleAt, sampleSeconds, summarise } from "../../shared/domain/health-history.ts";
import { categories } from "../../shared/domain/labels.ts";
import { type Plan, planRounds } from "../../shared/domain/plan.ts";
import {
  decideRecording,
  type Recording,
  type RoundReport,
} from "../../shared/domain/recording.ts";
import { type ReportKind, reportKinds, reportPeriodAt } from "../../shared/domain/report.ts";
import { defaultRetention, keptFrom } from "../../shared/domain/retention.ts";
import { day, hour, rollupStart } from "../../shared/domain/rollup.ts";
import type { Span } from "../../shared/domain/span.ts";
import { makeReport } from "../../shared/measure/reports.ts";
import {
  keepHealthDay,
  keepHealthScore,
  readHealthScores,
} from "../../shared/storage/health-history.ts";
import { commit, readMemory, type VersionedMemory } from "../../shared/storage/ledger.ts";
import { deleteOldMetrics } from "../../shared/storage/metric-retention.ts";
import { probedMetrics } from "../../shared/storage/metric-rollups.ts";
import { rollUpPushed } from "../../shared/storage/metric-work.ts";
import { pushPoints } from "../../shared/storage/metrics.ts";
import { apply, propose, readPlan } from "../../shared/storage/plans.ts";
import { keepFrom } from "../../shared/storage/retention.ts";
import { rollUpResults, rollUpSlice } from "../../shared/storage/roll-up-slice.ts";
import {
  claim,
  enqueue,
  lastMonitor,
  type RawResult,
  readWork,
  writeSlice,
} from "../../shared/storage/rollup-work.ts";
import { readAt } from "./read-time.ts";
import { builtSpan, makeWorld, pushedNames, readConfig, type World } from "./read-world.ts";

/** What to build. */
export interface BuildOptions {
  readonly days: number;
  readonly monitors: number;
  /** Days whose single results are stored; "all": every one is. */
  readonly rawDays: number | "all";
}

/** What was built. */
export interface Built extends BuildOptions {
  /** Recorded, and rolled up where their hour is over. */
  readonly results: number;
  /** Of them, those that are stored one by one. */
  readonly rawResults: number;
  readonly seconds: number;
}

/** An hour is rolled up when the last of its rounds has had time to come in, as in the tick. */
const graceSeconds = 120;
const recordingDelay = 5;
/** Rows read at a time, as in the tick. */
const rowsOfSlice = 10_000;
const pointsAtOnce = 500;

/**
 * Records every round of the time, rolls up each hour and day, keeps metrics and health scores, and
 * makes every report. Results that retention would have deleted by now are never stored, unless all
 * are wanted.
 *
 * @param progress told the days that are done
 */
export async function build(
  db: D1Database,
  options: BuildOptions,
  progress: (days: number) => void,
): Promise<Built> {
  const startedAt = performance.now();
  const span = builtSpan(options.days);
  const plan = await applyPlan(db, options.monitors, span.from);
  const rawDays = options.rawDays === "all" ? options.days + 1 : options.rawDays;
  const kept = keptFrom({ ...defaultRetention, rawDays }, readAt);
  const world = makeWorld(options.monitors, span);
  let memory = await readMemory(db);
  let [results, rawResults] = [0, 0];
  for (let start = rollupStart(hour, span.from); start < span.to; start += hour) {
    const part = { from: Math.max(start, span.from), to: Math.min(start + hour, span.to) };
    const recorded = await recordHour(db, plan, world, memory, part, start >= kept.results);
    memory = recorded.memory;
    results += recorded.results.length;
    if (start >= kept.results) rawResults += recorded.results.length;
    const over = start + hour + graceSeconds <= readAt;
    if (over) await rollUpHour(db, start, recorded.results);
    await pushHour(db, part);
    await keepScores(db, part);
    if ((start + hour) % day !== 0 && start + 2 * hour < span.to) continue;
    // The product does it after every hour, with the same outcome.
    await rollUpDays(db, plan);
    const old = keptFrom({ ...defaultRetention, rawDays }, start + hour);
    await deleteOldMetrics(db, old, { from: 1, to: 10_000 }, 1_000_000, start + hour);
    progress(Math.round((start + hour - span.from) / day));
  }
  await keepFrom(db, kept);
  await makeReports(db, plan, span);
  return { ...options, results, rawResults, seconds: (performance.now() - startedAt) / 1000 };
}

/** As it was applied on the first day; the maintenance windows that come with NetPost began then. */
async function applyPlan(db: D1Database, monitors: number, at: number): Promise<Plan> {
  const parsed = parseConfig(readConfig(monitors));
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const outcome = await apply(db, await propose(db, parsed.config, at), at);
  if (outcome.kind !== "applied") throw new Error("the configuration was not applied");
  await db
    .prepare(
      `UPDATE maintenance SET begins_at = ?1, created_at = ?1,
         versions = json_set(versions, '$[0].from', ?1)`,
    )
    .bind(at)
    .run();
  return readPlan(db);
}

async function recordHour(
  db: D1Database,
  plan: Plan,
  world: World,
  { version, memory }: VersionedMemory,
  { from, to }: Span,
  stored: boolean,
): Promise<{ readonly memory: VersionedMemory; readonly results: readonly RawResult[] }> {
  const reports: RoundReport[] = [];
  for (let time = from; time < to; time += 60) {
    for (const round of planRounds(plan, time)) {
      const regions = plan.regions.flatMap(({ number }) => {
        const results = world.resultsAt(number, round.time);
        return results === null ? [] : [{ region: number, results }];
      });
      reports.push({ round, regions });
    }
  }
  const recording = decideRecording(plan, memory, reports);
  const written: Recording = stored ? recording : { ...recording, results: [] };
  const outcome = await commit(db, version, written, to - 60 + recordingDelay);
  if (outcome.kind === "conflict") throw new Error("somebody else recorded");
  const results = recording.results.map(
    ({ time, monitor, region, outcome: { outcome: status }, attempts, latencyMs, metrics }) => ({
      ...{ time, monitor, region, outcome: status, attempts, latencyMs },
      metrics: metrics ?? {},
    }),
  );
  return { memory: outcome.next, results };
}

/** From the results in hand: those that were not stored cannot be read again. */
async function rollUpHour(
  db: D1Database,
  start: number,
  results: readonly RawResult[],
): Promise<void> {
  await enqueue(db, hour, [start]).run();
  const listed = (await readWork(db, start)).find((work) => work.start === start);
  const work = listed && (await claim(db, listed));
  if (!work) throw new Error("the hour is not on the list");
  const beside = probedMetrics.ofHour(db, work, results);
  const outcome = await writeSlice(db, work, lastMonitor, rollUpResults(results), beside);
  if (outcome.kind !== "written") throw new Error("somebody else rolled up");
}

async function rollUpDays(db: D1Database, plan: Plan): Promise<void> {
  for (;;) {
    const work = (await readWork(db, 0)).find(({ step }) => step === day);
    if (!work) return;
    const outcome = await rollUpSlice(db, plan, work, rowsOfSlice, [probedMetrics]);
    if (outcome.kind !== "written") throw new Error("somebody else rolled up");
  }
}

async function pushHour(db: D1Database, { from, to }: Span): Promise<void> {
  const points = Array.from({ length: (to - from) / 60 }, (_, index) => from + index * 60).flatMap(
    (time) =>
      pushedNames.map((name, index) => {
        const value = Math.round(1_000 * (2 + Math.sin(time / (3_000 * (index + 1))))) / 10;
        return { name, labels: {}, time, value };
      }),
  );
  for (let index = 0; index < points.length; index += pointsAtOnce) {
    await pushPoints(db, points.slice(index, index + pointsAtOnce), null, to);
  }
  for (;;) {
    const { kind } = await rollUpPushed(db, readAt - hour - graceSeconds);
    if (kind !== "written") return;
  }
}

/** Scores as the tick keeps them, every five minutes; made up, for each would read the database. */
async function keepScores(db: D1Database, { from, to }: Span): Promise<void> {
  for (let at = sampleAt(from + sampleSeconds - 1); at < to; at += sampleSeconds) {
    const score = 97 + 3 * Math.sin(at / 40_000);
    const parts = Object.fromEntries(
      categories.map((category, index) => [category, score - index]),
    );
    await keepHealthScore(db, { at, score, parts });
    if ((at + sampleSeconds) % day !== 0) continue;
    const start = rollupStart(day, at);
    const samples = await readHealthScores(db, { from: start, to: start + day });
    await keepHealthDay(db, { start, summary: summarise(samples) });
  }
}

/** Every report whose period is in the time that was built, as the tick would have made it. */
async function makeReports(db: D1Database, plan: Plan, span: Span): Promise<void> {
  for (const kind of reportKinds) await makeReportsOf(db, plan, kind, span);
}

async function makeReportsOf(
  db: D1Database,
  plan: Plan,
  kind: ReportKind,
  span: Span,
): Promise<void> {
  const zone = "UTC";
  let period = reportPeriodAt(kind, zone, span.from);
  for (;;) {
    period = reportPeriodAt(kind, zone, period.to);
    if (period.to > readAt) return;
    await makeReport(
      db,
      plan,
      { kind, zone, period },
      {
        by: "schedule",
        at: period.to + 1_200,
        again: false,
      },
    );
  }
}
