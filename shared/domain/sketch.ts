/**
 * A sketch of how numbers are distributed, after DDSketch (Masson, Rim, Lee: "DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019): counts in buckets
 * whose bounds grow by a constant factor. Any quantile it gives is within `relativeError` of the
 * exact one; merging sketches gives the sketch of all their numbers.
 */

/** How far a quantile of a sketch can be from the exact one, as a fraction of it. */
export const relativeError = 0.02;

const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);

/** What is nearer to zero than this counts as zero. */
const smallest = 1e-9;

/** Counts by bucket: bucket i holds what is in (gamma^(i-1), gamma^i]. */
export type Buckets = ReadonlyMap<number, number>;

/** Every count is positive; how many numbers are of which size, below, at and above zero. */
export interface Sketch {
  readonly negative: Buckets;
  readonly zeros: number;
  readonly positive: Buckets;
}

export const emptySketch: Sketch = { negative: new Map(), zeros: 0, positive: new Map() };

/**
 * The sketch of some numbers.
 *
 * @throws RangeError on one that is not finite
 */
export function sketchOf(values: Iterable<number>): Sketch {
  const negative = new Map<number, number>();
  const positive = new Map<number, number>();
  let zeros = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError(`a sketch holds no ${value}`);
    if (value > smallest) increase(positive, bucketOf(value), 1);
    else if (value < -smallest) increase(negative, bucketOf(-value), 1);
    else zeros += 1;
  }
  return { negative, zeros, positive };
}

/** The sketch of all the numbers of some sketches. */
export function mergeSketches(sketches: Iterable<Sketch>): Sketch {
  const negative = new Map<number, number>();
  const positive = new Map<number, number>();
  let zeros = 0;
  for (const sketch of sketches) {
    for (const [bucket, count] of sketch.negative) increase(negative, bucket, count);
    for (const [bucket, count] of sketch.positive) increase(positive, bucket, count);
    zeros += sketch.zeros;
  }
  return { negative, zeros, positive };
}

/** How many numbers a sketch holds. */
export function countOf({ negative, zeros, positive }: Sketch): number {
  let count = zeros;
  for (const inBucket of negative.values()) count += inBucket;
  for (const inBucket of positive.values()) count += inBucket;
  return count;
}

/**
 * A quantile by nearest rank: the smallest number that at least a fraction `q` of them does not
 * exceed, within `relativeError`. For several of one sketch, ask for them together.
 *
 * @param qs fractions from 0 to 1, ascending
 * @returns one each; null for all where the sketch is empty
 */
export function quantilesOf(sketch: Sketch, qs: readonly number[]): (number | null)[] {
  const count = countOf(sketch);
  if (count === 0) return qs.map(() => null);
  const ascending = ascendingBuckets(sketch);
  let index = -1;
  let seen = 0;
  let value = 0;
  return qs.map((q) => {
    const rank = rankOf(q, count);
    while (seen < rank) {
      index += 1;
      const bucket = ascending[index];
      if (bucket === undefined) break;
      [value] = bucket;
      seen += bucket[1];
    }
    return value;
  });
}

/**
 * The exact quantile of numbers in ascending order, by the same rank as a sketch's; null where
 * there are none.
 */
export function exactQuantile(ascending: readonly number[], q: number): number | null {
  return ascending[rankOf(q, ascending.length) - 1] ?? null;
}

/**
 * How many of a sketch's numbers do not exceed each bound, where each number is taken for the one
 * that stands for its bucket. Counts of sketches add up to those of the merged sketch.
 *
 * @param bounds ascending
 */
export function countsUpTo(sketch: Sketch, bounds: readonly number[]): number[] {
  const ascending = ascendingBuckets(sketch);
  let index = 0;
  let seen = 0;
  return bounds.map((bound) => {
    for (;;) {
      const bucket = ascending[index];
      if (bucket === undefined || bucket[0] > bound) return seen;
      seen += bucket[1];
      index += 1;
    }
  });
}

/** The rank of a quantile, from 1. */
function rankOf(q: number, count: number): number {
  // 0.07 × 100 is 7.000000000000001: a trifle must not move the rank.
  return Math.max(1, Math.ceil(q * count - 1e-9));
}

/** The number that stands for each bucket, and how many are in it, from the lowest. */
function ascendingBuckets({ negative, zeros, positive }: Sketch): [number, number][] {
  const middle: [number, number][] = zeros > 0 ? [[0, zeros]] : [];
  return [
    ...sorted(negative)
      .reverse()
      .map(([bucket, count]): [number, number] => [-standIn(bucket), count]),
    ...middle,
    ...sorted(positive).map(([bucket, count]): [number, number] => [standIn(bucket), count]),
  ];
}

/** Buckets in ascending order: the form in which equal sketches are equal. */
export function sorted(buckets: Buckets): [number, number][] {
  return [...buckets].sort(([a], [b]) => a - b);
}

function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) / logGamma);
}

/** As far from the lower bound as from the upper, relatively. */
function standIn(bucket: number): number {
  return (2 * gamma ** bucket) / (gamma + 1);
}

function increase(buckets: Map<number, number>, bucket: number, by: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + by);
}
