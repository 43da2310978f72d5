import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availability, timeline } from "../../shared/domain/availability.ts";
import { coveredByAny } from "../../shared/domain/coverage.ts";
import { overall } from "../../shared/domain/recording.ts";
import { type Step, stepOf } from "../../shared/domain/schedule.ts";
import { labPlan, scriptStart } from "./simulation/lab-plan.ts";
import { policies } from "./simulation/policies.ts";
import { type Run, runScript } from "./simulation/run-script.ts";
import { addRun, emptyScore } from "./simulation/score.ts";
import { type Script, timeOf } from "./simulation/script.ts";
import { Truth } from "./simulation/truth.ts";
import {
  cutOffs,
  databaseFaults,
  doubledTicks,
  lateDeaths,
  ourFaults,
  regionFaults,
  scriptsOf,
  targetFaults,
  tickFaults,
} from "./testing/scripts.ts";

const all = policies.slice(0, 2);
/** The regions in turns, with confirmation: a plan of its own. */
const inTurns = policies.filter(({ name }) => name === "round-robin/1");
const runInTurns = (script: Script): Run => runScript(script, labPlan(script.intervals, inTurns));
const run = (script: Script): Run => runScript(script, labPlan(script.intervals, all));
const settings = { numRuns: 150 };

/** Changes of status as lines: what, and when, but not when it was found out. */
function changes({ script, database }: Run): string[] {
  // A run in which something waits goes on a little longer than one in which nothing does.
  const end = scriptStart + script.minutes * 60;
  return database.transitions
    .filter(({ at }) => at < end)
    .map(({ monitor, scope, at, from, to }) => {
      const where = scope === overall ? "overall" : `in region ${scope}`;
      return `monitor ${monitor} ${where}: ${from} → ${to} at ${timeOf((at - scriptStart) * 1000)}`;
    })
    .sort();
}

const failing = (script: Script) =>
  changes(run(script)).filter((line) => / → (down|degraded)/.test(line));

const withoutOurs = (script: Script): Script => ({
  ...script,
  faults: script.faults.filter(({ kind }) => kind === "target"),
});

describe("law 1: a fault of ours is never a target's downtime", () => {
  it("nothing is ever down or degraded while every target is well", () => {
    fc.assert(
      fc.property(scriptsOf([ourFaults]), (script) => {
        expect(failing(script)).toEqual([]);
      }),
      settings,
    );
  });

  it("nor while regions reach nothing at all", () => {
    fc.assert(
      fc.property(scriptsOf([cutOffs, cutOffs, regionFaults, databaseFaults]), (script) => {
        expect(failing(script)).toEqual([]);
      }),
      settings,
    );
  });

  it("a majority of the regions has reason for every alarm, or one region is left alone", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, targetFaults, ourFaults]), (script) => {
        const scores = all.map(emptyScore);
        addRun(scores, run(script));
        expect(
          scores.flatMap(({ falseAlarms, examples }) => (falseAlarms ? examples : [])),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it("a region's own status is down only where its way to the target was lost", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, ourFaults]), (script) => {
        const { database, lab } = run(script);
        const unfounded = lab.monitorsOf.flatMap((monitors, target) => {
          const truth = new Truth(script, target);
          return monitors.flatMap(({ number, schedule }) =>
            [1, 2, 3].flatMap((region) =>
              database
                .transitionsOf(number, region)
                .filter(({ to }) => to === "down")
                .map(({ at }) => (at - scriptStart) * 1000)
                .filter((at) => !truth.isTroubled(region - 1, at, at + stepOf(schedule) * 1000))
                .map((at) => `target ${target} in region ${region} at ${timeOf(at)}`),
            ),
          );
        });
        expect(unfounded).toEqual([]);
      }),
      settings,
    );
  });
});

describe("law 2: a result that a region produced is never lost and never counted twice", () => {
  it("whatever fails, every result that was on a region's disk ends in the database", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, ourFaults, ourFaults]), (script) => {
        const { kept, database, isDrained } = run(script);
        expect([...kept.keys()].filter((key) => !database.results.has(key))).toEqual([]);
        expect(isDrained).toBe(true);
      }),
      settings,
    );
  });

  it("no check is probed twice by one region, unless it died before it had the result", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, ourFaults, ourFaults]), (script) => {
        expect([...run(script).kept].filter(([, times]) => times > 1)).toEqual([]);
      }),
      settings,
    );
  });
});

