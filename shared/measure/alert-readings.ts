/**
 * What alert rules measure, beside outages: read for all rules of a kind at once, so that the number
 * of statements grows with the kinds of signals, not with rules, monitors or alerts.
 *
 * An outage is told as an outage. While a monitor is down, and as long as that is in the window, its
 * response time and error rate say nothing more; and a budget that one outage alone has burned was
 * told with it.
 */

import { type AlertRule, selects } from "../domain/alerting/rule.ts";
import { everything, ofMonitor, type Reading } from "../domain/alerting/samples.ts";
import { freshness } from "../domain/freshness.ts";
import { placesOf } from "../domain/inbound.ts";
import { aggregateOf, definitionsOf, type MetricDefinition } from "../domain/metric.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { describeError } from "../log.ts";
import { burn, forecast } from "./budget-readings.ts";
import { readHealthScore, roundedDown } from "./health-score.ts";
import type { MetricValue } from "./metric-values.ts";
import { clockSkew, missedTicks, ownDelivery, ownNotes } from "./own-readings.ts";
import { measurePerformance } from "./performance.ts";
import { isRecent, readRecentValues } from "./present-metrics.ts";
import {
  downUntil,
  type Read,
  type ReadingSource,
  type RuleOf,
  rounded,
  words,
} from "./reading-source.ts";
import { knownUntil } from "./window.ts";

