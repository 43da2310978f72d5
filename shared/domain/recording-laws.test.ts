import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availability, timeline } from "./availability.ts";
import { coveredByAny } from "./coverage.ts";
import type { Monitor } from "./monitor.ts";
import { overall, type RoundReport } from "./recording.ts";
import type { Result } from "./result.ts";
import { type Step, stepOf } from "./schedule.ts";
import { secondsIn } from "./testing/arbitraries.ts";
import { monitorOf, planOf, regions, reportOf, roundAt, start } from "./testing/fixtures.ts";
import { type Ledger, recordAll, type Trace, traces } from "./testing/traces.ts";

const everything = ["U", "U", "G", "D", "D", "?", "-"];
const runs = { numRuns: 60 };

const all = ({ plan, reports }: Trace) => recordAll(plan, [reports]);

/** What a recording comes to, apart from the results it kept. */
const substance = ({ results: _results, late: _late, ...rest }: Ledger) => rest;

const key = (time: number, region: number, result: Result) => {
  return JSON.stringify([time, region, result.monitor, result.outcome]);
};

/** Cuts a list where told; pieces may be empty. */
function cut<T>(list: readonly T[], places: readonly number[]): T[][] {
  const edges = [0, ...places.map((at) => at % (list.length + 1)).sort((a, b) => a - b)];
  return edges.map((edge, index) => list.slice(edge, edges[index + 1]));
}

/** Changes every result of one region; null leaves it out. */
function changeRegion(
  reports: readonly RoundReport[],
  region: number,
  change: (result: Result) => Result | null,
): RoundReport[] {
  return reports.map((report) => ({
    ...report,
    regions: report.regions.map((said) => {
      if (said.region !== region) return said;
      return { ...said, results: said.results.flatMap((result) => change(result) ?? []) };
    }),
  }));
}

const withoutRegion = (reports: readonly RoundReport[], region: number): RoundReport[] => {
  return reports.map((report) => ({
    ...report,
    regions: report.regions.filter((said) => said.region !== region),
  }));
};

/** What is decided over all regions: changes and incidents. */
function overallOf({ transitions, opened, ended }: Ledger) {
  return { transitions: transitions.filter(({ scope }) => scope === overall), opened, ended };
}

describe("recording never doubles and never misses a change (law 3)", () => {
  it("comes to the same in any batches of rounds as at once", () => {
    const places = fc.array(fc.nat(100), { maxLength: 6 });
    fc.assert(
      fc.property(traces(everything), places, (trace, at) => {
        const batches = cut(trace.reports, at);
        expect(recordAll(trace.plan, batches)).toEqual(all(trace));
        const oneByOne = trace.reports.map((report) => [report]);
        expect(recordAll(trace.plan, oneByOne)).toEqual(all(trace));
      }),
      runs,
    );
  });

  it("comes to the same in any order within a batch", () => {
    fc.assert(
      fc.property(
        traces(everything).chain((trace) => {
          const { length } = trace.reports;
          return fc.tuple(
            fc.constant(trace),
            fc.shuffledSubarray([...trace.reports], { minLength: length }),
          );
        }),
        ([trace, shuffled]) => {
          const once = all(trace);
          const again = recordAll(trace.plan, [shuffled]);
          expect(again.late).toEqual([]);
          expect(again.statuses).toEqual(once.statuses);
          expect(again.coverage).toEqual(once.coverage);
          expect(new Set(again.transitions)).toEqual(new Set(once.transitions));
          expect(new Set(again.opened)).toEqual(new Set(once.opened));
        },
      ),
      runs,
    );
  });

  it("changes nothing but results when rounds come twice, at once or later, whatever they say", () => {
    const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(traces(everything), picks, fc.nat(100), (trace, picked, at) => {
        const once = all(trace);
        const repeated = picked.flatMap((pick) => {
          const report = trace.reports[pick % trace.reports.length];
          return report && report.regions.length > 0 ? [report] : [];
        });
        const otherwise = repeated.map((report) => ({
          ...report,
          regions: regions.map(({ number }) => ({
            region: number,
            results: [
              { monitor: 1, outcome: { outcome: "up" as const }, latencyMs: 1, attempts: 1 },
            ],
          })),
        }));
        const twice = recordAll(trace.plan, [[...trace.reports, ...repeated], otherwise]);
        expect(substance(twice)).toEqual(substance(once));
        expect(twice.late).toHaveLength(2 * repeated.length);

        const [first = [], second = []] = cut(trace.reports, [at]);
        const between = repeated.filter((report) => first.includes(report));
        const resumed = recordAll(trace.plan, [first, between, second]);
        expect(substance(resumed)).toEqual(substance(once));
      }),
      runs,
    );
  });

  it("writes exactly what it remembers", () => {
    fc.assert(
      fc.property(traces(everything), fc.nat(100), (trace, at) => {
        const ledger = recordAll(trace.plan, cut(trace.reports, [at]));
        const { memory } = ledger;
        expect(ledger.statuses).toEqual(memory.statuses);
        for (const { region, step, from, to } of memory.coverage) {
          expect(ledger.coverage.get(`${region}/${step}/${from}`)).toBe(to);
        }
        const open = ledger.opened.filter(
          ({ monitor, startedAt }) => !ledger.ended.has(`${monitor}/${startedAt}`),
        );
        expect(new Map(open.map(({ monitor, startedAt }) => [monitor, startedAt]))).toEqual(
          memory.openIncidents,
        );
      }),
      runs,
    );
  });

  it("has no two changes of one status at one time, each from what the one before made", () => {
    fc.assert(
      fc.property(traces(everything), (trace) => {
        const { transitions, memory } = all(trace);
        const last = new Map<string, (typeof transitions)[number]>();
        for (const transition of transitions) {
          const scope = `${transition.monitor}/${transition.scope}`;
          const before = last.get(scope);
          expect(transition.from).toBe(before?.to ?? "unknown");
          expect(transition.to).not.toBe(transition.from);
          expect(transition.at).toBeGreaterThan(before?.at ?? 0);
          last.set(scope, transition);
        }
        for (const [scope, { to, at }] of last) {
          expect(memory.statuses.get(scope)).toMatchObject({ status: to, since: at });
        }
      }),
      runs,
    );
  });

  it("has an incident for every stretch of outage, from its beginning to its end", () => {
    fc.assert(
      fc.property(traces(everything), (trace) => {
        const { transitions, opened, ended } = all(trace);
        for (const { number } of trace.plan.monitors) {
          let open: number | null = null;
          const expected: [number, number | undefined][] = [];
          for (const { monitor, scope, to, at } of transitions) {
            if (monitor !== number || scope !== overall || to === "unknown") continue;
            if (to === "down") open ??= at;
            else if (open !== null) {
              expected.push([open, at]);
              open = null;
            }
          }
          if (open !== null) expected.push([open, undefined]);
          const found = opened
            .filter(({ monitor }) => monitor === number)
            .map(({ startedAt }) => [startedAt, ended.get(`${number}/${startedAt}`)]);
          expect(found).toEqual(expected);
        }
      }),
      runs,
    );
  });
});

