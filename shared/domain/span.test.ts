import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intersect, lengthOf, normalise, type Span, subtract, totalSeconds } from "./span.ts";
import { secondsIn, spans } from "./testing/arbitraries.ts";

/** What a list of spans has to look like to be normalised. */
function expectNormalised(list: readonly Span[]): void {
  list.forEach((span, index) => {
    expect(span.to).toBeGreaterThan(span.from);
    const next = list[index + 1];
    if (next) expect(next.from).toBeGreaterThan(span.to);
  });
}

const sorted = (seconds: ReadonlySet<number>) => [...seconds].sort((a, b) => a - b);

describe("normalise", () => {
  const table: [name: string, given: Span[], expected: Span[]][] = [
    ["nothing stays nothing", [], []],
    ["an empty span is dropped", [{ from: 5, to: 5 }], []],
    ["a reversed span is dropped", [{ from: 9, to: 5 }], []],
    [
      "spans are sorted",
      [
        { from: 8, to: 9 },
        { from: 1, to: 2 },
      ],
      [
        { from: 1, to: 2 },
        { from: 8, to: 9 },
      ],
    ],
    [
      "spans that touch are joined",
      [
        { from: 0, to: 5 },
        { from: 5, to: 9 },
      ],
      [{ from: 0, to: 9 }],
    ],
    [
      "spans that overlap are joined",
      [
        { from: 3, to: 9 },
        { from: 0, to: 5 },
      ],
      [{ from: 0, to: 9 }],
    ],
    [
      "a span inside another disappears",
      [
        { from: 0, to: 9 },
        { from: 2, to: 3 },
      ],
      [{ from: 0, to: 9 }],
    ],
    [
      "a gap of one second stays",
      [
        { from: 0, to: 4 },
        { from: 5, to: 9 },
      ],
      [
        { from: 0, to: 4 },
        { from: 5, to: 9 },
      ],
    ],
  ];
  it.each(table)("%s", (_name, given, expected) => {
    expect(normalise(given)).toEqual(expected);
  });

  it("holds the same seconds, in order and apart, and leaves its input alone", () => {
    fc.assert(
      fc.property(spans, (given) => {
        const before = structuredClone(given);
        const result = normalise(given);
        expect(sorted(secondsIn(result))).toEqual(sorted(secondsIn(given)));
        expectNormalised(result);
        expect(given).toEqual(before);
      }),
    );
  });
});

describe("intersect", () => {
  it("holds exactly the seconds that are in both", () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const result = intersect(normalise(a), normalise(b));
        const inB = secondsIn(b);
        expect(sorted(secondsIn(result))).toEqual(sorted(secondsIn(a)).filter((s) => inB.has(s)));
        expectNormalised(result);
      }),
      { numRuns: 300 },
    );
  });

  it("does not count spans that only touch as common", () => {
    expect(intersect([{ from: 0, to: 5 }], [{ from: 5, to: 9 }])).toEqual([]);
  });
});

describe("subtract", () => {
  it("holds exactly the seconds that are in the first and not in the second", () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const result = subtract(normalise(a), normalise(b));
        const inB = secondsIn(b);
        expect(sorted(secondsIn(result))).toEqual(sorted(secondsIn(a)).filter((s) => !inB.has(s)));
        expectNormalised(result);
      }),
      { numRuns: 300 },
    );
  });

  const table: [name: string, a: Span[], b: Span[], expected: Span[]][] = [
    ["nothing taken away leaves all", [{ from: 0, to: 9 }], [], [{ from: 0, to: 9 }]],
    [
      "a hole makes two",
      [{ from: 0, to: 9 }],
      [{ from: 3, to: 4 }],
      [
        { from: 0, to: 3 },
        { from: 4, to: 9 },
      ],
    ],
    [
      "one cut can shorten two spans",
      [
        { from: 0, to: 4 },
        { from: 6, to: 9 },
      ],
      [{ from: 3, to: 7 }],
      [
        { from: 0, to: 3 },
        { from: 7, to: 9 },
      ],
    ],
    [
      "all taken away leaves nothing",
      [
        { from: 1, to: 4 },
        { from: 6, to: 9 },
      ],
      [{ from: 0, to: 9 }],
      [],
    ],
  ];
  it.each(table)("%s", (_name, a, b, expected) => {
    expect(subtract(a, b)).toEqual(expected);
  });
});

describe("lengths", () => {
  it("sum to the number of seconds held", () => {
    fc.assert(
      fc.property(spans, (given) => {
        expect(totalSeconds(normalise(given))).toBe(secondsIn(given).size);
      }),
    );
  });

  it("of reversed spans are zero", () => {
    expect(lengthOf({ from: 9, to: 5 })).toBe(0);
    expect(lengthOf({ from: 5, to: 9 })).toBe(4);
  });
});
