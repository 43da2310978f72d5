import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  distributionOf,
  emptyDistribution,
  mergeDistributions,
  percentiles,
} from "./distribution.ts";
import {
  countOf,
  exactQuantile,
  mergeSketches,
  quantilesOf,
  relativeError,
  sketchOf,
} from "./sketch.ts";
import { decodeSketch, encodeSketch } from "./sketch-text.ts";
import { anyNumber, sample, shapes } from "./testing/samples.ts";

const qs = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const manyNumbers = fc.array(anyNumber, { maxLength: 300 });

/** The greatest relative error of quantiles; what counts as zero must come out as zero. */
function worstError(values: readonly number[], found: readonly (number | null)[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return Math.max(
    ...qs.map((q, index) => {
      const exact = exactQuantile(ascending, q);
      const got = found[index];
      if (exact === null || got === null || got === undefined) return exact === got ? 0 : Infinity;
      if (Math.abs(exact) <= 1e-9) return Math.abs(got) <= 1e-9 ? 0 : Infinity;
      return Math.abs(got - exact) / Math.abs(exact);
    }),
  );
}

/** Logarithms are rounded. */
const bound = relativeError + 1e-9;

describe("a sketch", () => {
  it.each(Object.keys(shapes))("is within 2 % of the exact quantiles: %s", (name) => {
    const draw = shapes[name];
    if (draw === undefined) throw new Error("no such shape");
    for (const [seed, count] of [1, 2, 7, 60, 1440, 50_000].entries()) {
      const values = sample(draw, count, seed + 1);
      expect(worstError(values, quantilesOf(sketchOf(values), qs))).toBeLessThanOrEqual(bound);
    }
  });

  it("is within 2 % of the exact quantiles of any numbers", () => {
    fc.assert(
      fc.property(manyNumbers, (values) => {
        expect(worstError(values, quantilesOf(sketchOf(values), qs))).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it("merged of parts is that of the whole, however they are put together", () => {
    fc.assert(
      fc.property(manyNumbers, manyNumbers, manyNumbers, (a, b, c) => {
        const whole = encodeSketch(sketchOf([...a, ...b, ...c]));
        const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        expect(encodeSketch(mergeSketches([x, y, z]))).toBe(whole);
        expect(encodeSketch(mergeSketches([mergeSketches([z, x]), y]))).toBe(whole);
        expect(encodeSketch(mergeSketches([z, mergeSketches([y, x])]))).toBe(whole);
      }),
    );
  });

  it("comes back from its text, as the same text", () => {
    fc.assert(
      fc.property(manyNumbers, (values) => {
        const sketch = sketchOf(values);
        const text = encodeSketch(sketch);
        const back = decodeSketch(text);
        expect(encodeSketch(back)).toBe(text);
        expect(countOf(back)).toBe(values.length);
        expect(quantilesOf(back, qs)).toEqual(quantilesOf(sketch, qs));
      }),
    );
  });

  it("keeps counts beyond 32 bits", () => {
    let sketch = sketchOf([5]);
    for (let doubling = 0; doubling < 45; doubling += 1) sketch = mergeSketches([sketch, sketch]);
    expect(countOf(decodeSketch(encodeSketch(sketch)))).toBe(2 ** 45);
  });

  it("of an hour of a minute's response times is a line of text", () => {
    const draw = shapes["log-normal, as response times are"];
    if (draw === undefined) throw new Error("no such shape");
    expect(encodeSketch(sketchOf(sample(draw, 60, 1))).length).toBeLessThan(90);
    expect(encodeSketch(sketchOf(sample(draw, 1440, 1))).length).toBeLessThan(240);
    expect(encodeSketch(sketchOf([]))).toBe("");
  });

  it("takes only what is finite", () => {
    expect(() => sketchOf([1, Number.NaN])).toThrow(RangeError);
    expect(() => sketchOf([Number.POSITIVE_INFINITY])).toThrow(RangeError);
  });

  it.each(["B", "BA", "C", "BAB", "BABC", "é", "BAg"])(
    "refuses %j, which it never wrote",
    (text) => {
      expect(() => decodeSketch(text)).toThrow(RangeError);
    },
  );
});

describe("a distribution", () => {
  it("gives no quantile outside of what was there, and keeps within the bound", () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 200 }), (values) => {
        const found = percentiles(distributionOf(values), qs);
        expect(worstError(values, found)).toBeLessThanOrEqual(bound);
        for (const value of found) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...values));
          expect(value).toBeLessThanOrEqual(Math.max(...values));
        }
      }),
    );
  });

  it("has no quantiles where there is nothing", () => {
    expect(percentiles(emptyDistribution, [0.5, 0.99])).toEqual([null, null]);
    expect(distributionOf([])).toEqual(mergeDistributions([]));
  });

  it("takes more numbers than a call takes arguments", () => {
    const values = Array.from({ length: 300_000 }, (_, index) => index);
    expect(distributionOf(values)).toMatchObject({ count: 300_000, min: 0, max: 299_999 });
  });
});