describe("a fault of ours is never a target's downtime (law 1)", () => {
  it("without a failing result nothing is ever down or degraded", () => {
    fc.assert(
      fc.property(traces(["U", "U", "?", "-"]), (trace) => {
        const { transitions, opened } = all(trace);
        expect(transitions.filter(({ to }) => to === "down" || to === "degraded")).toEqual([]);
        expect(opened).toEqual([]);
      }),
      runs,
    );
  });

  it("a region that falls silent leaves the verdict to the others alone", () => {
    fc.assert(
      fc.property(traces(everything), fc.constantFrom(...regions), ({ plan, reports }, region) => {
        const silent = recordAll(plan, [withoutRegion(reports, region.number)]);
        const others = plan.monitors.map((monitor) => ({
          ...monitor,
          regions: monitor.regions.filter((id) => id !== region.id),
        }));
        const alone = recordAll({ ...plan, monitors: others }, [
          withoutRegion(reports, region.number),
        ]);
        expect(overallOf(silent)).toEqual(overallOf(alone));
        expect(silent.transitions.filter(({ scope }) => scope === region.number)).toEqual([]);
      }),
      runs,
    );
  });

  it("so does a region whose probes all fail through our own fault", () => {
    const unknown = (result: Result): Result => ({
      ...result,
      outcome: { outcome: "unknown", reason: "internal", detail: "" },
    });
    fc.assert(
      fc.property(
        traces(everything),
        fc.constantFrom(...regions),
        fc.boolean(),
        ({ plan, reports }, region, lost) => {
          // Where nothing is reported or expected there is no verdict; unknown would be one.
          const known = plan.monitors.map((monitor) => ({ ...monitor, addedAt: 0 }));
          const heard = reports.map((report) => ({
            ...report,
            regions: regions.map(({ number }) => {
              const said = report.regions.find((other) => other.region === number);
              return said ?? { region: number, results: [] };
            }),
          }));
          const faulty = changeRegion(heard, region.number, lost ? () => null : unknown);
          const others = known.map((monitor) => ({
            ...monitor,
            regions: monitor.regions.filter((id) => id !== region.id),
          }));
          expect(overallOf(recordAll({ ...plan, monitors: known }, [faulty]))).toEqual(
            overallOf(recordAll({ ...plan, monitors: others }, [faulty])),
          );
        },
      ),
      runs,
    );
  });
});

