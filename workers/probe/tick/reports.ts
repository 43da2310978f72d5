/** A step of the upkeep: makes the reports that are due, one a tick. */
import { toSeconds } from "../../../shared/clock.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  duePeriod,
  type ReportKind,
  reportKinds,
  reportPeriodName,
  usualReports,
  zoneName,
} from "../../../shared/domain/report.ts";
import type { LogValue } from "../../../shared/log.ts";
import { makeReport } from "../../../shared/measure/reports.ts";
import {
  type ReportPeriod,
  readKnownSince,
  readReportedUntil,
} from "../../../shared/storage/reports.ts";
import { readWork } from "../../../shared/storage/rollup-work.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** A report waits so long (seconds) for its period to be rolled up, not for ever. */
const patienceSeconds = 6 * 3_600;

/**
 * Makes one report that is due, if any: the oldest missing of a kind, the kinds in turn. Repeating
 * it changes nothing: of a period, only one first edition is kept.
 */
export async function reportStep(
  { env, clock }: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  const now = toSeconds(clock.now());
  const due = await readDue(env.DB, plan, now);
  // In turn, so that one that cannot be made holds up no other.
  const next = due[(minute / 60) % Math.max(1, due.length)];
  if (!next) return null;
  const name = reportPeriodName(next.kind, next.zone, next.period);
  const told = { kind: next.kind, period: name };
  if (now < next.period.to + patienceSeconds && (await isRollingUp(env.DB, next))) {
    return { ...told, outcome: "waiting for rollups" };
  }
  const order = { by: "schedule", at: now, again: false };
  const made = await makeReport(env.DB, plan, next, order);
  return { ...told, outcome: made.kind, number: made.number };
}

/** The oldest report missing of each kind that is made: a few rows. */
async function readDue(db: D1Database, plan: Plan, now: number): Promise<ReportPeriod[]> {
  const settings = plan.reports ?? usualReports;
  const wanted: ReportKind[] = reportKinds.filter((kind) => settings[kind]);
  if (plan.monitors.length === 0 || wanted.length === 0) return [];
  const zone = zoneName(settings.zone);
  const [reported, knownSince] = await Promise.all([
    readReportedUntil(db, zone),
    readKnownSince(db),
  ]);
  return wanted.flatMap((kind) => {
    const reportedUntil = reported.get(kind) ?? null;
    const period = duePeriod(kind, zone, { reportedUntil, knownSince }, now);
    return period ? [{ kind, zone, period }] : [];
  });
}

async function isRollingUp(db: D1Database, { period }: ReportPeriod): Promise<boolean> {
  const work = await readWork(db, period.to);
  return work.some(({ start }) => start < period.to);
}