describe("law 3: a status change is never missed and never doubled", () => {
  it("with the database away, ticks that come twice or die, all is decided as without that", () => {
    const harmless = [databaseFaults, doubledTicks, lateDeaths];
    fc.assert(
      fc.property(scriptsOf([targetFaults, ...harmless], [[60, 60]]), (script) => {
        expect(changes(run(script))).toEqual(changes(run(withoutOurs(script))));
      }),
      settings,
    );
  });

  it("no change is written twice, whatever ticks do", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, tickFaults, tickFaults, databaseFaults]), (script) => {
        expect(run(script).refused).toEqual([]);
      }),
      settings,
    );
  });

  it("no outage of two intervals or more is missed that we were in a condition to see", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, targetFaults, ourFaults]), (script) => {
        const scores = all.slice(0, 1).map(emptyScore);
        addRun(scores, run(script));
        expect(scores.flatMap(({ missed, examples }) => (missed ? examples : []))).toEqual([]);
      }),
      settings,
    );
  });
});

describe("law 7: missing data is never counted as up or down", () => {
  it("every second known lies in a round of which the region had results on its disk", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, regionFaults, tickFaults]), (script) => {
        const { kept, database, lab } = run(script);
        const spans = [...database.coverage.values()];
        const window = { from: scriptStart, to: scriptStart + script.minutes * 60 };
        const unfounded = lab.monitorsOf.flatMap(([monitor], target) => {
          if (monitor === undefined || monitor.schedule.intervalSeconds > 60) return [];
          const step: Step = stepOf(monitor.schedule);
          return [1, 2, 3].flatMap((region) => {
            const observation = {
              window,
              points: database
                .transitionsOf(monitor.number, region)
                .map(({ at, to }) => ({ at, status: to })),
              covered: coveredByAny(spans, step, [region]),
              excluded: [],
            };
            const { upSeconds, degradedSeconds, downSeconds } = availability(observation);
            const known = upSeconds + degradedSeconds + downSeconds;
            const rounds = [...kept.keys()].filter((key) =>
              key.endsWith(` ${monitor.number} ${region}`),
            );
            const most = rounds.length * monitor.schedule.intervalSeconds;
            if (known <= most) return [];
            const seen = timeline(observation).map(({ status, from, to }) => {
              return `${status} ${timeOf((from - scriptStart) * 1000)}–${timeOf((to - scriptStart) * 1000)}`;
            });
            return [`target ${target} in region ${region}: ${known} s of ${most} s: ${seen}`];
          });
        });
        expect(unfounded).toEqual([]);
      }),
      settings,
    );
  });
});

describe("where regions take turns, and confirm what one saw fail", () => {
  it("law 1: no alarm without a majority's reason", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, targetFaults, ourFaults]), (script) => {
        const score = emptyScore();
        addRun([score], runInTurns(script));
        expect(score.falseAlarms ? score.examples : []).toEqual([]);
      }),
      settings,
    );
  });

  it("law 1: nor when a tick dies before it could have a failure confirmed", () => {
    const slowFaults = targetFaults.map((fault) => ({ ...fault, how: "hang" as const }));
    fc.assert(
      fc.property(scriptsOf([slowFaults, lateDeaths]), (script) => {
        const score = emptyScore();
        addRun([score], runInTurns(script));
        expect(score.falseAlarms ? score.examples : []).toEqual([]);
      }),
      settings,
    );
  });

  it("law 2: no result and no confirmation is lost, also beside monitors that all regions probe", () => {
    const beside = policies.filter(({ name }) => ["majority/1", "round-robin/1"].includes(name));
    fc.assert(
      fc.property(scriptsOf([targetFaults, regionFaults, ourFaults]), (script) => {
        const lab = labPlan(script.intervals, beside);
        const { kept, database, isDrained } = runScript(script, lab);
        expect([...kept.keys()].filter((key) => !database.results.has(key))).toEqual([]);
        expect(isDrained).toBe(true);
      }),
      // Few scripts have an answer lost between a failure and its confirmation.
      { numRuns: 600 },
    );
  });

  it("law 3: no outage that all regions see for two intervals is missed, and none told twice", () => {
    fc.assert(
      fc.property(scriptsOf([targetFaults, targetFaults, ourFaults]), (script) => {
        const score = emptyScore();
        const done = runInTurns(script);
        addRun([score], done);
        expect(score.missed ? score.examples : []).toEqual([]);
        expect(done.refused).toEqual([]);
      }),
      settings,
    );
  });
});
