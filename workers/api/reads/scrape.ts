/** What a scrape of the metrics is made of. */

import type { SloDocument } from "../../../shared/contract/api/slo.ts";
import type { AlertMemory } from "../../../shared/domain/alerting/memory.ts";
import { type CoverageSpan, coveredByAny } from "../../../shared/domain/coverage.ts";
import { type HealthScore, healthScore } from "../../../shared/domain/health-score.ts";
import type { PresentMetric } from "../../../shared/domain/metric.ts";
import { presentOverall } from "../../../shared/domain/present-status.ts";
import { day, hour } from "../../../shared/domain/rollup.ts";
import { stepOf } from "../../../shared/domain/schedule.ts";
import { intersect, type Span, totalSeconds } from "../../../shared/domain/span.ts";
import { readPresentMetrics } from "../../../shared/measure/present-metrics.ts";
import { sloDocument } from "../../../shared/measure/slo.ts";
import { knownUntil } from "../../../shared/measure/window.ts";
import { readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readWaiting, type Waiting } from "../../../shared/storage/alerting/outbox-state.ts";
import { readCoverage } from "../../../shared/storage/queries.ts";
import { countNotifications, type NotificationCount } from "../../../shared/storage/scrape.ts";
import { fromDatabase } from "./from-database.ts";
import { type LatestResults, readLatestResults } from "./latest-results.ts";
import { type ProbeCounts, readProbeCounts } from "./probe-counts.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

/** Error budgets are those of so many days back. */
export const budgetDays = 30;

export interface Scrape {
  readonly snapshot: Snapshot;
  readonly latest: LatestResults;
  readonly counts: ProbeCounts;
  readonly alerting: AlertMemory;
  readonly outbox: Waiting;
  /** Of those decided since `counts.since`. */
  readonly notifications: readonly NotificationCount[];
  /** By region id: the part of the last hour in which it was looking; null: nothing to look at. */
  readonly coverage: ReadonlyMap<string, number | null>;
  readonly metrics: readonly PresentMetric[];
  readonly health: HealthScore;
  readonly slo: SloDocument;
}

/**
 * Reads all that a scrape tells, in a number of statements that does not grow. Rows: the size of the
 * plan, what alerting remembers, the last minutes of metrics, today's hours and messages, the
 * changes of status of 30 days; nothing older.
 *
 * @param now epoch seconds
 * @throws DatabaseUnavailableError
 */
export async function readScrape(db: D1Database, now: number): Promise<Scrape> {
  const snapshot = await readSnapshot(db, now);
  const { plan, freshness, lastSpans } = snapshot;
  const until = knownUntil(now, freshness);
  const budgetWindow = { from: until - budgetDays * day, to: until };
  const born = Math.min(now, ...plan.monitors.map(({ addedAt }) => addedAt));
  const looked = { from: Math.max(until - hour, born), to: until };
  const slo = { monitors: plan.monitors, window: budgetWindow, period: null };
  const [latest, counts, { memory }, outbox, spans, metrics, budgets] = await fromDatabase(
    Promise.all([
      readLatestResults(db, snapshot, plan.monitors),
      readProbeCounts(db, plan, now),
      readAlertMemory(db, now),
      readWaiting(db),
      readCoverage(db, looked),
      readPresentMetrics(db, plan, now),
      sloDocument(db, { now, plan, lastSpans }, slo),
    ]),
  );
  const notifications = await fromDatabase(countNotifications(db, counts.since));
  const scored = plan.monitors.map((monitor) => ({
    ...monitor,
    status: presentOverall(snapshot, monitor).status,
  }));
  return {
    snapshot,
    latest,
    counts,
    alerting: memory,
    outbox,
    notifications,
    coverage: coverageByRegion(snapshot, spans, looked),
    metrics,
    health: healthScore(scored, metrics, plan.healthScore),
    slo: budgets,
  };
}

/** Of the steps in which a region's monitors are checked, the one that fares worst. */
function coverageByRegion(
  { plan }: Snapshot,
  spans: readonly CoverageSpan[],
  window: Span,
): Map<string, number | null> {
  const seconds = window.to - window.from;
  return new Map(
    plan.regions.map(({ id, number }) => {
      const own = plan.monitors.filter(({ regions }) => regions.includes(id));
      const parts = [...new Set(own.map(({ schedule }) => stepOf(schedule)))].map((step) => {
        const covered = intersect([window], coveredByAny(spans, step, [number]));
        return totalSeconds(covered) / seconds;
      });
      return [id, parts.length === 0 || seconds <= 0 ? null : Math.min(...parts)] as const;
    }),
  );
}
