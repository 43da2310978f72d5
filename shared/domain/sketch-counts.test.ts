import fc from "fast-check";
import { expect, it } from "vitest";
import { countsUpTo, mergeSketches, relativeError, sketchOf } from "./sketch.ts";

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 });
const bounds = [-1000, -0.5, 0, 5, 25, 100, 2500];

it("counts what does not exceed a bound, but for what is within the error of it", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const counts = countsUpTo(sketchOf(values), bounds);
      bounds.forEach((bound, index) => {
        const slack = Math.abs(bound) * relativeError * 1.1 + 1e-8;
        const count = counts[index] ?? -1;
        expect(count).toBeGreaterThanOrEqual(values.filter((one) => one < bound - slack).length);
        expect(count).toBeLessThanOrEqual(values.filter((one) => one <= bound + slack).length);
      });
    }),
  );
});

it("counts of sketches add up to those of the merged one", () => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const [a, b] = [sketchOf(some), sketchOf(others)];
      const apart = [countsUpTo(a, bounds), countsUpTo(b, bounds)];
      const added = bounds.map((_, index) => (apart[0]?.[index] ?? 0) + (apart[1]?.[index] ?? 0));
      expect(countsUpTo(mergeSketches([a, b]), bounds)).toEqual(added);
    }),
  );
});