/** The readings of rules by their ids; a rule that is not there could not be read. */
export interface Readings {
  readonly byRule: ReadonlyMap<string, readonly Reading[]>;
  /** What failed, in words, by signal. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Takes the readings of rules. It never throws: what fails is told, and the rest is read. */
export async function takeReadings(
  db: D1Database,
  source: ReadingSource,
  rules: readonly AlertRule[],
): Promise<Readings> {
  const byRule = new Map<string, readonly Reading[]>();
  const faults: Record<string, string> = {};
  const of = <K extends AlertRule["signal"]["kind"]>(...kinds: readonly K[]) =>
    rules.filter((rule): rule is RuleOf<K> => kinds.some((kind) => kind === rule.signal.kind));
  const take = async <R extends AlertRule>(
    name: string,
    wanted: readonly R[],
    read: (wanted: readonly R[]) => Promise<Read> | Read,
  ) => {
    if (wanted.length === 0) return;
    try {
      for (const [{ id }, readings] of await read(wanted)) byRule.set(id, readings);
    } catch (error) {
      faults[name] = describeError(error);
    }
  };
  await Promise.all([
    take("performance", of("response-time", "error-rate"), (all) => performance(db, source, all)),
    take("metrics", of("metric", "certificate-days"), (all) => metrics(db, source, all)),
    take("health-score", of("health-score"), (all) => health(db, source, all)),
    take("burn-rate", of("burn-rate"), (all) => burn(db, source, all)),
    take("budget-forecast", of("budget-forecast"), (all) => forecast(db, source, all)),
    take("region-fault", of("region-fault"), (all) => regionFaults(source, all)),
    take("stale-data", of("stale-data"), (all) => staleData(source, all)),
    take("missed-ticks", of("missed-ticks"), (all) => missedTicks(db, source, all)),
    take("own-watch", of("own-faults", "object-fault", "quota"), (all) =>
      ownNotes(db, source, all),
    ),
    take("own-delivery", of("outbox-age", "dead-letters", "channel-away"), (all) =>
      ownDelivery(db, source, all),
    ),
    take("clock-skew", of("clock-skew"), (all) => clockSkew(db, source, all)),
  ]);
  return { byRule, faults };
}

async function performance(
  db: D1Database,
  source: ReadingSource,
  rules: readonly RuleOf<"response-time" | "error-rate">[],
): Promise<Read> {
  const { now, plan, lastSpans } = source;
  const to = knownUntil(now, freshness(now, lastSpans));
  const windows = [...Map.groupBy(rules, ({ signal }) => signal.windowSeconds)];
  const read = await Promise.all(
    windows.map(async ([seconds, own]): Promise<Read> => {
      const monitors = plan.monitors.filter((monitor) =>
        own.some(({ selector }) => selects(selector, monitor)),
      );
      const { regions } = plan;
      const window = { from: to - seconds, to };
      const eachRegion = own.some(({ selector }) => selector.regions !== undefined);
      const request = { window, monitors, regions, by: null, eachRegion };
      const answer = await measurePerformance(db, request);
      if (!answer.ok) throw new Error(answer.errors.map(({ message }) => message).join("; "));
      return own.map((rule) => [
        rule,
        answer.measured.monitors
          .filter(({ monitor }) => selects(rule.selector, monitor))
          .flatMap(({ monitor, overall: all, regions: each }): Reading[] => {
            const told = downUntil(source, monitor) > window.from;
            const wanted = rule.selector.regions;
            if (wanted === undefined) return [performanceReading(rule, monitor, null, all, told)];
            return wanted.flatMap((region) => {
              const figures = each[region];
              return figures ? [performanceReading(rule, monitor, region, figures, told)] : [];
            });
          }),
      ]);
    }),
  );
  return read.flat();
}

/** What a rule reads of one monitor's figures, in a region or (null) over all. */
export function performanceReading(
  { signal }: RuleOf<"response-time" | "error-rate">,
  { id, name }: Monitor,
  region: string | null,
  figures: {
    readonly averageMs: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
    readonly errorRate: number | null;
    readonly failed: number;
    readonly known: number;
  },
  told: boolean,
): Reading {
  const subject = { ...ofMonitor(id), region };
  const where = region === null ? name : `${name} in ${region}`;
  const span = `over ${words(signal.windowSeconds)}`;
  if (signal.kind === "response-time") {
    const all = { average: figures.averageMs, p95: figures.p95Ms, p99: figures.p99Ms };
    const value = told ? null : all[signal.statistic];
    const detail = value === null ? "" : `${signal.statistic} ${Math.round(value)} ms ${span}`;
    return { subject, value, detail, title: `${where} is slow` };
  }
  const { errorRate, failed, known } = figures;
  const value = told || errorRate === null ? null : errorRate * 100;
  const detail = value === null ? "" : `${failed} of ${known} probes failed ${span}`;
  return { subject, value, detail, title: `${where} fails at times` };
}

async function metrics(
  db: D1Database,
  { now, plan }: ReadingSource,
  rules: readonly RuleOf<"metric" | "certificate-days">[],
): Promise<Read> {
  const wanted = rules.map((rule) => definitionFor(plan, rule));
  return metricReadings(plan, now, rules, await readRecentValues(db, plan, wanted, now));
}

/** What rules read of values, among which are all that are recent. */
export function metricReadings(
  plan: Plan,
  now: number,
  rules: readonly RuleOf<"metric" | "certificate-days">[],
  values: readonly MetricValue[],
): Read {
  return rules.map((rule) => {
    const definition = definitionFor(plan, rule);
    const recent = values.filter((value) => isRecent(value, definition, now));
    if (rule.signal.kind === "metric") {
      const value = aggregateOf(definition.aggregate, recent);
      const { name, unit } = definition;
      const detail = value === null ? "" : `${name} is ${rounded(value)} ${unit}`.trim();
      const title = `${name} of NetPost`;
      return [rule, [{ subject: { ...everything, metric: name }, value, detail, title }]];
    }
    return [
      rule,
      plan.monitors
        .filter(({ probe }) => probe.kind === "tls")
        .filter((monitor) => selects(rule.selector, monitor))
        .map(({ id, name }): Reading => {
          const own = recent.filter(
            ({ source }) => source.kind === "probe" && source.monitor.id === id,
          );
          const value = aggregateOf("min", own);
          const detail = value === null ? "" : `the certificate ends in ${value} days`;
          return { subject: ofMonitor(id), value, detail, title: `Certificate of ${name} ends` };
        }),
    ];
  });
}

/** The definition of the metric that a rule is about, with the rule's own window. */
function definitionFor(
  plan: Plan,
  { signal }: RuleOf<"metric" | "certificate-days">,
): MetricDefinition {
  const name = signal.kind === "metric" ? signal.name : "certificateDaysLeft";
  const windowSeconds = signal.kind === "metric" ? signal.windowSeconds : 900;
  const known = definitionsOf(plan).find((one) => one.name === name);
  const usual = { unit: "", category: null, thresholds: null, aggregate: "average" } as const;
  return { ...usual, ...known, name, windowSeconds };
}

async function health(
  db: D1Database,
  { now, plan, statuses, lastSpans }: ReadingSource,
  rules: readonly RuleOf<"health-score">[],
): Promise<Read> {
  const regions = new Map(placesOf(plan).map((place) => [place.id, place]));
  const { score } = await readHealthScore(db, plan, { now, regions, statuses, lastSpans });
  const value = score === null ? null : roundedDown(score);
  const detail = value === null ? "" : `the health score is ${value}`;
  const reading = { subject: everything, value, detail, title: "Health score is low" };
  return rules.map((rule) => [rule, [reading]]);
}

/** Where all of them are silent, it is not one region's fault: that is stale data. */
export function regionFaults(
  { now, plan, lastSpans }: ReadingSource,
  rules: readonly RuleOf<"region-fault">[],
): Read {
  const { stale } = freshness(now, lastSpans);
  const used = plan.regions.filter(({ id }) =>
    plan.monitors.some(({ regions }) => regions.includes(id)),
  );
  const readings = used.map(({ id, number }): Reading => {
    const { lagSeconds } = freshness(
      now,
      lastSpans.filter(({ region }) => region === number),
    );
    const value = stale || lagSeconds === null ? null : Math.max(0, lagSeconds);
    const detail = value === null ? "" : `${id} has not reported for ${words(value)}`;
    const subject = { ...everything, region: id };
    return { subject, value, detail, title: `Region ${id} does not report` };
  });
  return rules.map((rule) => {
    const { regions } = rule.selector;
    return [
      rule,
      readings.filter(({ subject }) => regions?.includes(subject.region ?? "") ?? true),
    ];
  });
}

/** How old the newest data is. */
export function staleData(
  { now, lastSpans }: ReadingSource,
  rules: readonly RuleOf<"stale-data">[],
): Read {
  const { lagSeconds } = freshness(now, lastSpans);
  const value = lagSeconds === null ? null : Math.max(0, lagSeconds);
  const detail = value === null ? "" : `the newest data is ${words(value)} old`;
  const reading = { subject: everything, value, detail, title: "Nothing is recorded" };
  return rules.map((rule) => [rule, [reading]]);
}