describe("a result is never lost and never counted twice (law 2)", () => {
  it("keeps every result it is given exactly once, also of late rounds", () => {
    fc.assert(
      fc.property(traces(everything), fc.array(fc.nat(), { maxLength: 5 }), (trace, picked) => {
        const late = picked.flatMap((pick) => trace.reports[pick % trace.reports.length] ?? []);
        const ledger = recordAll(trace.plan, [trace.reports, late]);
        const given = [...trace.reports, ...late].flatMap(({ round, regions: said }) =>
          said.flatMap(({ region, results }) =>
            results.map((result) => key(round.time, region, result)),
          ),
        );
        const kept = ledger.results.map((result) => key(result.time, result.region, result));
        expect(kept.sort()).toEqual(given.sort());
      }),
      runs,
    );
  });
});

describe("missing data is never counted as up or down (law 7)", () => {
  const window = { from: start - 60, to: start + 400 };

  /** The points and the coverage of one monitor in one scope, as the API would read them. */
  function observe(ledger: Ledger, monitor: Monitor, scope: number) {
    const step = stepOf(monitor.schedule);
    const numbers = regions
      .filter(({ id, number }) => monitor.regions.includes(id) && [overall, number].includes(scope))
      .map(({ number }) => number);
    const spans = [...ledger.coverage].map(([place, to]) => {
      const [region = 0, of = 0, from = 0] = place.split("/").map(Number);
      const ofStep: Step = of === 10 ? 10 : 60;
      return { region, step: ofStep, from, to };
    });
    const mine = scope === overall ? numbers : [scope];
    const points = ledger.transitions
      .filter((change) => change.monitor === monitor.number && change.scope === scope)
      .map(({ at, to }) => ({ at, status: to }));
    return { window, points, covered: coveredByAny(spans, step, mine), excluded: [] };
  }

  const scopes = [overall, ...regions.map((region) => region.number)];

  it("every second known lies in a round that a region of the monitor reported", () => {
    fc.assert(
      fc.property(traces(everything), fc.constantFrom(...scopes), ({ plan, reports }, scope) => {
        const ledger = recordAll(plan, [reports]);
        for (const monitor of plan.monitors) {
          const numbers = regions
            .filter(({ id }) => monitor.regions.includes(id))
            .map(({ number }) => number);
          const looking = scope === overall ? numbers : [scope];
          const step = stepOf(monitor.schedule);
          const slots = reports
            .filter(({ round }) => round.step === step)
            .filter(({ regions: said }) => said.some(({ region }) => looking.includes(region)))
            .map(({ round }) => ({ from: round.time, to: round.time + step }));
          const known = timeline(observe(ledger, monitor, scope)).filter(
            ({ status }) => status !== "unknown",
          );
          const covered = secondsIn(slots);
          for (const second of secondsIn(known)) expect(covered.has(second)).toBe(true);
        }
      }),
      runs,
    );
  });

  it("with thresholds of one it counts just what the results say, round by round", () => {
    fc.assert(
      fc.property(traces(everything), fc.constantFrom(1, 2, 3), ({ plan, reports }, region) => {
        const verdict = {
          quorum: { kind: "majority" },
          failuresToOpen: 1,
          successesToClose: 1,
        } as const;
        const monitors = plan.monitors.slice(0, 1).map((monitor) => ({ ...monitor, verdict }));
        const ledger = recordAll({ ...plan, monitors }, [reports]);
        const expected = { up: 0, degraded: 0, down: 0 };
        for (const { round, regions: said } of reports) {
          const results = said.find((report) => report.region === region)?.results;
          const outcome = results?.find((result) => result.monitor === 1)?.outcome.outcome;
          if (round.step === 10 || outcome === undefined || outcome === "unknown") continue;
          expected[outcome] += 60;
        }
        const [monitor] = monitors;
        if (!monitor) throw new RangeError("the plan has no monitor");
        expect(availability(observe(ledger, monitor, region))).toMatchObject({
          upSeconds: expected.up,
          degradedSeconds: expected.degraded,
          downSeconds: expected.down,
        });
      }),
      runs,
    );
  });

  it("counts an outage from its first failed check to its first good one, to the second", () => {
    const monitor = monitorOf();
    const words = ["UUU", "DDU", "DDD", "...", "DDD", "UUU"];
    const reports = words.map((letters, index) => reportOf(roundAt(index), letters));
    const ledger = recordAll(planOf([monitor]), [reports]);
    expect(ledger.opened).toMatchObject([{ startedAt: start + 60 }]);
    expect([...ledger.ended.values()]).toEqual([start + 300]);
    expect(availability(observe(ledger, monitor, overall))).toMatchObject({
      upSeconds: 120,
      downSeconds: 180,
      // The minute before, the minute in which no region reported, and what is yet to come.
      unknownSeconds: 60 + 60 + 40,
      availability: 120 / 300,
    });
  });
});
