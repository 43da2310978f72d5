import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reopenWithinSeconds } from "./decide-outage.ts";
import { overall } from "./recording.ts";
import type { Result } from "./result.ts";
import { regions } from "./testing/fixtures.ts";
import { everything, type Ledger, recordAll, type Trace, traces } from "./testing/traces.ts";

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
          expect(again.outages).toEqual(once.outages);
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
        for (const { monitor, scope, outage } of memory.statuses.values()) {
          if (scope !== overall || outage === null) continue;
          const kept = ledger.outages.get(`${monitor}/${outage.startedAt}`);
          expect(kept?.outage).toEqual(outage);
        }
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

  it("has an outage for every stretch of time down, from its beginning to its end", () => {
    fc.assert(
      fc.property(traces(everything), (trace) => {
        const { transitions, outages } = all(trace);
        for (const { number } of trace.plan.monitors) {
          const expected: [startedAt: number, endedAt: number | null][] = [];
          for (const { monitor, scope, to, at } of transitions) {
            if (monitor !== number || scope !== overall || to === "unknown") continue;
            const last = expected.at(-1);
            const open = last !== undefined && last[1] === null;
            if (to !== "down") {
              if (open) last[1] = at;
            } else if (last && last[1] !== null && at - last[1] <= reopenWithinSeconds) {
              last[1] = null;
            } else if (!open) expected.push([at, null]);
          }
          const found = [...outages.values()]
            .filter(({ monitor }) => monitor === number)
            .map(({ outage }) => [outage.startedAt, outage.endedAt]);
          expect(found).toEqual(expected);
        }
      }),
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
