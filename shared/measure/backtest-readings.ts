/** What alert rules would have read at a moment of the past, from the results that are kept. */
import type { BacktestMoment } from "../domain/alerting/backtest.ts";
import { type AlertRule, type SignalKind, selects } from "../domain/alerting/rule.ts";
import type { Reading } from "../domain/alerting/samples.ts";
import { freshness } from "../domain/freshness.ts";
import { placesOf } from "../domain/inbound.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import type { RecordedResult } from "../domain/recording.ts";
import { metricReadings, performanceReading, regionFaults, staleData } from "./alert-readings.ts";
import type { PastMaterial } from "./backtest-material.ts";
import { type MetricValue, recentSecondsOf } from "./metric-values.ts";
import { faultReadings, missedTickReadings } from "./own-readings.ts";
import { figuresOf, mergeTallies, type Tally, tallyResults } from "./performance-tally.ts";
import { downUntil, type ReadingSource, type RuleOf } from "./reading-source.ts";
import { knownUntil } from "./window.ts";

/** Results are read from so long before what is asked for, seconds: for what looks back. */
export const warmUpSeconds = 3_600;

/** Signals that are more than results and coverage: their rules are told by name. */
const unread: ReadonlySet<SignalKind> = new Set([
  ...(["health-score", "burn-rate", "budget-forecast"] as const),
  // Of these only how it is now is kept.
  ...(["object-fault", "outbox-age", "dead-letters", "channel-away"] as const),
  ...(["quota", "clock-skew"] as const),
]);

/** Why a rule's signal cannot be read from results; null where it can. */
export function unreadable({ signal }: AlertRule): string | null {
  if (unread.has(signal.kind)) return `${signal.kind} is not computed from stored results`;
  if ("windowSeconds" in signal && signal.windowSeconds > warmUpSeconds) {
    return `its window is longer than the ${warmUpSeconds} s that are read before the time asked for`;
  }
  return null;
}

/** Values of a time, in order of time, of which parts are taken. */
class Timeline<T> {
  readonly #times: readonly number[];
  readonly #values: readonly T[];

  constructor(values: readonly T[], timeOf: (value: T) => number) {
    this.#values = values.toSorted((a, b) => timeOf(a) - timeOf(b));
    this.#times = this.#values.map(timeOf);
  }

  /** Those from a time until before another. */
  between(from: number, to: number): readonly T[] {
    return this.#values.slice(this.#first(from), this.#first(to));
  }

  #first(time: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The results and values of a time, from which readings of its moments are taken. */
export class PastReadings {
  readonly #results: ReadonlyMap<number, Timeline<RecordedResult>>;
  readonly #values: ReadonlyMap<string, Timeline<MetricValue>>;

  readonly #own: Pick<PastMaterial, "looked" | "faults">;

