/** The world that the read bench builds: what is monitored, what the regions saw, and when. */
import type { ConfigInput } from "../../shared/config/schema.ts";
import type { Outcome, Result } from "../../shared/domain/result.ts";
import type { Span } from "../../shared/domain/span.ts";
import { randomFrom } from "../lab/random.ts";
import { readAt } from "./read-time.ts";

const minute = 60;
const hour = 3_600;
const day = 86_400;

/** Of the bench, in the order of their numbers from 1. */
export const regions = ["us-east", "us-west", "eu-west"] as const;

/** So many monitors find five numbers in each answer, as NetPost's detailed health has them. */
export const monitorsWithMetrics = 2;
export const probedNames = ["databaseMs", "databaseQueryMs", "memoryMb", "cpuPercent", "queueMs"];
/** Pushed once a minute. */
export const pushedNames = ["ordersPerMinute", "errorRate", "jobsWaiting", "cacheHits", "sessions"];

const categories = ["database", "external", "system", "security", "dependencies"] as const;
const groups = ["Health", "Website", "API", "Accounts", "Files", "Mail", "Search", "Payments"];

/** The configuration that is built for. */
export function readConfig(monitors: number): ConfigInput {
  return {
    baseUrl: "https://netpost.example",
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    monitors: Array.from({ length: monitors }, (_, index) => ({
      id: `monitor-${index + 1}`,
      name: `Monitor ${index + 1}`,
      group: groups[index % groups.length] ?? "NetPost",
      ...(index % 2 === 0 && { category: categories[(index / 2) % categories.length] }),
      url: `/monitored/${index + 1}`,
      expect: { maxLatencyMs: 2_000 },
      ...(index < monitorsWithMetrics && {
        metrics: Object.fromEntries(probedNames.map((name) => [name, `$.${name}`])),
      }),
    })),
  };
}

/** The time that is built: whole minutes up to the present, epoch seconds. */
export function builtSpan(days: number): Span {
  const to = Math.floor(readAt / minute) * minute + minute;
  return { from: to - days * day, to };
}

/** A stretch of time in which something was wrong. */
interface Trouble extends Span {
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly latencyMs: number | null;
}

/** What was seen of a monitor in a region, troubles in order of time. */
interface Series {
  readonly monitor: number;
  readonly medianMs: number;
  readonly troubles: readonly Trouble[];
  next: number;
}

/** What the regions saw; to be asked in order of time. */
export interface World {
  /** The results of a region at a time; null where it reported nothing. */
  resultsAt(region: number, time: number): Result[] | null;
}

type Kind = "outage" | "blip" | "slow";

const outcomes: Readonly<Record<Kind, Outcome>> = {
  outage: { outcome: "down", reason: "status", detail: "status 503, allowed 200–299" },
  blip: { outcome: "down", reason: "http-timeout", detail: "no answer within 5000 ms" },
  slow: { outcome: "degraded", reason: "latency", detail: "answered after 2410 ms, allowed 2000" },
};

/** Days from one to the next, and minutes that it lasts, both on average. */
const usual: Readonly<Record<Kind, readonly [everyDays: number, minutes: number]>> = {
  outage: [15, 9],
  blip: [10, 2],
  slow: [30, 25],
};

/** Response times around a median of 1, log-normal, one in a hundred five times as long. */
const spread = 65_536;

/**
 * The same for the same size: each monitor is down everywhere once in 15 days, in one region once
 * in 10, slow once in 30, about; one comes and goes for an afternoon. A region is silent for some
 * minutes twice a month, all of them once a month.
 */
