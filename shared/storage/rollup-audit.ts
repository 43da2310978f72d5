/** Holds rollups against the results they were made of, and makes them again. */
import { z } from "zod";
import type { Plan } from "../domain/plan.ts";
import { day, hour, type RollupStep, rollupStart } from "../domain/rollup.ts";
import { encodeSketch } from "../domain/sketch-text.ts";
import type { Span } from "../domain/span.ts";
import { probedMetrics } from "./metric-rollups.ts";
import { readKeptFrom } from "./retention.ts";
import { mergeHours, nextRange, rollUpResults, rollUpSlice } from "./roll-up-slice.ts";
import { enqueue, lastMonitor, readHourSlice, readWork } from "./rollup-work.ts";
import {
  deleteRollups,
  type MonitorRange,
  type RollupKey,
  readRollupSlice,
  type StoredRollup,
} from "./rollups.ts";

/** A rollup that is not what results or hours say. */
export interface Difference extends RollupKey {
  readonly step: RollupStep;
  /** Not there, there without a result, or other than its results. */
  readonly kind: "missing" | "extra" | "different";
}

/** What was looked at and found. */
export interface Audit {
  readonly hours: number;
  readonly days: number;
  /** Hours and days left out, for they are still to be rolled up. */
  readonly pending: number;
  readonly results: number;
  readonly differences: readonly Difference[];
}

/** Told after each hour and day. */
export type Progress = (done: number, of: number) => void;

/** Rows read at a time, about. */
const rowsAtOnce = 20_000;

/**
 * From the first hour of which all results are there to the last that is over.
 *
 * @param wanted epoch seconds
 * @param now epoch seconds
 * @returns null where there is none
 */
export async function auditableWindow(
  db: D1Database,
  wanted: Partial<Span>,
  now: number,
): Promise<Span | null> {
  const oldest = z
    .object({ time: z.int().nullable() })
    .parse(await db.prepare("SELECT min(time) AS time FROM results").first()).time;
  if (oldest === null) return null;
  const { results } = await readKeptFrom(db);
  const from = rollupStart(hour, Math.max(wanted.from ?? 0, oldest, results));
  const to = rollupStart(hour, Math.min(wanted.to ?? now, now));
  return from < to ? { from, to } : null;
}

/** Compares the rollups of whole hours with results, and those of their days with the hours. */
export async function auditRollups(
  db: D1Database,
  plan: Plan,
  window: Span,
  progress: Progress = () => {},
): Promise<Audit> {
  const listed = await readWork(db, window.to);
  const isListed = (step: RollupStep, start: number) =>
    listed.some((work) => work.step === step && work.start === start);
  const hours = startsIn(window, hour);
  const days = startsIn(window, day);
  const differences: Difference[] = [];
  let results = 0;
  let pending = 0;
  let done = 0;
  for (const [step, starts] of [
    [hour, hours],
    [day, days],
  ] as const) {
    for (const start of starts) {
      if (isListed(step, start)) pending += 1;
      else {
        const audited = await auditOne(db, plan, step, start);
        if (step === hour) results += audited.rolled;
        differences.push(...audited.differences);
      }
      done += 1;
      progress(done, hours.length + days.length);
    }
  }
  return { hours: hours.length, days: days.length, pending, results, differences };
}

async function auditOne(db: D1Database, plan: Plan, step: RollupStep, start: number) {
  const differences: Difference[] = [];
  let rolled = 0;
  let nextMonitor = 1;
  while (nextMonitor <= lastMonitor) {
    const range = await nextRange(db, plan, { step, start, nextMonitor }, rowsAtOnce);
    const within = { from: start, to: start + step };
    const found = await readRollupSlice(db, step, within, range);
    const { expected, of } =
      step === hour ? await fromResults(db, start, range) : await fromHours(db, within, range);
    rolled += of;
    differences.push(...compare(step, start, expected, found.rows));
    nextMonitor = range.to + 1;
  }
  return { rolled, differences };
}

async function fromResults(db: D1Database, start: number, range: MonitorRange) {
  const { rows } = await readHourSlice(db, start, range);
  return { expected: rollUpResults(rows), of: rows.length };
}

async function fromHours(db: D1Database, within: Span, range: MonitorRange) {
  const { rows } = await readRollupSlice(db, hour, within, range);
  return { expected: mergeHours(rows), of: rows.length };
}

function compare(
  step: RollupStep,
  start: number,
  expected: readonly Omit<StoredRollup, "start">[],
  found: readonly StoredRollup[],
): Difference[] {
  const there = new Map(found.map((rollup) => [nameOf(rollup), rollup]));
  const differences: Difference[] = [];
  const tell = ({ monitor, region }: Omit<RollupKey, "start">, kind: Difference["kind"]) =>
    differences.push({ step, start, monitor, region, kind });
  for (const rollup of expected) {
    const stored = there.get(nameOf(rollup));
    there.delete(nameOf(rollup));
    if (stored === undefined) tell(rollup, "missing");
    else if (textOf(stored) !== textOf(rollup)) tell(rollup, "different");
  }
  for (const rollup of there.values()) tell(rollup, "extra");
  return differences;
}

function nameOf({ monitor, region }: Pick<RollupKey, "monitor" | "region">): string {
  return `${monitor}/${region}`;
}

function textOf({ rollup: { outcomes, attempts, latency } }: Pick<StoredRollup, "rollup">): string {
  const { up, degraded, down, unknown } = outcomes;
  const { count, sum, min, max, sketch } = latency;
  return [up, degraded, down, unknown, attempts, count, sum, min, max, encodeSketch(sketch)].join();
}

/**
 * Makes the rollups of whole hours and their days again, metrics included, by the way they are made
 * in the tick: results that come in meanwhile are in them. Rollups without a result are deleted.
 *
 * @returns what is still different: nothing, unless somebody writes rollups by hand
 */
export async function remakeRollups(
  db: D1Database,
  plan: Plan,
  window: Span,
  progress: Progress = () => {},
): Promise<Audit> {
  const hours = startsIn(window, hour);
  await enqueue(db, hour, hours).run();
  await rollUpListed(db, plan, window, progress);
  const audit = await auditRollups(db, plan, window);
  const extra = audit.differences.filter(({ kind }) => kind === "extra");
  if (extra.length === 0) return audit;
  for (const [, group] of Map.groupBy(extra, ({ step, start }) => `${step}/${start}`)) {
    const [first] = group;
    if (first !== undefined) await deleteRollups(db, first.step, first.start, group).run();
  }
  await enqueue(db, day, startsIn(window, day)).run();
  await rollUpListed(db, plan, window, () => {});
  return auditRollups(db, plan, window);
}

/** Ticks may do some of it meanwhile. */
async function rollUpListed(
  db: D1Database,
  plan: Plan,
  window: Span,
  progress: Progress,
): Promise<void> {
  let most = 0;
  for (;;) {
    const listed = await readWork(db, window.to - hour);
    most = Math.max(most, listed.length);
    progress(most - listed.length, most);
    const [work] = listed;
    if (work === undefined) return;
    await rollUpSlice(db, plan, work, rowsAtOnce, [probedMetrics]);
  }
}

function startsIn({ from, to }: Span, step: RollupStep): number[] {
  const starts: number[] = [];
  for (let start = rollupStart(step, from); start < to; start += step) starts.push(start);
  return starts;
}
