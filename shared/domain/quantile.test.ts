import { expect, it } from "vitest";
import { distributionOf } from "./distribution.ts";
import { exactFigures, sketchedFigures } from "./quantile.ts";
import { relativeError } from "./sketch.ts";

const thousand = Array.from({ length: 1000 }, (_, index) => ((index * 7919) % 1000) + 1);

it("gives exact figures by nearest rank, whatever the order", () => {
  expect(exactFigures(thousand)).toEqual({
    averageMs: 500.5,
    p50Ms: 500,
    p90Ms: 900,
    p95Ms: 950,
    p99Ms: 990,
    p999Ms: 999,
    minMs: 1,
    maxMs: 1000,
  });
});

it("gives one number as every figure", () => {
  expect(new Set(Object.values(exactFigures([42])))).toEqual(new Set([42]));
});

it("gives null where there is nothing, never zero", () => {
  for (const figures of [exactFigures([]), sketchedFigures(distributionOf([]))]) {
    expect(new Set(Object.values(figures))).toEqual(new Set([null]));
  }
});

it("gives a sketch's quantiles within its error, and the rest exactly", () => {
  const exact = exactFigures(thousand);
  const sketched = sketchedFigures(distributionOf(thousand));
  expect(sketched).toMatchObject({ averageMs: 500.5, minMs: 1, maxMs: 1000 });
  for (const name of ["p50Ms", "p90Ms", "p95Ms", "p99Ms", "p999Ms"] as const) {
    const off = Math.abs((sketched[name] ?? 0) - (exact[name] ?? 0)) / (exact[name] ?? 1);
    expect(off).toBeLessThanOrEqual(relativeError);
  }
});

it("sorts by number, not by text", () => {
  expect(exactFigures([9, 10, 100]).p50Ms).toBe(10);
});
