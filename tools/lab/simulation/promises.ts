import type { JobScore } from "./job-days.ts";
import { type Policy, promisedPolicies } from "./policies.ts";
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
 * Holds a simulation against what is promised of the two defaults, parallel and round-robin.
 *
 * @returns nothing where neither was run
 */
export function promisesOf(simulation: Simulation, policies: readonly Policy[]): Promised[] {
  const names = promisedPolicies.filter((name) => policies.some((policy) => policy.name === name));
  if (names.length === 0) return [];
  const tallies = [...simulation.scripted, simulation.random];
  const books = (of: (books: Bookkeeping) => number) =>
    tallies.reduce((total, tally) => total + of(tally.books), 0);
  const counted = (promise: string, count: number, of: string): Promised => {
    return { promise, seen: `${count} ${of}`, kept: count === 0, examples: [] };
  };
  return [
    ...names.flatMap((name) => {
      const place = policies.findIndex((policy) => policy.name === name);
      return promisesOfPolicy(
        name,
        tallies.flatMap((tally) => tally.scores[place] ?? []),
      );
    }),
    ...promisesOfJobs(simulation.jobs),
    counted(
      "no result that a region has on its disk is lost",
      books(({ lost }) => lost),
      `of ${number(books(({ results }) => results))}`,
    ),
    counted(
      "what a region drops at its buffer's bound it counts",
      books(({ miscounted }) => miscounted),
      `miscounted of ${number(books(({ droppedRounds }) => droppedRounds))} rounds`,
    ),
    counted(
      "no change of status is written twice",
      books(({ doubled }) => doubled),
      "times",
    ),
  ];
}

function promisesOfJobs(jobs: JobScore): Promised[] {
  const promised = (promise: string, count: number, of: string, word: string): Promised => {
    const examples = jobs.examples.filter((line) => line.includes(word));
    return {
      promise: `heartbeats: ${promise}`,
      seen: `${count} ${of}`,
      kept: count === 0,
      examples,
    };
  };
  return [
    promised(
      "no alarm about a job that was as it should be",
      jobs.falseAlarms,
      `in ${number(jobs.checks)} checks`,
      "false alarm",
    ),
    promised(
      "none that failed, was missing or overlong for two minutes is missed",
      jobs.missed,
      `of ${number(jobs.outages)}`,
      "missed",
    ),
    promised("detected by the next check, once we can tell", jobs.lateDetections, "later", "late"),
  ];
}

function promisesOfPolicy(
  name: (typeof promisedPolicies)[number],
  scores: readonly Score[],
): Promised[] {
  const inTurns = name === "round-robin/1";
  const sum = (of: (score: Score) => number) =>
    scores.reduce((total, score) => total + of(score), 0);
  const promised = (promise: string, count: number, of: string, word: string): Promised => {
    const examples = scores.flatMap((score) =>
      score.examples.filter((line) => line.includes(word)),
    );
    const seen = `${count} ${of}`;
    return {
      promise: `${name}: ${promise}`,
      seen,
      kept: count === 0,
      examples: examples.slice(0, 3),
    };
  };
  return [
    promised(
      "no alarm that fewer than a majority of the regions had reason for",
      sum((score) => score.falseAlarms),
      `in ${number(sum((score) => score.checks))} checks`,
      "false alarm",
    ),
    promised(
      `no outage of two intervals or more${inTurns ? " in all regions" : ""} is missed`,
      sum((score) => score.missed),
      `of ${number(sum((score) => score.outages))}`,
      "missed",
    ),
    promised(
      `detected within one interval plus ${inTurns ? "two retry budgets" : "the retry budget"}, once we can tell`,
      sum((score) => score.lateDetections),
      "later",
      "late",
    ),
  ];
}

/** A whole number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}
