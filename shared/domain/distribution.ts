import { emptySketch, mergeSketches, quantilesOf, type Sketch, sketchOf } from "./sketch.ts";

/** How some numbers are distributed: exact count, sum, least and greatest, and a sketch. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  /** Null where there are none. */
  readonly min: number | null;
  /** Null where there are none. */
  readonly max: number | null;
  readonly sketch: Sketch;
}

export const emptyDistribution: Distribution = {
  count: 0,
  sum: 0,
  min: null,
  max: null,
  sketch: emptySketch,
};

/**
 * The distribution of some numbers.
 *
 * @throws RangeError on one that is not finite
 */
export function distributionOf(values: readonly number[]): Distribution {
  let sum = 0;
  for (const value of values) sum += value;
  return {
    count: values.length,
    sum,
    min: extreme(values, Math.min),
    max: extreme(values, Math.max),
    sketch: sketchOf(values),
  };
}

/** The distribution of all the numbers of some distributions. */
export function mergeDistributions(parts: readonly Distribution[]): Distribution {
  let count = 0;
  let sum = 0;
  for (const part of parts) {
    count += part.count;
    sum += part.sum;
  }
  const present = (bound: "min" | "max") =>
    parts.flatMap((part) => (part[bound] === null ? [] : [part[bound]]));
  return {
    count,
    sum,
    min: extreme(present("min"), Math.min),
    max: extreme(present("max"), Math.max),
    sketch: mergeSketches(parts.map(({ sketch }) => sketch)),
  };
}

/** The mean; null where there are no numbers. */
export function meanOf({ count, sum }: Distribution): number | null {
  return count === 0 ? null : sum / count;
}

/**
 * Quantiles by nearest rank, within `relativeError` of the exact ones and never outside of what
 * was there.
 *
 * @param qs fractions from 0 to 1, ascending
 * @returns one each; null for all where there are no numbers
 */
export function percentiles(
  { sketch, min, max }: Distribution,
  qs: readonly number[],
): (number | null)[] {
  return quantilesOf(sketch, qs).map((value) =>
    value === null || min === null || max === null ? null : Math.min(max, Math.max(min, value)),
  );
}

/** Not by spreading: an hour of all regions has more numbers than a call takes arguments. */
function extreme(
  values: readonly number[],
  choose: (a: number, b: number) => number,
): number | null {
  let chosen: number | null = null;
  for (const value of values) chosen = chosen === null ? value : choose(chosen, value);
  return chosen;
}
