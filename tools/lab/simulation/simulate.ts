import { drawScript } from "./draw-script.ts";
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
  readonly days: number;
}

/** Runs the scripted scenarios and random days through the pipeline. */
export function simulate({ seed, until, policies, progress }: SimulationOptions): Simulation {
  const tally = () => {
    return { scores: policies.map(emptyScore), books: { results: 0, lost: 0, doubled: 0 } };
  };
  const add = (to: Tally, script: Script) => {
    const run = runScript(script, labPlan(script.intervals, policies));
    addRun(to.scores, run);
    keepBooks(to.books, run);
  };
  const scripted = scenarios(seed).map(({ name, scripts }) => {
    const own = tally();
    for (const script of scripts) add(own, script);
    return { name, ...own };
  });
  const random = tally();
  let days = 0;
  const isEnough = () =>
    "days" in until ? days >= until.days : (random.scores[0]?.checks ?? 0) >= until.checks;
  while (!isEnough()) {
    add(random, drawScript(seed + days));
    days += 1;
    progress?.(random.scores[0]?.checks ?? 0, days);
  }
  return { scripted, random, days };
}

function keepBooks(books: Bookkeeping, { kept, database, refused }: Run): void {
  books.results += kept.size;
  for (const key of kept.keys()) if (!database.results.has(key)) books.lost += 1;
  books.doubled += refused.length;
}
