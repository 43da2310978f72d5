import type { Policy } from "./policies.ts";
import type { Score } from "./score.ts";
import type { Bookkeeping, Simulation } from "./simulate.ts";

/** One bound that the default policy has to keep, and what was seen. */
export interface Promised {
  readonly promise: string;
  readonly seen: string;
  readonly kept: boolean;
  readonly examples: readonly string[];
}

/**
 * Holds a simulation against what is promised of the default policy.
 *
 * @returns nothing where that policy was not run
 */
export function promisesOf(simulation: Simulation, policies: readonly Policy[]): Promised[] {
  const place = policies.findIndex(({ name }) => name === "majority/1");
  if (place === -1) return [];
  const tallies = [...simulation.scripted, simulation.random];
  const scores = tallies.flatMap((tally) => tally.scores[place] ?? []);
  const sum = (of: (score: Score) => number) =>
    scores.reduce((total, score) => total + of(score), 0);
  const books = (of: (books: Bookkeeping) => number) =>
    tallies.reduce((total, tally) => total + of(tally.books), 0);
  const examples = (word: string) =>
    scores.flatMap((score) => score.examples.filter((line) => line.includes(word))).slice(0, 3);
  const counted = (promise: string, count: number, of: string, word: string): Promised => {
    return { promise, seen: `${count} ${of}`, kept: count === 0, examples: examples(word) };
  };
  return [
    counted(
      "no alarm that fewer than a majority of the regions had reason for",
      sum((score) => score.falseAlarms),
      `in ${number(sum((score) => score.checks))} checks`,
      "false alarm",
    ),
    counted(
      "no outage of two intervals or more is missed",
      sum((score) => score.missed),
      `of ${number(sum((score) => score.outages))}`,
      "missed",
    ),
    counted(
      "it is detected within one interval plus the retry budget, once we can tell",
      sum((score) => score.lateDetections),
      "later",
      "late",
    ),
    counted(
      "no result that a region has on its disk is lost",
      books(({ lost }) => lost),
      `of ${number(books(({ results }) => results))}`,
      "lost",
    ),
    counted(
      "no change of status is written twice",
      books(({ doubled }) => doubled),
      "times",
      "twice",
    ),
  ];
}

/** A whole number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}
