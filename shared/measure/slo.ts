/** Error budgets, burn rates and their signals, and when budgets run out. */
import type { MonitorSlo, SloDocument } from "../contract/api/slo.ts";
import { type Segment, timeline } from "../domain/availability.ts";
import {
  type BurnRates,
  type BurnSignal,
  burnRates,
  burnSignals,
  longestBurnWindow,
} from "../domain/burn-rate.ts";
import { freshness } from "../domain/freshness.ts";
import type { Monitor } from "../domain/monitor.ts";
import { overall } from "../domain/recording.ts";
import { type ErrorBudget, type Forecast, forecastPeriod, forecastRolling } from "../domain/slo.ts";
import type { Span } from "../domain/span.ts";
import { instant, instantOrNull } from "../instant.ts";
import { countedSeconds, type Material, type Present, readMaterial } from "./material.ts";
import { measure } from "./measured.ts";
import { type AskedWindow, knownUntil, periodDocument, windowDocument } from "./window.ts";

/** What is asked for. */
export interface SloRequest extends AskedWindow {
  readonly monitors: readonly Monitor[];
}

/** How fast a monitor's budget burns at present, and which conditions that meets. */
export interface MonitorBurn {
  readonly monitor: Monitor;
  readonly rates: BurnRates;
  readonly signals: readonly BurnSignal[];
}

/**
 * Measures how fast the budgets of monitors burn, overall: what alert rules look at. It reads the
 * last three days: one row per monitor, and the changes of status in them.
 */
export async function measureBurn(
  db: D1Database,
  present: Present,
  monitors: readonly Monitor[],
): Promise<MonitorBurn[]> {
  const recent = recentSpan(present);
  const material = await readMaterial(db, present, { monitors, window: recent, scopes: [] });
  return monitors.map((monitor) => burnOf(material, monitor, recent));
}

/** The answer of GET /api/monitoring/slo. */
export async function sloDocument(
  db: D1Database,
  present: Present,
  request: SloRequest,
): Promise<SloDocument> {
  const { monitors, window, period } = request;
  const recent = recentSpan(present);
  const planned = period === null ? {} : { plannedUntil: period.span.to };
  const read = (span: Span) =>
    readMaterial(db, present, { monitors, window: span, scopes: [], ...planned });
  // A window of long ago is read apart: what lies between would be read for nothing.
  const [material, recently] =
    window.to >= recent.from
      ? await readOnce(read, window, recent)
      : await readTwice(read, window, recent);
  const { asOf, stale } = freshness(present.now, present.lastSpans);
  return {
    window: windowDocument(window),
    period: periodDocument(period),
    burnRatesUntil: instant(recent.to),
    asOf: instantOrNull(asOf),
    stale,
    monitors: monitors.map((monitor) =>
      monitorSlo(material, burnOf(recently, monitor, recent), request, recent.to),
    ),
  };
}

type Read = (span: Span) => Promise<Material>;

async function readOnce(read: Read, window: Span, recent: Span): Promise<[Material, Material]> {
  const material = await read({
    from: Math.min(window.from, recent.from),
    to: Math.max(window.to, recent.to),
  });
  return [material, material];
}

async function readTwice(read: Read, window: Span, recent: Span): Promise<[Material, Material]> {
  return Promise.all([read(window), read(recent)]);
}

/** The longest window of a burn rate, up to what is known. */
function recentSpan({ now, lastSpans }: Present): Span {
  const to = knownUntil(now, freshness(now, lastSpans));
  return { from: to - longestBurnWindow, to };
}

function burnOf(material: Material, monitor: Monitor, recent: Span): MonitorBurn {
  const window = material.windowFor(monitor, recent);
  const segments = timeline(material.observe(monitor, overall, window));
  const rates = burnRates(segments, window.to, monitor.sloTarget);
  return { monitor, rates, signals: burnSignals(rates) };
}

function monitorSlo(
  material: Material,
  { monitor, rates, signals }: MonitorBurn,
  { window: asked, period }: SloRequest,
  present: number,
): MonitorSlo {
  const window = material.windowFor(monitor, asked);
  const observation = material.observe(monitor, overall, window);
  const rest = { from: window.to, to: period?.span.to ?? window.to };
  const excluded = material.excludedFor(monitor);
  const measured = measure({
    monitor,
    observation,
    restSeconds: countedSeconds(rest, excluded),
    listOutages: false,
  });
  const outlook = {
    target: monitor.sloTarget,
    rate: rates[forecastWindow].rate,
    budget: measured.budget,
  };
  const forecast =
    period !== null
      ? forecastPeriod(outlook, rest, excluded)
      : forecastWindowed(
          outlook,
          timeline(observation),
          { ...asked, to: window.to },
          asked.to < present,
        );
  return {
    id: monitor.id,
    name: monitor.name,
    group: monitor.group,
    target: monitor.sloTarget,
    window: windowDocument(window),
    availability: measured.availability,
    met: measured.met,
    budget: measured.budget,
    burnRates: ratesDocument(rates),
    signals: signals.map(signalDocument),
    forecast: {
      runsOutAt: instantOrNull(forecast.runsOutAt),
      reason: forecast.reason,
      burnRate: outlook.rate,
    },
  };
}

/** Long enough not to jump with every outage, short enough to see that one goes on. */
const forecastWindow = "1d";

function forecastWindowed(
  outlook: { target: number; rate: number | null; budget: ErrorBudget },
  segments: readonly Segment[],
  window: Span,
  over: boolean,
): Forecast {
  if (over) return { runsOutAt: null, reason: "window-over" };
  return forecastRolling(outlook, segments, window);
}

function ratesDocument(rates: BurnRates): MonitorSlo["burnRates"] {
  return {
    "5m": { ...rates["5m"] },
    "30m": { ...rates["30m"] },
    "1h": { ...rates["1h"] },
    "2h": { ...rates["2h"] },
    "6h": { ...rates["6h"] },
    "1d": { ...rates["1d"] },
    "3d": { ...rates["3d"] },
  };
}

function signalDocument({ rate, long, short, ...signal }: BurnSignal) {
  return {
    severity: signal.severity,
    burnRate: rate,
    longWindow: long,
    longRate: signal.longRate,
    shortWindow: short,
    shortRate: signal.shortRate,
    firing: signal.firing,
  };
}