export function makeWorld(monitors: number, span: Span): World {
  const random = randomFrom(monitors);
  const times = Array.from({ length: spread }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(0.35 * normal) * (random() < 0.01 ? 5 : 1);
  });
  const series = regions.map(() => [] as Series[]);
  for (let monitor = 1; monitor <= monitors; monitor += 1) {
    const medianMs = 30 + 200 * random() ** 2;
    const everywhere = [
      ...troublesOf("outage", span, random),
      ...troublesOf("slow", span, random),
      ...(monitor === 7 ? flapping(span) : []),
    ];
    for (const [index, list] of series.entries()) {
      const troubles = inOrder([...everywhere, ...troublesOf("blip", span, random)]);
      list.push({ monitor, medianMs: medianMs * (1 + index / 2), troubles, next: 0 });
    }
  }
  const together = spansOf(span, 30, 8, random);
  const silent = regions.map(() => [...together, ...spansOf(span, 15, 10, random)]);

  return {
    resultsAt(region, time) {
      if (silent[region - 1]?.some(({ from, to }) => time >= from && time < to)) return null;
      // Slower by day than at night.
      const load = 1 + 0.2 * Math.sin((2 * Math.PI * (time % day)) / day);
      return (series[region - 1] ?? []).map((one) => {
        const { monitor, medianMs } = one;
        const trouble = troubleAt(one, time);
        if (trouble !== null) {
          const { outcome, attempts, latencyMs } = trouble;
          return { monitor, outcome, attempts, latencyMs };
        }
        const pick = times[Math.floor(random() * spread)] ?? 1;
        const latencyMs = Math.min(1_999, Math.max(1, Math.round(medianMs * load * pick)));
        const result = { monitor, outcome: up, attempts: 1, latencyMs };
        return monitor > monitorsWithMetrics ? result : { ...result, metrics: numbers(latencyMs) };
      });
    },
  };
}

const up: Outcome = { outcome: "up" };

function numbers(latencyMs: number): Record<string, number> {
  return Object.fromEntries(
    probedNames.map((name, index) => [name, Math.round(latencyMs * (index + 1) * 3.7) / 10]),
  );
}

function troubleAt(series: Series, time: number): Trouble | null {
  let trouble = series.troubles[series.next];
  while (trouble !== undefined && trouble.to <= time) {
    series.next += 1;
    trouble = series.troubles[series.next];
  }
  return trouble !== undefined && trouble.from <= time ? trouble : null;
}

function troublesOf(kind: Kind, span: Span, random: () => number): Trouble[] {
  const [everyDays, minutes] = usual[kind];
  return spansOf(span, everyDays, minutes, random).map((one) => troubleOf(kind, one));
}

function troubleOf(kind: Kind, span: Span): Trouble {
  const latencyMs = kind === "slow" ? 2_410 : kind === "outage" ? 85 : null;
  return { ...span, outcome: outcomes[kind], attempts: kind === "slow" ? 1 : 3, latencyMs };
}

/** An afternoon in the middle: down for three minutes of every ten. */
function flapping({ from, to }: Span): Trouble[] {
  const begin = from + Math.floor((to - from) / (2 * day)) * day;
  return Array.from({ length: (4 * hour) / (10 * minute) }, (_, index) => {
    const at = begin + index * 10 * minute;
    return troubleOf("outage", { from: at, to: at + 3 * minute });
  });
}

/** Whole minutes here and there, each as long as `minutes` on average. */
function spansOf(
  { from, to }: Span,
  everyDays: number,
  minutes: number,
  random: () => number,
): Span[] {
  const exponential = (mean: number) => -mean * Math.log(1 - random());
  const spans: Span[] = [];
  let at = from;
  for (;;) {
    at += Math.ceil(exponential(everyDays * day) / minute) * minute;
    if (at >= to) return spans;
    const length = Math.ceil(exponential(minutes)) * minute;
    spans.push({ from: at, to: at + length });
    at += length;
  }
}

/** One that begins within another begins when that is over. */
function inOrder(troubles: readonly Trouble[]): Trouble[] {
  let until = 0;
  return troubles
    .toSorted((a, b) => a.from - b.from)
    .flatMap((trouble) => {
      const from = Math.max(trouble.from, until);
      if (from >= trouble.to) return [];
      until = trouble.to;
      return [{ ...trouble, from }];
    });
}
