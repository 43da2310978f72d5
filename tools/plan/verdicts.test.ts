import { describe, expect, it } from "vitest";
import { defaultRetention } from "../../shared/domain/retention.ts";
import { idle, type Load, quietDay } from "./load.ts";
import { costOf, judgeLimits } from "./verdicts.ts";

const stored = { results: 0, hours: 0, days: 0, retention: defaultRetention };
const quiet: Load = { tick: idle, object: idle, day: quietDay, storedBytes: stored };

function stateOf(load: Load, limit: string) {
  return judgeLimits(load, "typical", "free").find((verdict) => verdict.limit === limit)?.state;
}

describe("how a limit stands", () => {
  const table = [
    [39, "ok"],
    [40, "warn"],
    [50, "warn"],
    [51, "exceeded"],
  ] as const;
  for (const [subrequests, state] of table) {
    it(`${subrequests} of 50 subrequests is ${state}`, () => {
      const load = { ...quiet, tick: { ...idle, subrequests } };
      expect(stateOf(load, "tick: subrequests an invocation")).toBe(state);
    });
  }

  it("six connections of six are as it should be: there are never more", () => {
    const load = { ...quiet, object: { ...idle, connections: 6 } };
    expect(stateOf(load, "region object: connections at a time")).toBe("ok");
  });

  it("the paid plan has no daily limits", () => {
    const names = judgeLimits(quiet, "typical", "paid").map(({ limit }) => limit);
    expect(names.filter((name) => name.endsWith("a day"))).toEqual([]);
  });
});

describe("what a month costs", () => {
  const table = [
    ["nothing is used", {}, 5],
    ["10 million Worker requests are included", { workerRequests: 10_000_000 / 30 }, 5],
    ["a million more cost 30 cents", { workerRequests: 11_000_000 / 30 }, 5.3],
    ["2 million messages to objects cost 15 cents", { objectRequests: 2_000_000 / 30 }, 5.15],
    ["1.4 million GB-s cost 12.50", { objectGigabyteSeconds: 1_400_000 / 30 }, 17.5],
    ["51 million rows cost a dollar", { d1RowsWritten: 51_000_000 / 30 }, 6],
    ["31 million ms of CPU cost 2 cents", { cpuMs: 31_000_000 / 30 }, 5.02],
  ] as const;
  for (const [name, day, total] of table) {
    it(`${name}: $${total}`, () => {
      expect(costOf({ ...quiet, day: { ...quiet.day, ...day } }).total).toBeCloseTo(total, 6);
    });
  }

  it("7 GB in D1 cost 1.50: $6.5", () => {
    const storedBytes = { ...stored, results: 4_000_000_000, hours: 3_000_000_000 };
    expect(costOf({ ...quiet, storedBytes }).total).toBeCloseTo(6.5, 6);
  });
});
