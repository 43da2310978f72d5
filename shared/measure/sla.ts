/** Availability by monitor, region and group over a window. */
import type { Many, Measured, SlaDocument } from "../contract/api/sla.ts";
import { freshness } from "../domain/freshness.ts";
import type { Monitor, Region } from "../domain/monitor.ts";
import { overall } from "../domain/recording.ts";
import type { Span } from "../domain/span.ts";
import { instantOrNull } from "../instant.ts";
import { countedSeconds, type Material, type Present, readMaterial } from "./material.ts";
import { measure, total } from "./measured.ts";
import { type AskedWindow, periodDocument, windowDocument } from "./window.ts";

/** What is asked for. */
export interface SlaRequest extends AskedWindow {
  readonly monitors: readonly Monitor[];
  /** Overall is always over every region of a monitor. */
  readonly regions: readonly Region[];
  /** Whether every outage is listed; not if left out. */
  readonly listOutages?: boolean;
}

/** One monitor, measured. Its own window may be shorter than the one asked for, or empty. */
export interface MeasuredMonitor {
  readonly monitor: Monitor;
  readonly window: Span;
  readonly overall: Measured;
  /** By region id. */
  readonly regions: Readonly<Record<string, Measured>>;
}

/** All that was asked for. */
export interface MeasuredSla {
  readonly monitors: readonly MeasuredMonitor[];
  /** In the order of their first monitor. */
  readonly groups: readonly ({ readonly name: string } & Many)[];
  readonly total: Many;
}

/** Measures availability: three reads, however many the monitors. */
export async function measureSla(
  db: D1Database,
  present: Present,
  request: SlaRequest,
): Promise<MeasuredSla> {
  const { monitors, regions, window, period } = request;
  const material = await readMaterial(db, present, {
    monitors,
    window,
    scopes: regions.map(({ number }) => number),
    ...(period === null ? {} : { plannedUntil: period.span.to }),
  });
  const measured = monitors.map((monitor) => measureMonitor(material, monitor, request));
  const groups = Map.groupBy(measured, ({ monitor }) => monitor.group);
  return {
    monitors: measured,
    groups: [...groups].map(([name, members]) => ({ name, ...sumUp(members, regions) })),
    total: sumUp(measured, regions),
  };
}

/** The answer of GET /api/monitoring/sla. */
export async function slaDocument(
  db: D1Database,
  present: Present,
  request: SlaRequest,
): Promise<SlaDocument> {
  const { monitors, groups, total: whole } = await measureSla(db, present, request);
  const { asOf, stale } = freshness(present.now, present.lastSpans);
  return {
    window: windowDocument(request.window),
    period: periodDocument(request.period),
    asOf: instantOrNull(asOf),
    stale,
    monitors: monitors.map(({ monitor, window, ...measured }) => ({
      id: monitor.id,
      name: monitor.name,
      group: monitor.group,
      weight: monitor.weight,
      window: windowDocument(window),
      overall: measured.overall,
      regions: { ...measured.regions },
    })),
    groups: [...groups],
    total: whole,
  };
}

function measureMonitor(
  material: Material,
  monitor: Monitor,
  { window: asked, period, regions, listOutages = false }: SlaRequest,
): MeasuredMonitor {
  const window = material.windowFor(monitor, asked);
  const rest = { from: window.to, to: period?.span.to ?? window.to };
  const restSeconds = countedSeconds(rest, material.excludedFor(monitor));
  const measureScope = (scope: number): Measured => {
    const observation = material.observe(monitor, scope, window);
    return measure({ monitor, observation, restSeconds, listOutages });
  };
  return {
    monitor,
    window,
    overall: measureScope(overall),
    regions: Object.fromEntries(
      regions
        .filter(({ id }) => monitor.regions.includes(id))
        .map(({ id, number }) => [id, measureScope(number)]),
    ),
  };
}

function sumUp(measured: readonly MeasuredMonitor[], regions: readonly Region[]): Many {
  const weigh = (of: (one: MeasuredMonitor) => Measured | undefined) =>
    total(
      measured.flatMap((one) => {
        const found = of(one);
        return found ? [{ measured: found, weight: one.monitor.weight }] : [];
      }),
    );
  return {
    monitors: measured.length,
    met: measured.filter((one) => one.overall.met === true).length,
    missed: measured.filter((one) => one.overall.met === false).length,
    overall: weigh((one) => one.overall),
    regions: Object.fromEntries(regions.map(({ id }) => [id, weigh((one) => one.regions[id])])),
  };
}
