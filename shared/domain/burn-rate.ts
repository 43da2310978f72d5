/**
 * Burn rates, and when they are cause for concern.
 *
 * The burn rate is how fast, relative to the SLO, the error budget is consumed: 1 uses it up in just
 * the SLO's period. burn rate = (down / known) / (1 - target). A condition holds when both a long and
 * a short window burn faster than its rate: the long one says that it matters, the short one that it
 * still goes on. Source: "Alerting on SLOs", The Site Reliability Workbook, chapter 5, part 6
 * (multiwindow, multi-burn-rate alerts).
 */
import type { Segment } from "./availability.ts";

/** In seconds. */
export const burnWindows = {
  "5m": 300,
  "30m": 1_800,
  "1h": 3_600,
  "2h": 7_200,
  "6h": 21_600,
  "1d": 86_400,
  "3d": 259_200,
} as const;

export type BurnWindow = keyof typeof burnWindows;

export const burnWindowNames = [
  "5m",
  "30m",
  "1h",
  "2h",
  "6h",
  "1d",
  "3d",
] as const satisfies readonly BurnWindow[];

/** The longest of the windows, in seconds. */
export const longestBurnWindow = burnWindows["3d"];

/** How fast the budget burned in one window. */
export interface BurnRate {
  /** Null where nothing is known. */
  readonly rate: number | null;
  readonly downSeconds: number;
  /** Up, degraded or down: what the rate was computed from. */
  readonly knownSeconds: number;
}

export type BurnRates = Readonly<Record<BurnWindow, BurnRate>>;

/**
 * The burn rates of the windows that end at a time.
 *
 * @param segments a timeline from at least three days before it, or from the monitor's beginning
 * @param to epoch seconds
 * @param target availability promised, as a fraction below 1
 */
export function burnRates(segments: readonly Segment[], to: number, target: number): BurnRates {
  const rate = (name: BurnWindow) => burnRateIn(segments, to - burnWindows[name], to, target);
  return {
    "5m": rate("5m"),
    "30m": rate("30m"),
    "1h": rate("1h"),
    "2h": rate("2h"),
    "6h": rate("6h"),
    "1d": rate("1d"),
    "3d": rate("3d"),
  };
}

function burnRateIn(
  segments: readonly Segment[],
  from: number,
  to: number,
  target: number,
): BurnRate {
  let [downSeconds, knownSeconds] = [0, 0];
  for (const segment of segments) {
    const inside = Math.min(segment.to, to) - Math.max(segment.from, from);
    if (inside <= 0 || segment.status === "unknown") continue;
    knownSeconds += inside;
    if (segment.status === "down") downSeconds += inside;
  }
  const rate = knownSeconds === 0 ? null : round(downSeconds / knownSeconds / (1 - target));
  return { rate, downSeconds, knownSeconds };
}

/** Takes away what floating point put in: 0.3 / (1 - 0.9) is a little more than 3. */
function round(rate: number): number {
  return Number(rate.toFixed(9));
}

/** Wake somebody, or leave it for the morning. */
export type BurnSeverity = "page" | "ticket";

/** Faster than `rate` over both windows. */
export interface BurnCondition {
  readonly severity: BurnSeverity;
  readonly rate: number;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
}

/** The workbook's: 2 % of a 30-day budget in an hour, 5 % in six, 10 % in a day, 10 % in three. */
export const burnConditions: readonly BurnCondition[] = [
  { severity: "page", rate: 14.4, long: "1h", short: "5m" },
  { severity: "page", rate: 6, long: "6h", short: "30m" },
  { severity: "ticket", rate: 3, long: "1d", short: "2h" },
  { severity: "ticket", rate: 1, long: "3d", short: "6h" },
];

/** A condition, what was measured, and whether it holds; null where too little is known. */
export interface BurnSignal extends BurnCondition {
  readonly longRate: number | null;
  readonly shortRate: number | null;
  readonly firing: boolean | null;
}

/** Holds the burn rates against the conditions, the most urgent first. */
export function burnSignals(rates: BurnRates): BurnSignal[] {
  return burnConditions.map((condition) => {
    const [longRate, shortRate] = [rates[condition.long].rate, rates[condition.short].rate];
    return {
      ...condition,
      longRate,
      shortRate,
      firing: holds(condition.rate, longRate, shortRate),
    };
  });
}

/** One that is known to be slow enough settles it, whatever the other. */
function holds(limit: number, long: number | null, short: number | null): boolean | null {
  if ((long !== null && long <= limit) || (short !== null && short <= limit)) return false;
  return long === null || short === null ? null : true;
}
