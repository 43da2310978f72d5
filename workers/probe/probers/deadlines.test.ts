import { expect, it } from "vitest";
import { Deadlines } from "./deadlines.ts";

let now = 1_790_000_040_000;
const clock = { now: () => now, sleep: async () => {} };

it("attempts that end at about the same moment share a signal, and others do not", () => {
  const deadlines = new Deadlines(clock);
  const first = deadlines.after(5_000);
  now += 20;
  const second = deadlines.after(5_000);
  expect(second).not.toBe(first);
  now -= 5;
  expect(deadlines.after(5_000)).toBe(second);
  expect(deadlines.after(2_000)).not.toBe(second);
});

it("a signal ends what waits for it as a timeout, not before its time", async () => {
  const startedAt = Date.now();
  const signal = new Deadlines({ ...clock, now: () => startedAt }).after(30);
  expect(signal.aborted).toBe(false);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(29);
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
});
