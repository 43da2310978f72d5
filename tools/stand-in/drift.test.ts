import { expect, test } from "vitest";
import { createDrift } from "./drift.ts";

const HOUR_MS = 3_600_000;
const seconds = Array.from({ length: 3_600 }, (_, second) => HOUR_MS + second * 1_000);
const memory = (seed: number) => seconds.map((at) => createDrift(seed)("memory", 200, 300, at));

test("the same seed gives the same values and another seed gives others", () => {
  expect(memory(1)).toEqual(memory(1));
  expect(memory(1)).not.toEqual(memory(2));
});

test("values use their range, stay inside it, and never jump", () => {
  const values = memory(7);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(200);
  expect(Math.min(...values)).toBeLessThan(220);
  expect(Math.max(...values)).toBeLessThanOrEqual(300);
  expect(Math.max(...values)).toBeGreaterThan(280);
  const steps = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? value)));
  expect(Math.max(...steps)).toBeLessThan(6);
});

test("two names drift apart", () => {
  const drift = createDrift(1);
  const a = seconds.map((at) => drift("cpu", 0, 1, at));
  const b = seconds.map((at) => drift("memory", 0, 1, at));
  expect(a).not.toEqual(b);
});
