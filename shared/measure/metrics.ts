/** The metrics document: every metric's present value, its statistics over a window, its series. */
import type {
  MetricDocument,
  MetricsDocument,
  MetricsQuery,
  SourceDocument,
  Statistics,
} from "../contract/api/metrics.ts";
import {
  type Distribution,
  meanOf,
  mergeDistributions,
  percentiles,
} from "../domain/distribution.ts";
import { freshness } from "../domain/freshness.ts";
import {
  definitionsOf,
  judgeMetric,
  type MetricDefinition,
  metricNamesOf,
  usualWindowSeconds,
} from "../domain/metric.ts";
import type { Plan } from "../domain/plan.ts";
import { day, hour, rollupStart } from "../domain/rollup.ts";
import { relativeError } from "../domain/sketch.ts";
import { instant, instantOrNull } from "../instant.ts";
import { readLastSpans } from "../storage/last-spans.ts";
import { pushed, readMetricSeries, readNewestPoints } from "../storage/metrics.ts";
import { type MetricPiece, readPieces, resolve } from "./metric-pieces.ts";
import {
  type MetricSource,
  type MetricValue,
  monitorsWith,
  sourceKey,
  sourceOf,
} from "./metric-values.ts";
import { isRecent, readRecentValues } from "./present-metrics.ts";

/** What is asked for: the query, with its window in seconds. */
export interface MetricsRequest extends Pick<MetricsQuery, "name" | "by" | "monitor"> {
  readonly windowSeconds: number;
}

/**
 * Makes the metrics document.
 *
 * @param now epoch seconds
 * @throws where the database fails
 */
export async function readMetrics(
  db: D1Database,
  plan: Plan,
  request: MetricsRequest,
  now: number,
): Promise<MetricsDocument> {
  const name = request.name ?? null;
  const shown = (id: string) => request.monitor === undefined || request.monitor === id;
  const monitors = monitorsWith(plan, name).filter(({ id }) => shown(id));
  const owners = monitors.map(({ number }) => number);
  if (request.monitor === undefined) owners.unshift(pushed);
  const series = (await readMetricSeries(db, owners, name)).flatMap((one) => {
    const source = sourceOf(plan, one);
    return source === null ? [] : [{ ...one, source }];
  });
  const coverage = resolve(request.windowSeconds, request.by ?? null, monitors, now);
  const wanted = wantedDefinitions(plan, name, [
    ...series.map((one) => one.name),
    ...monitors.flatMap(({ probe }) => metricNamesOf(probe)),
  ]);
  const [pieces, recent, newest, spans] = await Promise.all([
    readPieces(db, plan, monitors, series, coverage),
    readRecentValues(db, plan, wanted, now),
    readNewestPoints(
      db,
      series.filter(({ monitor }) => monitor === pushed).map(({ number }) => number),
    ),
    readLastSpans(db),
  ]);
  const values = recent.filter(({ source }) => {
    return source.kind === "probe" ? shown(source.monitor.id) : request.monitor === undefined;
  });
  const known = new Set(series.map((one) => one.name));
  const pushedNewest = newest.flatMap(({ series: number, at, value }): MetricValue[] => {
    const one = series.find((candidate) => candidate.number === number);
    return one === undefined ? [] : [{ name: one.name, at, value, source: one.source }];
  });
  const { asOf, stale } = freshness(now, spans);
  // Of what nobody defines only what has values is shown.
  const withValues = [...series, ...values, ...pieces, ...definitionsOf(plan)];
  const shownNames = new Set(withValues.map((one) => one.name));
  const names = wanted.map((one) => one.name).filter((one) => shownNames.has(one));
  return {
    asOf: instantOrNull(asOf),
    stale,
    window: { from: instant(coverage.window.from), to: instant(coverage.window.to) },
    resolution: coverage.resolution,
    relativeError,
    metrics: names.sort().map((one) => {
      const own = <T extends { readonly name: string }>(all: readonly T[]) =>
        all.filter((candidate) => candidate.name === one);
      const definition = wanted.find((candidate) => candidate.name === one) ?? undefinedMetric(one);
      const found = own(pieces);
      const present = own(values).filter((value) => isRecent(value, definition, now));
      const seen = [...own(values), ...own(pushedNewest)].filter(({ at }) => at <= now);
      return metricDocument(definition, present, seen, found, {
        known: known.has(one),
        isDefined: definitionsOf(plan).includes(definition),
        bySource: name !== null,
        by: request.by ?? null,
      });
    }),
  };
}

