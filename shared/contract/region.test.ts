import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handOver, type RoundResults, resultSchema, runAnswerSchema } from "./region.ts";

const round = { time: 1_790_000_040, step: 60 } as const;
const state = { colo: null, country: null, droppedRounds: 0 };

const outcome = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ outcome: "up" } as const) },
  fc.record({
    outcome: fc.constantFrom("degraded" as const, "down" as const),
    reason: fc.constantFrom("status" as const, "latency" as const),
    detail: fc.string(),
  }),
  fc.constant({ outcome: "unknown", reason: "internal", detail: "" } as const),
);
const result = fc.record(
  {
    monitor: fc.integer({ min: 1, max: 9_999 }),
    outcome,
    latencyMs: fc.option(fc.nat(60_000)),
    attempts: fc.nat(3),
    metrics: fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  },
  { requiredKeys: ["monitor", "outcome", "latencyMs", "attempts"] },
);

const byMonitor = (results: RoundResults["results"]) =>
  results.toSorted((a, b) => a.monitor - b.monitor);

function received(plain: unknown): RoundResults[] {
  const answer = { kind: "reported", rounds: [plain], more: false, state };
  const parsed = runAnswerSchema.parse(answer);
  return parsed.kind === "reported" ? parsed.rounds : [];
}

describe("a round that is handed over", () => {
  it("arrives as it was, whatever is in it", () => {
    const rounds = fc.uniqueArray(result, { selector: ({ monitor }) => monitor, maxLength: 20 });
    fc.assert(
      fc.property(rounds, (drawn) => {
        const results = drawn.map((one) => resultSchema.parse(one));
        const [arrived] = received(handOver({ round, results }));
        expect(arrived?.round).toEqual(round);
        expect(byMonitor(arrived?.results ?? [])).toEqual(byMonitor(results));
      }),
    );
  });

  it("says what is up at once in two numbers", () => {
    const up = { outcome: { outcome: "up" }, latencyMs: 12, attempts: 1 } as const;
    const results = [1, 2, 3].map((monitor) => ({ monitor, ...up }));
    expect(handOver({ round, results })).toEqual({
      round,
      results: [],
      plain: Uint32Array.of(1, 12, 2, 12, 3, 12),
    });
  });

  it("is read without the short form too, as an object of another version gives it", () => {
    const results = [{ monitor: 1, outcome: { outcome: "up" }, latencyMs: 5, attempts: 1 }];
    expect(received({ round, results })).toEqual([{ round, results }]);
  });

  it.each([Uint32Array.of(1), Uint32Array.of(1, 2, 3), [1, 2], "1:2", null])(
    "is refused whole where its short form is %j",
    (plain) => {
      expect(() => received({ round, results: [], plain })).toThrow();
    },
  );
});
