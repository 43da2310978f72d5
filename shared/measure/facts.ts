/** All that indicators and reports are made of, for one window. */
import type { MeasuredIncident } from "../domain/alerting/incident-measures.ts";
import type { StatusPoint } from "../domain/availability.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import type { HealthSummary } from "../domain/health-history.ts";
import { placesOf } from "../domain/inbound.ts";
import { exclusions, type MaintenanceWindow } from "../domain/maintenance.ts";
import type { Monitor } from "../domain/monitor.ts";
import { overall } from "../domain/recording.ts";
import { mergeRollups, type Rollup } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { readIncidentsOf } from "../storage/alerting/incident-measures.ts";
import { readMaintenance } from "../storage/maintenance.ts";
import { type OutageOfSpan, readOutagesOf } from "../storage/outage-measures.ts";
import { readCoverage, readStatusPoints, type ScopedPoints } from "../storage/queries.ts";
import { readLiveMetric, readLiveResults } from "./live-hour.ts";
import { nextTime, type Present } from "./material.ts";
import {
  type MetricOfWindow,
  mergeMetrics,
  readHealthOf,
  readMetricOf,
  readRollupsOf,
} from "./rollups-of-window.ts";
import { type MeasuredSla, measureSla } from "./sla.ts";

/** Metrics that indicators are made of. */
export const kpiMetrics = {
  requestErrorRate: "errorRatePercent",
  databaseQuery: "databaseQueryMs",
};

/** What is known of a window. */
export interface Facts {
  readonly present: Present;
  readonly window: Span;
  /** Those that were there at some time of the window. */
  readonly monitors: readonly Monitor[];
  readonly sla: MeasuredSla;
  readonly points: readonly ScopedPoints[];
  readonly coverage: readonly CoverageSpan[];
  readonly maintenance: readonly MaintenanceWindow[];
  /** Planned time by monitor number, normalised. */
  readonly excluded: (monitor: number) => readonly Span[];
  readonly outages: readonly OutageOfSpan[];
  readonly incidents: readonly MeasuredIncident[];
  /** By `rollupKey`. */
  readonly rollups: ReadonlyMap<string, Rollup>;
  readonly requestErrorRate: MetricOfWindow;
  readonly databaseQuery: MetricOfWindow;
  readonly health: HealthSummary;
}

/**
 * Reads what is known of a window: as many rows as there are changes, outages and gaps, and at
 * most 46 hours and one for each day of every monitor, region and metric. A `live` end of the window is read as single results, a row each, in place of its rollups.
 */
export async function readFacts(
  db: D1Database,
  present: Present,
  window: Span,
  live: Span | null = null,
): Promise<Facts> {
  const { plan } = present;
  const monitors = plan.monitors.filter(({ addedAt }) => addedAt < window.to);
  const numbers = monitors.map(({ number }) => number);
  const places = new Map(placesOf(plan).map((place) => [place.id, place.number]));
  const scopes = monitors.flatMap(({ number, regions }) =>
    [overall, ...regions.flatMap((id) => places.get(id) ?? [])].map((scope) => ({
      monitor: number,
      scope,
    })),
  );
  const longest = Math.max(0, ...monitors.map(({ schedule }) => schedule.intervalSeconds));
  const [sla, points, coverage, maintenance, outages, incidents] = await Promise.all([
    measureSla(db, present, { monitors, regions: plan.regions, window, period: null }),
    readStatusPoints(db, scopes, window),
    readCoverage(db, { from: window.from - longest, to: window.to }),
    readMaintenance(db, window),
    readOutagesOf(db, window),
    readIncidentsOf(db, window),
  ]);
  const regions = plan.regions.map(({ number }) => number);
  const rolled = live === null ? window : { from: window.from, to: live.from };
  const rollups = await withLive(await readRollupsOf(db, monitors, regions, rolled));
  const [requestErrorRate, databaseQuery, health] = await Promise.all([
    metricOf(kpiMetrics.requestErrorRate),
    metricOf(kpiMetrics.databaseQuery),
    readHealthOf(db, window),
  ]);
  async function withLive(all: ReadonlyMap<string, Rollup>): Promise<ReadonlyMap<string, Rollup>> {
    if (live === null) return all;
    const newest = await readLiveResults(db, monitors, regions, live);
    const both = Map.groupBy([...all, ...newest], ([key]) => key);
    return new Map(
      [...both].map(([key, some]) => [key, mergeRollups(some.map(([, rollup]) => rollup))]),
    );
  }
  async function metricOf(name: string): Promise<MetricOfWindow> {
    const all = await readMetricOf(db, name, numbers, rolled);
    return live === null ? all : mergeMetrics(all, await readLiveMetric(db, plan, name, live));
  }
  const excludedFor = exclusions(maintenance, window, nextTime);
  const byNumber = new Map(monitors.map((monitor) => [monitor.number, monitor]));
  return {
    present,
    window,
    monitors,
    sla,
    points,
    coverage,
    maintenance,
    excluded: (number) => {
      const monitor = byNumber.get(number);
      return monitor ? excludedFor(monitor) : [];
    },
    outages,
    incidents,
    rollups,
    requestErrorRate,
    databaseQuery,
    health,
  };
}

/** A monitor's overall changes of status. */
export function overallPoints({ points }: Facts, monitor: Monitor): readonly StatusPoint[] {
  const own = points.find((one) => one.monitor === monitor.number && one.scope === overall);
  return (own?.points ?? []).filter(({ at }) => at >= monitor.addedAt);
}
