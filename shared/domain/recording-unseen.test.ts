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
import { everything, type Ledger, recordAll, type Trace, traces } from "./testing/traces.ts";

const runs = { numRuns: 60 };

const all = ({ plan, reports }: Trace) => recordAll(plan, [reports]);

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

/** What is decided over all regions: changes and outages. */
function overallOf({ transitions, outages }: Ledger) {
  return { transitions: transitions.filter(({ scope }) => scope === overall), outages };
}

describe("a fault of ours is never a target's downtime (law 1)", () => {
  it("without a failing result nothing is ever down or degraded", () => {
    fc.assert(
      fc.property(traces(["U", "U", "?", "-"]), (trace) => {
        const { transitions, outages } = all(trace);
        expect(transitions.filter(({ to }) => to === "down" || to === "degraded")).toEqual([]);
        expect(outages.size).toBe(0);
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
    expect([...ledger.outages.values()].map(({ outage }) => outage)).toEqual([
      { startedAt: start + 60, endedAt: start + 300, reopenings: 0 },
    ]);
    expect(availability(observe(ledger, monitor, overall))).toMatchObject({
      upSeconds: 120,
      downSeconds: 180,
      // The minute before, the minute in which no region reported, and what is yet to come.
      unknownSeconds: 60 + 60 + 40,
      availability: 120 / 300,
    });
  });
});
