/** Random plans with what their regions reported, and a recorder that keeps all that is written. */
import fc from "fast-check";
import type { Monitor } from "../monitor.ts";
import { dueIn, type Plan, planRounds } from "../plan.ts";
import {
  decideRecording,
  type Memory,
  type OutageChange,
  type RecordedResult,
  type RegionReport,
  type RoundReport,
  type ScopedStatus,
  type ScopedTransition,
  statusKey,
} from "../recording.ts";
import type { Result } from "../result.ts";
import type { Round } from "../schedule.ts";
import { debounces, quorums } from "./arbitraries.ts";
import { describeTrace } from "./describe-trace.ts";
import { emptyMemory, monitorOf, outcomeOfLetter, planOf, regions, start } from "./fixtures.ts";

/** A plan and its rounds in order of time. */
export interface Trace {
  readonly plan: Plan;
  readonly reports: readonly RoundReport[];
}

/** Outcomes of every kind, failures often; see `outcomeOfLetter`. */
export const everything: readonly string[] = ["U", "U", "G", "D", "D", "?", "-"];

const minutes = 5;
const schedules: readonly Monitor["schedule"][] = [
  { intervalSeconds: 60, phaseSeconds: 0 },
  { intervalSeconds: 120, phaseSeconds: 60 },
  { intervalSeconds: 30, phaseSeconds: 10 },
];

/** A minutely monitor from everywhere, a slower one from two regions, and a fast one added later. */
const plans: fc.Arbitrary<Plan> = fc
  .tuple(
    ...schedules.map((schedule, index) => {
      return fc.record({ quorum: quorums, debounce: debounces }).map(({ quorum, debounce }) =>
        monitorOf({
          number: index + 1,
          schedule,
          regions: regions.slice(0, index === 1 ? 2 : 3).map((region) => region.id),
          verdict: { quorum, ...debounce },
          addedAt: index === 2 ? start + 60 : 0,
        }),
      );
    }),
  )
  .map((monitors) => planOf(monitors));

/** Traces whose probes end as the letters say, one drawn for each; see `outcomeOfLetter`. */
export function traces(letters: readonly string[]): fc.Arbitrary<Trace> {
  return plans.chain((plan) => {
    const rounds = Array.from({ length: minutes }, (_, minute) =>
      planRounds(plan, start + minute * 60),
    ).flat();
    const exactly = (length: number) => ({ minLength: length, maxLength: length });
    const cells = rounds.length * regions.length;
    return fc
      .record({
        silent: fc.array(
          fc.nat(5).map((n) => n === 5),
          exactly(cells),
        ),
        drawn: fc.array(fc.constantFrom(...letters), exactly(cells * plan.monitors.length)),
      })
      .map(({ silent, drawn }) =>
        readable({
          plan,
          reports: rounds.map((round, at) => ({
            round,
            regions: regions.flatMap((region, index): RegionReport[] => {
              const cell = at * regions.length + index;
              if (silent[cell]) return [];
              const own = drawn.slice(cell * plan.monitors.length);
              return [{ region: region.number, results: resultsOf(plan, round, region.id, own) }];
            }),
          })),
        }),
      );
  });
}

/** fast-check prints a counterexample by this. */
function readable(trace: Trace): Trace {
  Object.defineProperty(trace, fc.toStringMethod, { value: () => describeTrace(trace) });
  return trace;
}

function resultsOf(plan: Plan, round: Round, region: string, letters: string[]): Result[] {
  return dueIn(plan, round).flatMap((monitor, index) => {
    const outcome = outcomeOfLetter(letters[index] ?? "-");
    if (outcome === null || !monitor.regions.includes(region)) return [];
    return [{ monitor: monitor.number, outcome, latencyMs: 9, attempts: 1 }];
  });
}

/** All that calls of `decideRecording` had written, applied as the database applies it. */
export interface Ledger {
  readonly memory: Memory;
  readonly results: RecordedResult[];
  readonly transitions: ScopedTransition[];
  /** As the database keeps them: the last change of each, by monitor and start. */
  readonly outages: Map<string, OutageChange>;
  /** Where each span of coverage ends, by region, step and beginning. */
  readonly coverage: Map<string, number>;
  readonly statuses: Map<string, ScopedStatus>;
  readonly late: Round[];
}

/** Records batches of rounds one after the other, each on what the one before left. */
export function recordAll(plan: Plan, batches: readonly (readonly RoundReport[])[]): Ledger {
  const ledger = {
    results: [] as RecordedResult[],
    transitions: [] as ScopedTransition[],
    outages: new Map<string, OutageChange>(),
    coverage: new Map<string, number>(),
    statuses: new Map<string, ScopedStatus>(),
    late: [] as Round[],
  };
  let memory = emptyMemory;
  for (const batch of batches) {
    const recording = decideRecording(plan, memory, batch);
    memory = recording.memory;
    ledger.results.push(...recording.results);
    ledger.transitions.push(...recording.transitions);
    ledger.late.push(...recording.late);
    for (const change of recording.outages) {
      ledger.outages.set(`${change.monitor}/${change.outage.startedAt}`, change);
    }
    for (const change of recording.coverage) {
      if (change.kind === "none") continue;
      const { region, step, from, to } = change.span;
      ledger.coverage.set(`${region}/${step}/${from}`, to);
    }
    for (const status of recording.statuses) {
      ledger.statuses.set(statusKey(status.monitor, status.scope), status);
    }
  }
  return { ...ledger, memory };
}
