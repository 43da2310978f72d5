/** What a backtest needs of the past, read at once and bounded. */
import type { BacktestHistory } from "../domain/alerting/backtest.ts";
import type { PersonsAct } from "../domain/alerting/backtest-acts.ts";
import { priorities } from "../domain/alerting/priority.ts";
import type { OutageSpan } from "../domain/alerting/samples.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import type { LatestOutage } from "../domain/decide-outage.ts";
import { placesOf } from "../domain/inbound.ts";
import type { OwnFault } from "../domain/own-faults.ts";
import { type Plan, planRounds } from "../domain/plan.ts";
import {
  type Memory,
  overall,
  type RecordedResult,
  type RegionReport,
  type ScopedStatus,
  statusKey,
} from "../domain/recording.ts";
import type { Round } from "../domain/schedule.ts";
import { countChecks, stepOf } from "../domain/schedule.ts";
import type { Span } from "../domain/span.ts";
import { initialState } from "../domain/status.ts";
import {
  type EarlierOutage,
  type IncidentAct,
  readIncidentActs,
  readLatestOutages,
  readRecordedResults,
} from "../storage/alerting/backtest-material.ts";
import { pushed, readMetricPoints, readMetricSeries } from "../storage/metrics.ts";
import { readFirstCoverage, readOwnFaults } from "../storage/own-watch.ts";
import { readCoverage, readStatusPoints } from "../storage/queries.ts";
import { checksIn, type MetricValue, sourceOf } from "./metric-values.ts";
import type { Looked } from "./own-readings.ts";

/** What one backtest may take: more would not fit into a request's time and memory. */
export const backtestLimits = { results: 100_000, rounds: 50_000 } as const;

export interface Asked {
  /** Results that the plan's schedules ask for, at most. */
  readonly results: number;
  readonly rounds: number;
}

/** What a backtest of a plan over a time would take; reads nothing. */
export function askedOf(plan: Plan, { from, to }: Span): Asked {
  const results = plan.monitors.reduce((sum, { schedule, regions, addedAt }) => {
    return sum + regions.length * countChecks(schedule, Math.max(from, addedAt), to);
  }, 0);
  return { results, rounds: Math.ceil((to - from) / 60) * planRounds(plan, 0).length };
}

/** What was read. */
export interface PastMaterial {
  readonly history: BacktestHistory;
  readonly results: readonly RecordedResult[];
  readonly pushed: readonly MetricValue[];
  /** When regions were looking. */
  readonly looked: Looked;
  /** What ticks noted of themselves. */
  readonly faults: readonly OwnFault[];
  /** Results that came when their round had been decided without them. */
  readonly late: number;
  /** Kinds of what people did that is not done again. */
  readonly otherActs: readonly string[];
}