  constructor(plan: Plan, past: Omit<PastMaterial, "history" | "late" | "otherActs">) {
    const { results, pushed } = past;
    this.#own = past;
    const byMonitor = Map.groupBy(results, ({ monitor }) => monitor);
    this.#results = new Map(
      [...byMonitor].map(([monitor, own]) => [monitor, new Timeline(own, ({ time }) => time)]),
    );
    const monitors = new Map(plan.monitors.map((monitor) => [monitor.number, monitor]));
    const regions = new Map(placesOf(plan).map(({ number, id }) => [number, id]));
    const probed = results.flatMap(({ time, monitor: number, region: where, metrics = {} }) => {
      const [monitor, region] = [monitors.get(number), regions.get(where)];
      if (monitor === undefined || region === undefined) return [];
      const source = { kind: "probe", monitor, region } as const;
      return Object.entries(metrics).map(([name, value]): MetricValue => {
        return { name, value, at: time, source };
      });
    });
    const byName = Map.groupBy([...probed, ...pushed], ({ name }) => name);
    this.#values = new Map(
      [...byName].map(([name, own]) => [name, new Timeline(own, ({ at }) => at)]),
    );
  }

  /** What rules read at a moment, by their ids; what cannot be read is not there. */
  at(moment: BacktestMoment, rules: readonly AlertRule[]): Map<string, readonly Reading[]> {
    const source: ReadingSource = moment;
    const tallies = new Map<string, Tally>();
    const read = new Map<string, readonly Reading[]>();
    for (const rule of rules) {
      const readings = unreadable(rule) === null ? this.#read(source, rule, tallies) : null;
      if (readings !== null) read.set(rule.id, readings);
    }
    return read;
  }

  #read(
    source: ReadingSource,
    rule: AlertRule,
    tallies: Map<string, Tally>,
  ): readonly Reading[] | null {
    const { signal } = rule;
    switch (signal.kind) {
      case "response-time":
      case "error-rate":
        return this.#performance(source, { ...rule, signal }, tallies);
      case "metric":
      case "certificate-days":
        return this.#metric(source, { ...rule, signal });
      case "region-fault":
        return only(regionFaults(source, [{ ...rule, signal }]));
      case "stale-data":
        return only(staleData(source, [{ ...rule, signal }]));
      case "missed-ticks":
        return only(missedTickReadings(source, [{ ...rule, signal }], this.#own.looked));
      case "own-faults":
        return faultReadings(source, { ...rule, signal }, this.#own.faults);
      default:
        return null;
    }
  }

  #performance(
    source: ReadingSource,
    rule: RuleOf<"response-time" | "error-rate">,
    tallies: Map<string, Tally>,
  ): Reading[] {
    const { now, plan, lastSpans } = source;
    const to = knownUntil(now, freshness(now, lastSpans));
    const from = to - rule.signal.windowSeconds;
    const regions = new Map(plan.regions.map(({ id, number }) => [id, number]));
    const figures = (monitor: Monitor, ids: readonly string[]) => {
      const all = ids.flatMap((id) => {
        const region = regions.get(id);
        if (region === undefined) return [];
        const key = `${monitor.number}/${region}/${from}`;
        const tally = tallies.get(key) ?? this.#tally(monitor, region, from, to);
        tallies.set(key, tally);
        return [tally];
      });
      const merged = mergeTallies(all);
      const { up, degraded, down } = merged.outcomes;
      const known = up + degraded + down;
      const errorRate = known === 0 ? null : down / known;
      return { ...figuresOf(merged), known, failed: down, errorRate };
    };
    return plan.monitors
      .filter(({ probe }) => probe.kind !== "heartbeat")
      .filter((monitor) => selects(rule.selector, monitor))
      .flatMap((monitor) => {
        const told = downUntil(source, monitor) > from;
        const wanted = rule.selector.regions?.filter((id) => monitor.regions.includes(id));
        const where = wanted?.map((id): [string | null, readonly string[]] => [id, [id]]);
        return (where ?? [[null, monitor.regions]]).map(([region, ids]) =>
          performanceReading(rule, monitor, region, figures(monitor, ids), told),
        );
      });
  }

  #tally({ number }: Monitor, region: number, from: number, to: number): Tally {
    const own = this.#results.get(number)?.between(from, to) ?? [];
    return tallyResults(
      own
        .filter((result) => result.region === region)
        .map(({ outcome, attempts, latencyMs }) => {
          return { outcome: outcome.outcome, attempts, latencyMs };
        }),
    );
  }

  #metric(
    { now, plan }: ReadingSource,
    rule: RuleOf<"metric" | "certificate-days">,
  ): readonly Reading[] {
    const { signal } = rule;
    const name = signal.kind === "metric" ? signal.name : "certificateDaysLeft";
    const window = signal.kind === "metric" ? signal.windowSeconds : 900;
    const longest = Math.max(...plan.monitors.map((one) => recentSecondsOf(one, window)), window);
    const values = this.#values.get(name)?.between(now - longest + 1, now + 1) ?? [];
    return only(metricReadings(plan, now, [rule], values));
  }
}

function only(read: readonly (readonly [AlertRule, readonly Reading[]])[]): readonly Reading[] {
  return read[0]?.[1] ?? [];
}
