import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CoverageSpan,
  cover,
  coveredByAny,
  coveredByChecks,
  coveredByHistory,
  frontier,
} from "./coverage.ts";
import { lastCheckAt, type Round, type Step, stepOf } from "./schedule.ts";
import { schedules, secondsIn } from "./testing/arbitraries.ts";
import { roundAt, start } from "./testing/fixtures.ts";

const span = (from: number, to: number, region = 1, step: Step = 60): CoverageSpan => {
  return { region, step, from: start + from, to: start + to };
};

/** Covers rounds one after the other, as the recorder does, and keeps every span. */
function coverAll(rounds: readonly Round[]): CoverageSpan[] {
  const kept: CoverageSpan[] = [];
  for (const round of rounds) {
    const change = cover(kept.at(-1) ?? null, 1, round);
    if (change.kind === "none") continue;
    if (change.kind === "extend") kept.pop();
    kept.push(change.span);
  }
  return kept;
}

describe("cover", () => {
  type Row = [
    name: string,
    last: CoverageSpan | null,
    at: number,
    change: ReturnType<typeof cover>,
  ];
  const table: Row[] = [
    ["the first round begins a span", null, 0, { kind: "begin", span: span(0, 60) }],
    ["the next round extends it", span(0, 60), 60, { kind: "extend", span: span(0, 120) }],
    [
      "a round after a gap begins another",
      span(0, 60),
      120,
      { kind: "begin", span: span(120, 180) },
    ],
    ["the same round again changes nothing", span(0, 60), 0, { kind: "none" }],
    ["an earlier round changes nothing", span(0, 300), 60, { kind: "none" }],
  ];
  it.each(table)("%s", (_name, last, at, change) => {
    expect(cover(last, 1, { time: start + at, step: 60 })).toEqual(change);
  });

  it("covers ten seconds with a fast round", () => {
    const round: Round = { time: start + 10, step: 10 };
    expect(cover(null, 2, round)).toEqual({ kind: "begin", span: span(10, 20, 2, 10) });
  });

  it("covers the union of the slots, in one span more than there are gaps", () => {
    const indices = fc
      .uniqueArray(fc.nat(40), { minLength: 1 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(indices, fc.constantFrom<Step>(60, 10), (taken, step) => {
        const rounds = taken.map((index) => roundAt(index, step));
        const kept = coverAll(rounds);
        const slots = rounds.map((round) => ({ from: round.time, to: round.time + step }));
        expect(secondsIn(kept)).toEqual(secondsIn(slots));
        const gaps = taken.filter((index, i) => i > 0 && taken[i - 1] !== index - 1).length;
        expect(kept).toHaveLength(gaps + 1);
      }),
    );
  });
});

describe("frontier", () => {
  it("is the end of the newest slot that any region covers, of each step apart", () => {
    const spans = [span(0, 180, 1), span(120, 240, 2), span(0, 60, 3), span(0, 310, 1, 10)];
    expect(frontier(spans, 60)).toBe(start + 240);
    expect(frontier(spans, 10)).toBe(start + 310);
  });

  it("is 0 where nothing was covered", () => {
    expect(frontier([], 60)).toBe(0);
    expect(frontier([span(0, 60)], 10)).toBe(0);
  });
});

describe("coveredByAny", () => {
  const spans = [
    span(0, 60, 1),
    span(120, 180, 1),
    span(60, 90, 2),
    span(0, 300, 3),
    span(0, 600, 1, 10),
  ];

  it("joins what the regions named covered in rounds of the step", () => {
    expect(coveredByAny(spans, 60, [1, 2])).toEqual([
      { from: start, to: start + 90 },
      { from: start + 120, to: start + 180 },
    ]);
  });

  it("leaves out other regions and other steps", () => {
    expect(coveredByAny(spans, 60, [2])).toEqual([{ from: start + 60, to: start + 90 }]);
    expect(coveredByAny(spans, 10, [1])).toEqual([{ from: start, to: start + 600 }]);
    expect(coveredByAny(spans, 60, [])).toEqual([]);
  });
});

describe("coveredByChecks", () => {
  const everyFive = { intervalSeconds: 300, phaseSeconds: 60 };

  it("lets a check speak until the next is due", () => {
    expect(coveredByChecks([span(0, 900)], everyFive, [1])).toEqual([
      { from: start + 60, to: start + 960 },
    ]);
  });

  it("leaves the whole interval of a check that nobody made unknown", () => {
    const spans = [span(0, 360), span(420, 900)];
    expect(coveredByChecks(spans, everyFive, [1])).toEqual([
      { from: start + 60, to: start + 360 },
      { from: start + 660, to: start + 960 },
    ]);
  });

  it("does not mind a gap between checks", () => {
    const spans = [span(0, 120), span(180, 240), span(360, 420)];
    expect(coveredByChecks(spans, everyFive, [1])).toEqual([{ from: start + 60, to: start + 660 }]);
  });

  it("covers every second whose newest check due was in a round reported", () => {
    const reported = fc.uniqueArray(fc.nat(40), { minLength: 1 });
    fc.assert(
      fc.property(reported, schedules, (indices, schedule) => {
        const step = stepOf(schedule);
        const rounds = indices.sort((a, b) => a - b).map((index) => roundAt(index, step));
        const times = new Set(rounds.map((round) => round.time));
        const covered = secondsIn(coveredByChecks(coverAll(rounds), schedule, [1]));
        for (let second = start; second < start + 50 * step; second += 1) {
          expect(covered.has(second)).toBe(times.has(lastCheckAt(schedule, second)));
        }
      }),
    );
  });
});

describe("coveredByHistory", () => {
  const fast = { intervalSeconds: 10, phaseSeconds: 0 };
  const minutely = { intervalSeconds: 60, phaseSeconds: 0 };
  const everyFive = { intervalSeconds: 300, phaseSeconds: 60 };
  const since = (seconds: number, schedule: typeof fast) => ({ since: start + seconds, schedule });
  const whole = (from: number, to: number) => [{ from: start + from, to: start + to }];

  it("of one schedule is what its checks cover", () => {
    const spans = [span(0, 360), span(420, 900)];
    const expected = coveredByChecks(spans, everyFive, [1]);
    expect(coveredByHistory(spans, [since(0, everyFive)], [1])).toEqual(expected);
  });

  const changes = [
    ["fast to slow", fast, minutely, [span(0, 630, 1, 10), span(660, 1_200)], 1_200],
    ["slow to fast", minutely, fast, [span(0, 660), span(630, 1_200, 1, 10)], 1_200],
    ["minutes to more minutes", minutely, everyFive, [span(0, 1_200)], 1_260],
    ["and back", everyFive, minutely, [span(-300, 1_200)], 1_200],
  ] as const;
  for (const [name, before, after, spans, end] of changes) {
    it(`knows what was known, ${name}: before the change, after it, and in between`, () => {
      const history = [since(-600, before), since(630, after)];
      const covered = coveredByHistory(spans, history, [1]);
      expect(covered).toHaveLength(1);
      expect(covered[0]?.from).toBeLessThanOrEqual(start);
      expect(covered[0]?.to).toBe(start + end);
    });
  }

  it("says nothing of the time after a change before which nobody looked", () => {
    const history = [since(0, fast), since(630, minutely)];
    const spans = [span(0, 600, 1, 10), span(720, 1_200)];
    expect(coveredByHistory(spans, history, [1])).toEqual([...whole(0, 600), ...whole(720, 1_200)]);
  });

  it("of a schedule that was there for no check covers nothing", () => {
    const history = [since(0, minutely), since(630, everyFive), since(640, minutely)];
    expect(coveredByHistory([span(0, 1_200)], history, [1])).toEqual(whole(0, 1_200));
  });
});
