import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fastStep, minuteStep, roundEndMs } from "../../../shared/domain/schedule.ts";
import { start } from "../testing/harness.ts";
import { patience } from "./fan-out.ts";

const step = fc.constantFrom(fastStep, minuteStep);

describe("how long a round waits for an object", () => {
  it("is as long as the object may need, where its round has the time", () => {
    const round = { time: start, step: minuteStep } as const;
    expect(patience(round, start * 1_000 + 40, 20_000)).toBe(20_000);
  });

  it("is not beyond a fast round, where an object that is stuck would be waited for 14 s", () => {
    const round = { time: start, step: fastStep } as const;
    expect(patience(round, start * 1_000 + 40, 14_000)).toBe(10_000 - 40 - 500);
  });

  it("leaves every round decided before the next one's decision, however late it began", () => {
    fc.assert(
      fc.property(step, fc.nat(9_000), fc.nat(60_000), (of, lateMs, neededMs) => {
        const round = { time: start, step: of };
        const now = start * 1_000 + lateMs;
        expect(now + patience(round, now, neededMs)).toBeLessThan(roundEndMs(round));
      }),
    );
  });
});
