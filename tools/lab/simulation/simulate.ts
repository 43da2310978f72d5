import { probingModes } from "../../../shared/domain/monitor.ts";
import { drawScript } from "./draw-script.ts";
import { addJobDay, emptyJobScore, type JobScore } from "./job-days.ts";
import { labPlan } from "./lab-plan.ts";
import type { Policy } from "./policies.ts";
import { type Run, runScript } from "./run-script.ts";
import { scenarios } from "./scenarios.ts";
import { addRun, emptyScore, type Score } from "./score.ts";
import type { Script } from "./script.ts";

/** What is asked of the simulated part of the lab. */
export interface SimulationOptions {
  readonly seed: number;
  /** Days are drawn until there were at least so many checks, or so many days. */
  readonly until: { readonly checks: number } | { readonly days: number };
  readonly policies: readonly Policy[];
  readonly progress?: (checks: number, days: number) => void;
}

/** What was recorded of what the regions had seen; of the first policy's monitors. */
export interface Bookkeeping {
  results: number;
  lost: number;
  /** Rounds that objects dropped at the bound of their buffers. */
  droppedRounds: number;
  /** Of those, how many they did not count, or counted too often. */
  miscounted: number;
  /** Times at which the database refused to write a change again. */
  doubled: number;
}

/** What a part of the lab came to. */
export interface Tally {
  /** By policy. */
  readonly scores: readonly Score[];
  readonly books: Bookkeeping;
}

export interface Simulation {
  readonly scripted: readonly ({ readonly name: string } & Tally)[];
  readonly random: Tally;
  /** NetPost's own jobs, on as many days. */
  readonly jobs: JobScore;
  readonly days: number;
}

/** Runs the scripted scenarios and random days through the pipeline. */
export function simulate({ seed, until, policies, progress }: SimulationOptions): Simulation {
  const tally = () => {
    return {
      scores: policies.map(emptyScore),
      books: { results: 0, lost: 0, droppedRounds: 0, miscounted: 0, doubled: 0 },
    };
  };
  const add = (to: Tally, script: Script) => {
    for (const mode of probingModes) {
      const places = [...policies.keys()].filter((place) => policies[place]?.mode === mode);
      if (places.length === 0) continue;
      // A plan for each mode: a round waits for its confirmations, and others' delays with it.
      const plan = labPlan(
        script.intervals,
        policies.filter((policy) => policy.mode === mode),
      );
      const run = runScript(script, plan);
      addRun(
        to.scores.filter((_, place) => places.includes(place)),
        run,
      );
      keepBooks(to.books, run);
    }
  };
  const scripted = scenarios(seed).map(({ name, scripts }) => {
    const own = tally();
    for (const script of scripts) add(own, script);
    return { name, ...own };
  });
  const random = tally();
  const jobs = emptyJobScore();
  let days = 0;
  const isEnough = () =>
    "days" in until ? days >= until.days : (random.scores[0]?.checks ?? 0) >= until.checks;
  while (!isEnough()) {
    add(random, drawScript(seed + days));
    addJobDay(jobs, seed + days);
    days += 1;
    progress?.(random.scores[0]?.checks ?? 0, days);
  }
  return { scripted, random, jobs, days };
}

function keepBooks(books: Bookkeeping, run: Run): void {
  const { kept, dropped, droppedRounds, database, refused } = run;
  books.results += kept.size;
  for (const key of kept.keys()) {
    if (!database.results.has(key) && !dropped.has(key)) books.lost += 1;
  }
  books.droppedRounds += droppedRounds.seen;
  books.miscounted += Math.abs(droppedRounds.counted - droppedRounds.seen);
  books.doubled += refused.length;
}
