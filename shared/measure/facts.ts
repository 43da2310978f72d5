/** All that indicators and reports are made of, for one window. */
import type { StatusPoint } from "../domain/availability.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import type { HealthSummary } from "../domain/health-history.ts";
import { placesOf } from "../domain/inbound.ts";
import { exclusions, type MaintenanceWindow } from "../domain/maintenance.ts";
import type { Monitor } from "../domain/monitor.ts";
import { overall } from "../domain/recording.ts";
import type { Rollup } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { type IncidentOfSpan, readIncidentsOf } from "../storage/incident-measures.ts";
import { readMaintenance } from "../storage/maintenance.ts";
import { readCoverage, readStatusPoints, type ScopedPoints } from "../storage/queries.ts";
import { nextTime, type Present } from "./material.ts";
import {
  type MetricOfWindow,
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
  readonly incidents: readonly IncidentOfSpan[];
  /** By `rollupKey`. */
  readonly rollups: ReadonlyMap<string, Rollup>;
  readonly requestErrorRate: MetricOfWindow;
  readonly databaseQuery: MetricOfWindow;
  readonly health: HealthSummary;
}

/**
 * Reads what is known of a window: as many rows as there are changes, incidents and gaps, and at
 * most 46 hours and one for each day of every monitor, region and metric.
 */
export async function readFacts(db: D1Database, present: Present, window: Span): Promise<Facts> {
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
  const [sla, points, coverage, maintenance, incidents] = await Promise.all([
    measureSla(db, present, { monitors, regions: plan.regions, window, period: null }),
    readStatusPoints(db, scopes, window),
    readCoverage(db, { from: window.from - longest, to: window.to }),
    readMaintenance(db, window),
    readIncidentsOf(db, window),
  ]);
  const regions = plan.regions.map(({ number }) => number);
  const rollups = await readRollupsOf(db, monitors, regions, window);
  const [requestErrorRate, databaseQuery, health] = await Promise.all([
    readMetricOf(db, kpiMetrics.requestErrorRate, numbers, window),
    readMetricOf(db, kpiMetrics.databaseQuery, numbers, window),
    readHealthOf(db, window),
  ]);
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