/** What a metric is taken for of which the configuration says nothing. */
function undefinedMetric(name: string): MetricDefinition {
  return {
    name,
    unit: "",
    category: null,
    thresholds: null,
    aggregate: "average",
    windowSeconds: usualWindowSeconds,
  };
}

/** The definitions asked for, and one for each other name that there may be values of. */
function wantedDefinitions(
  plan: Plan,
  asked: string | null,
  names: readonly string[],
): MetricDefinition[] {
  const isAsked = (name: string) => asked === null || name === asked;
  const defined = definitionsOf(plan).filter(({ name }) => isAsked(name));
  const others = new Set(names.filter(isAsked));
  for (const { name } of defined) others.delete(name);
  return [...defined, ...[...others].map(undefinedMetric)];
}

interface Shown {
  readonly known: boolean;
  readonly isDefined: boolean;
  readonly bySource: boolean;
  readonly by: "hour" | "day" | null;
}

function metricDocument(
  definition: MetricDefinition,
  present: readonly MetricValue[],
  seen: readonly MetricValue[],
  pieces: readonly MetricPiece[],
  { known, isDefined, bySource, by }: Shown,
): MetricDocument {
  const judged = judgeMetric(definition, present, known || seen.length > 0 || pieces.length > 0);
  const newest = newestOf(seen);
  return {
    name: definition.name,
    unit: isDefined ? definition.unit : null,
    category: definition.category,
    thresholds: definition.thresholds === null ? null : { ...definition.thresholds },
    aggregate: definition.aggregate,
    recentSeconds: definition.windowSeconds,
    value: roundedOrNull(judged.value),
    state: judged.state,
    unknownReason: judged.unknownReason,
    newest: newest && { ...newestDocument(newest), source: sourceDocument(newest.source) },
    statistics: statisticsOf(pieces),
    ...(bySource && { sources: sourcesOf(seen, pieces) }),
    ...(by !== null && { series: seriesOf(pieces, by) }),
  };
}

function sourcesOf(seen: readonly MetricValue[], pieces: readonly MetricPiece[]) {
  const sources = new Map<string, MetricSource>();
  for (const { source } of [...pieces, ...seen]) sources.set(sourceKey(source), source);
  return [...sources].map(([key, source]) => {
    const own = <T extends { readonly source: MetricSource }>(all: readonly T[]) =>
      all.filter((one) => sourceKey(one.source) === key);
    const newest = newestOf(own(seen));
    return {
      source: sourceDocument(source),
      newest: newest && newestDocument(newest),
      statistics: statisticsOf(own(pieces)),
    };
  });
}

function seriesOf(pieces: readonly MetricPiece[], by: "hour" | "day") {
  const step = by === "hour" ? hour : day;
  const groups = Map.groupBy(pieces, ({ start }) => rollupStart(step, start));
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([start, group]) => ({ start: instant(start), statistics: statisticsOf(group) }));
}

function newestOf(values: readonly MetricValue[]): MetricValue | null {
  return values.reduce<MetricValue | null>(
    (last, value) => (last === null || value.at > last.at ? value : last),
    null,
  );
}

function newestDocument({ value, at }: MetricValue) {
  return { value: rounded(value), at: instant(at) };
}

function sourceDocument(source: MetricSource): SourceDocument {
  if (source.kind === "pushed") return { kind: source.kind, labels: { ...source.labels } };
  return { kind: source.kind, monitor: source.monitor.id, region: source.region };
}

function statisticsOf(pieces: readonly MetricPiece[]): Statistics {
  const all: Distribution = mergeDistributions(pieces.map(({ values }) => values));
  const [p50, p95, p99] = percentiles(all, [0.5, 0.95, 0.99]);
  return {
    count: all.count,
    average: roundedOrNull(meanOf(all)),
    p50: roundedOrNull(p50 ?? null),
    p95: roundedOrNull(p95 ?? null),
    p99: roundedOrNull(p99 ?? null),
    min: roundedOrNull(all.min),
    max: roundedOrNull(all.max),
  };
}

/** Six digits: more than the percentiles have, and no more than people read. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}
