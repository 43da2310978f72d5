import fc from "fast-check";
import { expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";

it("lets things happen in order of time, and of being told", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = new EventQueue();
      const happened: { time: number; index: number }[] = [];
      times.forEach((time, index) => {
        queue.at(time, () => {
          expect(queue.now).toBe(time);
          happened.push({ time, index });
        });
      });
      queue.run();
      const expected = times
        .map((time, index) => ({ time, index }))
        .sort((a, b) => a.time - b.time || a.index - b.index);
      expect(happened).toEqual(expected);
    }),
  );
});

it("lets what is told for the past happen now", () => {
  const queue = new EventQueue();
  const seen: number[] = [];
  queue.at(50, () => queue.at(10, () => seen.push(queue.now)));
  queue.run();
  expect(seen).toEqual([50]);
});