/** Reads what was recorded of a plan's monitors in a time, whole minutes. */
export async function readPast(db: D1Database, plan: Plan, span: Span): Promise<PastMaterial> {
  const { from, to } = span;
  const numbers = new Map(placesOf(plan).map(({ id, number }) => [id, number]));
  const scopes = plan.monitors.flatMap(({ number: monitor, regions }) =>
    [overall, ...regions.flatMap((id) => numbers.get(id) ?? [])].map((scope) => {
      return { monitor, scope };
    }),
  );
  const checks = plan.monitors.flatMap((monitor) =>
    // A value of a slow monitor is recent for two intervals.
    checksIn(monitor, { from: from - 2 * monitor.schedule.intervalSeconds, to }),
  );
  const [results, spans, points, outages, acts, pushedOnes, first, faults] = await Promise.all([
    readRecordedResults(db, checks),
    readCoverage(db, span),
    readStatusPoints(db, scopes, { from: from - 1, to: from }),
    readLatestOutages(
      db,
      plan.monitors.map(({ number }) => number),
      from,
    ),
    readIncidentActs(db, span),
    readPushed(db, plan, span),
    readFirstCoverage(db),
    readOwnFaults(db, from),
  ]);
  const statuses = new Map(
    points.flatMap(({ monitor, scope, points: own }) => {
      const last = own.at(-1);
      const known = scope === overall ? outages.find((one) => one.monitor === monitor) : undefined;
      if (last === undefined) return [];
      const status = statusAt(monitor, scope, last, known ?? null);
      return [[statusKey(monitor, scope), status] as const];
    }),
  );
  const open = outages.flatMap(({ reopenings: _, ...outage }): OutageSpan[] => {
    const isOpen = statuses.get(statusKey(outage.monitor, overall))?.outage?.endedAt === null;
    return isOpen ? [{ ...outage, endedAt: null }] : [];
  });
  const done = acts.flatMap((act) => actOf(act) ?? []);
  const steps = new Map(plan.monitors.map(({ number, schedule }) => [number, stepOf(schedule)]));
  const byTime = Map.groupBy(results, ({ time }) => time);
  const spansOf = Map.groupBy(spans, ({ region, step }) => `${region}/${step}`);
  const covers = (region: number, { time, step }: Round) =>
    (spansOf.get(`${region}/${step}`) ?? []).some((one) => one.from <= time && time < one.to);
  const reportsOf = (round: Round): RegionReport[] => {
    const own = (byTime.get(round.time) ?? []).filter(
      ({ monitor }) => steps.get(monitor) === round.step,
    );
    return [...numbers.values()]
      .filter((region) => covers(region, round))
      .map((region) => ({ region, results: own.filter((one) => one.region === region) }));
  };
  const memory: Memory = { statuses, coverage: coverageBefore(spans, from) };
  const late = results.filter(({ monitor, region, time }) => {
    const step = steps.get(monitor);
    return step !== undefined && time >= from && !covers(region, { time, step });
  }).length;
  return {
    history: { span, memory, outages: open, reportsOf, acts: done },
    results,
    pushed: pushedOnes,
    looked: { spans, first },
    faults,
    late,
    otherActs: [...new Set(acts.flatMap((act) => (actOf(act) === null ? act.kind : [])))],
  };
}

/** As of the beginning; what was before it is all that counts of spans that go on. */
function coverageBefore(spans: readonly CoverageSpan[], from: number): CoverageSpan[] {
  const last = new Map<string, CoverageSpan>();
  for (const span of spans) {
    if (span.from >= from) continue;
    last.set(`${span.region}/${span.step}`, { ...span, to: Math.min(span.to, from) });
  }
  return [...last.values()];
}

function statusAt(
  monitor: number,
  scope: number,
  { at, status }: { readonly at: number; readonly status: ScopedStatus["status"] },
  latest: EarlierOutage | null,
): ScopedStatus {
  const lastKnown = status === "unknown" ? null : status;
  const outage = latest === null ? null : outageAt(latest, at, status);
  const cause = status === "up" ? null : (latest?.cause ?? null);
  return { ...initialState(at), status, lastKnown, monitor, scope, cause, outage };
}

/** A row tells how an outage ended in the end; the status tells whether it went on then. */
function outageAt(
  { startedAt, endedAt, reopenings }: EarlierOutage,
  at: number,
  status: ScopedStatus["status"],
): LatestOutage {
  const isDown = status === "down" || (status === "unknown" && (endedAt ?? at) >= at);
  if (isDown) return { startedAt, endedAt: null, reopenings };
  return { startedAt, endedAt: Math.min(endedAt ?? at, at), reopenings };
}

/** What was done, as it can be done again; null where it cannot. */
function actOf({ at, incident, kind, author: by, text }: IncidentAct): PersonsAct | null {
  const common = { at, by, incident };
  if (kind === "acknowledged") return { ...common, act: { kind: "acknowledge" } };
  const last = text.split(" ").at(-1) ?? "";
  if (kind === "snoozed") {
    const until = Date.parse(last);
    if (Number.isNaN(until)) return null;
    return { ...common, act: { kind: "snooze", until: Math.floor(until / 1000) } };
  }
  const priority = priorities.find((one) => one === last);
  if (kind !== "priority" || priority === undefined) return null;
  return { ...common, act: { kind: "prioritise", priority } };
}

async function readPushed(db: D1Database, plan: Plan, { from, to }: Span): Promise<MetricValue[]> {
  const series = await readMetricSeries(db, [pushed]);
  if (series.length === 0) return [];
  const points = await readMetricPoints(
    db,
    series.map(({ number }) => number),
    { from, to },
  );
  const byNumber = new Map(series.map((one) => [one.number, one]));
  return points.flatMap(({ series: number, at, value }): MetricValue[] => {
    const one = byNumber.get(number);
    const source = one === undefined ? null : sourceOf(plan, one);
    return one === undefined || source === null ? [] : [{ name: one.name, value, at, source }];
  });
}
