import { describe, expect, it } from "vitest";
import type { CoverageSpan } from "./coverage.ts";
import { type Freshness, freshness } from "./freshness.ts";

const minute = 1_000_020;

function span(region: number, to: number): CoverageSpan {
  return { region, step: 60, from: minute - 600, to };
}

interface Case {
  readonly name: string;
  readonly now: number;
  readonly spans: readonly CoverageSpan[];
  readonly expected: Freshness;
}

const cases: readonly Case[] = [
  {
    name: "is stale and of no time where nothing was ever covered",
    now: minute,
    spans: [],
    expected: { asOf: null, stale: true, lagSeconds: null },
  },
  {
    name: "speaks for now, not for the future, while the newest slot runs",
    now: minute + 5,
    spans: [span(1, minute + 60)],
    expected: { asOf: minute + 5, stale: false, lagSeconds: 0 },
  },
  {
    name: "is fresh while the present round has not been recorded yet",
    now: minute + 55,
    spans: [span(1, minute)],
    expected: { asOf: minute, stale: false, lagSeconds: 55 },
  },
  {
    name: "is fresh at exactly two minutes",
    now: minute + 120,
    spans: [span(1, minute)],
    expected: { asOf: minute, stale: false, lagSeconds: 120 },
  },
  {
    name: "is stale a second later",
    now: minute + 121,
    spans: [span(1, minute)],
    expected: { asOf: minute, stale: true, lagSeconds: 121 },
  },
  {
    name: "goes by the region that reported last",
    now: minute + 130,
    spans: [span(1, minute), span(2, minute + 60), span(3, minute - 300)],
    expected: { asOf: minute + 60, stale: false, lagSeconds: 70 },
  },
  {
    name: "takes a fast round for what it is: newer data",
    now: minute + 130,
    spans: [span(1, minute), { region: 1, step: 10, from: minute, to: minute + 120 }],
    expected: { asOf: minute + 120, stale: false, lagSeconds: 10 },
  },
];

describe("the freshness of data", () => {
  it.each(cases)("$name", ({ now, spans, expected }) => {
    expect(freshness(now, spans)).toEqual(expected);
  });
});
