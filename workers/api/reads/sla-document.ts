/** Availability by monitor and region over a window: four queries, however many the monitors. */
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { Measured, SlaDocument, SlaQuery } from "../../../shared/contract/api/sla.ts";
import type { StatusPoint } from "../../../shared/domain/availability.ts";
import { type CoverageSpan, coveredByChecks } from "../../../shared/domain/coverage.ts";
import { type Freshness, freshness } from "../../../shared/domain/freshness.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Monitor, Region, Schedule } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { overall, statusKey } from "../../../shared/domain/recording.ts";
import { stepOf } from "../../../shared/domain/schedule.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { readLastSpans } from "../../../shared/storage/last-spans.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { readCoverage, readStatusPoints } from "../../../shared/storage/queries.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";
import { measure, total } from "./sla-measure.ts";
import { knownUntil, parseWindow } from "./sla-window.ts";
import { freshnessOfStep } from "./snapshot.ts";
import { unknownMonitor, unknownRegion } from "./unknown-id.ts";

/** The document, or what is wrong with the query. */
export type SlaAnswer =
  | { readonly ok: true; readonly document: SlaDocument }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Which monitors and regions are asked for. */
interface Selection {
  readonly monitors: readonly Monitor[];
  readonly regions: readonly Region[];
}

/** All that the document is computed from. */
interface Material extends Selection {
  readonly window: Span;
  readonly freshness: Freshness;
  /** By monitor: up to when its rounds are known, epoch seconds. */
  readonly knownUntil: (monitor: Monitor) => number;
  /** When somebody was looking, by step and regions. */
  readonly coveredBy: (schedule: Schedule, regions: readonly number[]) => readonly Span[];
  /** By `statusKey`. */
  readonly points: ReadonlyMap<string, readonly StatusPoint[]>;
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Answers a query.
 *
 * @param now epoch seconds
 */
export async function readSla(db: D1Database, query: SlaQuery, now: number): Promise<SlaAnswer> {
  const [plan, lastSpans] = await fromDatabase(Promise.all([readPlan(db), readLastSpans(db)]));
  const fresh = freshness(now, lastSpans);
  const window = parseWindow(query, now, fresh);
  const selection = select(plan, query);
  const errors = [...(window.ok ? [] : window.errors), ...selection.errors];
  if (!window.ok || errors.length > 0) return { ok: false, errors };
  const numbers = new Map(placesOf(plan).map((place) => [place.id, place.number]));
  const scopes = selection.monitors.flatMap((monitor) =>
    [overall, ...monitor.regions.flatMap((id) => numbers.get(id) ?? [])].map((scope) => ({
      monitor: monitor.number,
      scope,
    })),
  );
  const [coverage, scoped] = await fromDatabase(
    Promise.all([
      readCoverage(db, reachingBack(window.window, selection.monitors)),
      readStatusPoints(db, scopes, window.window),
    ]),
  );
  const document = slaDocument({
    ...selection,
    window: window.window,
    freshness: fresh,
    knownUntil: (monitor) =>
      knownUntil(now, freshnessOfStep(now, lastSpans, stepOf(monitor.schedule))),
    coveredBy: rememberCovered(coverage),
    points: new Map(
      scoped.map(({ monitor, scope, points }) => [statusKey(monitor, scope), points]),
    ),
    numbers,
  });
  return { ok: true, document };
}

function select(plan: Plan, query: SlaQuery): Selection & { errors: FieldError[] } {
  const monitors = plan.monitors.filter(({ id }) => (query.monitor ?? id) === id);
  const regions = plan.regions.filter(({ id }) => (query.region ?? id) === id);
  return {
    monitors,
    regions,
    errors: [
      ...(query.monitor !== undefined && monitors.length === 0 ? [unknownMonitor(plan)] : []),
      ...(query.region !== undefined && regions.length === 0 ? [unknownRegion(plan)] : []),
    ],
  };
}

function slaDocument(material: Material): SlaDocument {
  const { window, freshness: fresh, monitors, regions } = material;
  const measured = monitors.map((monitor) => measureMonitor(material, monitor));
  return {
    window: { from: instant(window.from), to: instant(window.to) },
    asOf: instantOrNull(fresh.asOf),
    stale: fresh.stale,
    monitors: measured,
    total: {
      monitors: measured.length,
      met: measured.filter(({ overall: whole }) => whole.met === true).length,
      missed: measured.filter(({ overall: whole }) => whole.met === false).length,
      overall: total(measured.map((one) => one.overall)),
      regions: Object.fromEntries(
        regions.map(({ id }) => [id, total(measured.flatMap((one) => one.regions[id] ?? []))]),
      ),
    },
  };
}

function measureMonitor(material: Material, monitor: Monitor): SlaDocument["monitors"][number] {
  const { coveredBy, points, numbers, regions } = material;
  const window = windowOf(material, monitor);
  const measureScope = (scope: number, by: readonly number[]): Measured =>
    measure({
      monitor,
      window,
      points: points.get(statusKey(monitor.number, scope)) ?? [],
      covered: coveredBy(monitor.schedule, by),
    });
  const own = monitor.regions.flatMap((id) => numbers.get(id) ?? []);
  return {
    id: monitor.id,
    name: monitor.name,
    window: { from: instant(window.from), to: instant(window.to) },
    overall: measureScope(overall, own),
    regions: Object.fromEntries(
      regions
        .filter(({ id }) => monitor.regions.includes(id))
        .map(({ id, number }) => [id, measureScope(number, [number])]),
    ),
  };
}

/** Not before the monitor was added, not after what is known of its rounds; it may be empty. */
function windowOf({ window, knownUntil: until }: Material, monitor: Monitor): Span {
  const from = Math.max(window.from, Math.min(monitor.addedAt, window.to));
  return { from, to: Math.max(from, Math.min(window.to, until(monitor))) };
}

/** A check speaks until the next is due: the one before the window still does in it. */
function reachingBack({ from, to }: Span, monitors: readonly Monitor[]): Span {
  const longest = Math.max(0, ...monitors.map(({ schedule }) => schedule.intervalSeconds));
  return { from: from - longest, to };
}

/** Most monitors have the same schedule and regions: their coverage is worked out once. */
function rememberCovered(coverage: readonly CoverageSpan[]): Material["coveredBy"] {
  const known = new Map<string, readonly Span[]>();
  return (schedule, regions) => {
    const key = `${schedule.intervalSeconds}/${schedule.phaseSeconds}/${regions.join()}`;
    const covered = known.get(key) ?? coveredByChecks(coverage, schedule, regions);
    known.set(key, covered);
    return covered;
  };
}
