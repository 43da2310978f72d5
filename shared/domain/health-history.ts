/**
 * The health score over time: one score every five minutes, and what the scores of a day came to.
 * A score stands for its five minutes; five minutes without one are not known.
 */
import { type Category, categories } from "./labels.ts";

/** Seconds between two scores that are kept. */
export const sampleSeconds = 300;

export type PartScores = Readonly<Partial<Record<Category, number>>>;

/** The score at a time. */
export interface HealthSample {
  /** Epoch seconds, a multiple of `sampleSeconds`. */
  readonly at: number;
  /** 0 to 100; null where nothing was known. */
  readonly score: number | null;
  /** Of the categories that had data. */
  readonly parts: PartScores;
}

/** How many numbers there are, and their sum. */
export interface Sum {
  readonly count: number;
  readonly sum: number;
}

/** What some scores came to. */
export interface HealthSummary {
  /** Of the scores that are known. */
  readonly known: Sum;
  /** How many were taken while nothing was known. */
  readonly unknown: number;
  /** Null where none is known. */
  readonly min: number | null;
  readonly max: number | null;
  readonly parts: Readonly<Partial<Record<Category, Sum>>>;
}

export const emptySummary: HealthSummary = {
  known: { count: 0, sum: 0 },
  unknown: 0,
  min: null,
  max: null,
  parts: {},
};

/** Sums scores up. */
export function summarise(samples: readonly HealthSample[]): HealthSummary {
  return mergeSummaries(
    samples.map(({ score, parts }) => ({
      known: score === null ? emptySummary.known : { count: 1, sum: score },
      unknown: score === null ? 1 : 0,
      min: score,
      max: score,
      parts: Object.fromEntries(
        categories.flatMap((category) => {
          const sum = parts[category];
          return sum === undefined ? [] : [[category, { count: 1, sum }]];
        }),
      ),
    })),
  );
}

/** The summary of all the scores of some summaries. */
export function mergeSummaries(summaries: readonly HealthSummary[]): HealthSummary {
  const parts = categories.flatMap((category) => {
    const sum = addUp(summaries.flatMap((summary) => summary.parts[category] ?? []));
    return sum.count === 0 ? [] : [[category, sum] as const];
  });
  return {
    known: addUp(summaries.map(({ known }) => known)),
    unknown: summaries.reduce((sum, { unknown }) => sum + unknown, 0),
    min: extreme(summaries, "min", Math.min),
    max: extreme(summaries, "max", Math.max),
    parts: Object.fromEntries(parts),
  };
}

/** The mean; null where there are none. */
export function meanOf({ count, sum }: Sum): number | null {
  return count === 0 ? null : sum / count;
}

/** The time of the newest score due at a time, both epoch seconds. */
export function sampleAt(time: number): number {
  return Math.floor(time / sampleSeconds) * sampleSeconds;
}

function addUp(sums: readonly Sum[]): Sum {
  return {
    count: sums.reduce((total, { count }) => total + count, 0),
    sum: sums.reduce((total, { sum }) => total + sum, 0),
  };
}

function extreme(
  summaries: readonly HealthSummary[],
  bound: "min" | "max",
  choose: (a: number, b: number) => number,
): number | null {
  return summaries.reduce<number | null>((chosen, { [bound]: value }) => {
    if (value === null) return chosen;
    return chosen === null ? value : choose(chosen, value);
  }, null);
}
