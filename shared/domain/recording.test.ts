import { describe, expect, it } from "vitest";
import type { Monitor } from "./monitor.ts";
import {
  decideRecording,
  type Memory,
  overall,
  type Recording,
  type RoundReport,
  statusKey,
} from "./recording.ts";
import {
  emptyMemory,
  monitorOf,
  outcomeOf,
  planOf,
  reportOf,
  roundAt,
  start,
} from "./testing/fixtures.ts";

/** Rounds of monitor 1 in order, a word of letters each (see `reportOf`). */
function script(...rounds: string[]): RoundReport[] {
  return rounds.map((letters, index) => reportOf(roundAt(index), letters));
}

function record(reports: readonly RoundReport[], changes: Partial<Monitor> = {}): Recording {
  return decideRecording(planOf([monitorOf(changes)]), emptyMemory, reports);
}

/** Changes as `scope from → to @ round`. */
function told({ transitions }: Recording): string[] {
  return transitions.map(({ scope, from, to, at }) => {
    return `${scope === overall ? "overall" : scope} ${from} → ${to} @ ${(at - start) / 60}`;
  });
}

const overallOnly = (recording: Recording) => {
  return told(recording).filter((line) => line.startsWith("overall"));
};
const statusIn = (memory: Memory, scope: number) => memory.statuses.get(statusKey(1, scope));

describe("verdicts over rounds", () => {
  const scripts: [name: string, rounds: string[], changes: string[]][] = [
    [
      "all regions up make it up, per region and overall",
      ["UUU"],
      [
        "1 unknown → up @ 0",
        "2 unknown → up @ 0",
        "3 unknown → up @ 0",
        "overall unknown → up @ 0",
      ],
    ],
    [
      "one region of three down is down there and degraded overall",
      ["UUU", "UDU"],
      ["2 up → down @ 1", "overall up → degraded @ 1"],
    ],
    [
      "two of three are down overall, and the third stays up",
      ["UUU", "DUD"],
      ["1 up → down @ 1", "3 up → down @ 1", "overall up → down @ 1"],
    ],
    [
      "recovery in one region leaves it regional until the last is up",
      ["UUU", "DDU", "DUU", "UUU"],
      [
        "1 up → down @ 1",
        "2 up → down @ 1",
        "overall up → down @ 1",
        "2 down → up @ 2",
        "overall down → degraded @ 2",
        "1 down → up @ 3",
        "overall degraded → up @ 3",
      ],
    ],
    [
      "a region that does not report changes nothing, neither there nor overall",
      ["UUU", "UU.", "UUU"],
      [],
    ],
    [
      "two regions left decide by themselves: one of two down is no majority",
      ["UUU", "UD."],
      ["2 up → down @ 1", "overall up → degraded @ 1"],
    ],
    ["no region reporting changes nothing", ["UUU", "...", "UUU"], []],
    [
      "a region that reports without the monitor's result is unknown there",
      ["UUU", "UU-", "UUU"],
      ["3 up → unknown @ 1", "3 unknown → up @ 2"],
    ],
    [
      "a shard that fails in all regions makes its monitors unknown, not down",
      ["UUU", "---", "UUU"],
      [
        "1 up → unknown @ 1",
        "2 up → unknown @ 1",
        "3 up → unknown @ 1",
        "overall up → unknown @ 1",
        "1 unknown → up @ 2",
        "2 unknown → up @ 2",
        "3 unknown → up @ 2",
        "overall unknown → up @ 2",
      ],
    ],
    [
      "a region's own fault has no vote",
      ["UUU", "?DD"],
      ["1 up → unknown @ 1", "2 up → down @ 1", "3 up → down @ 1", "overall up → down @ 1"],
    ],
    [
      "slow in two of three is degraded there and overall",
      ["UUU", "GGU"],
      ["1 up → degraded @ 1", "2 up → degraded @ 1", "overall up → degraded @ 1"],
    ],
  ];
  it.each(scripts)("%s", (_name, rounds, changes) => {
    const lines = told(record(script(...rounds)));
    // All scripts but the first begin with everything up, which is not repeated in each.
    expect(rounds.length === 1 ? lines : lines.slice(4)).toEqual(changes);
  });

  it("thresholds hold a change back, and date it from its first check", () => {
    const verdict = {
      quorum: { kind: "majority" },
      failuresToOpen: 2,
      successesToClose: 2,
    } as const;
    const rounds = script("UUU", "DDD", "UUU", "DDD", "DDD", "UUU", "UUU");
    const recording = record(rounds, { verdict });
    expect(overallOnly(recording)).toEqual([
      "overall unknown → up @ 0",
      "overall up → down @ 3",
      "overall down → up @ 5",
    ]);
    expect(recording.opened).toMatchObject([{ startedAt: start + 180 }]);
    expect(recording.closed).toMatchObject([{ startedAt: start + 180, endedAt: start + 300 }]);
  });

  it("the monitor's quorum decides", () => {
    const any = { quorum: { kind: "any" }, failuresToOpen: 1, successesToClose: 1 } as const;
    expect(overallOnly(record(script("UUU", "UDU"), { verdict: any }))).toEqual([
      "overall unknown → up @ 0",
      "overall up → down @ 1",
    ]);
  });

  it("only the monitor's own regions have a vote or a status", () => {
    const recording = record(script("UDD"), { regions: ["us-east"] });
    expect(told(recording)).toEqual(["1 unknown → up @ 0", "overall unknown → up @ 0"]);
    expect(recording.results).toHaveLength(3);
  });

  it("a region that the plan does not name has no vote", () => {
    const recording = record(script("UUUD"), { regions: ["us-east", "atlantis"] });
    expect(told(recording)).toEqual(["1 unknown → up @ 0", "overall unknown → up @ 0"]);
    expect(recording.results).toHaveLength(4);
  });

  it("rounds are taken in order of time, whatever the order given", () => {
    const rounds = script("UUU", "DDD", "UUU");
    const recording = record(rounds.toReversed());
    expect(recording.late).toEqual([]);
    expect(overallOnly(recording)).toEqual(overallOnly(record(rounds)));
  });

  it("a monitor is judged only by rounds in which it is due", () => {
    const rounds = script("UUU", "DDD", "UUU");
    const recording = record(rounds, { schedule: { intervalSeconds: 120, phaseSeconds: 0 } });
    expect(overallOnly(recording)).toEqual(["overall unknown → up @ 0"]);
    expect(recording.results).toHaveLength(9);
  });

  it("a monitor is judged only from when it was added", () => {
    const recording = record(script("---", "UUU"), { addedAt: start + 60 });
    expect(overallOnly(recording)).toEqual(["overall unknown → up @ 1"]);
    expect(record(script("---", "UUU"), { addedAt: start + 61 }).transitions).toEqual([]);
  });

  it("only the outcomes of the plan's monitors count", () => {
    const report = reportOf(roundAt(0), "UUU");
    const { transitions, results } = decideRecording(planOf([]), emptyMemory, [report]);
    expect(transitions).toEqual([]);
    expect(results).toHaveLength(3);
  });
});

describe("causes", () => {
  it("say of a regional failure which region and that it is regional", () => {
    const recording = record(script("UUD"));
    const cause = { reason: "status", detail: "", regions: ["eu-west"] };
    expect(statusIn(recording.memory, overall)?.cause).toEqual({ ...cause, regional: true });
    expect(statusIn(recording.memory, 3)?.cause).toEqual({ ...cause, regional: false });
    expect(statusIn(recording.memory, 1)?.cause).toBeNull();
    expect(recording.transitions.map(({ scope, cause }) => [scope, cause?.regional])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, false],
      [overall, true],
    ]);
  });

  it("say of an outage which regions saw it, and come with its incident", () => {
    const { memory, opened } = record(script("DUD"));
    const cause = {
      reason: "status",
      detail: "",
      regions: ["us-east", "eu-west"],
      regional: false,
    };
    expect(statusIn(memory, overall)?.cause).toEqual(cause);
    expect(opened).toEqual([{ monitor: 1, startedAt: start, cause }]);
  });

  it("say of a slow target that it is not regional", () => {
    expect(statusIn(record(script("GGU")).memory, overall)?.cause).toMatchObject({
      reason: "latency",
      regional: false,
    });
  });

  it("end with the failure, and with knowing", () => {
    expect(statusIn(record(script("DDD", "UUU")).memory, overall)?.cause).toBeNull();
    expect(statusIn(record(script("DDD", "???")).memory, overall)?.cause).toBeNull();
  });

  it("stay while a failure lasts, also while a streak against it grows", () => {
    const verdict = {
      quorum: { kind: "majority" },
      failuresToOpen: 1,
      successesToClose: 3,
    } as const;
    const { memory } = record(script("DDD", "UUU", "UUU"), { verdict });
    expect(statusIn(memory, overall)).toMatchObject({
      status: "down",
      cause: { reason: "status" },
    });
  });
});

describe("incidents", () => {
  it("one region down is none", () => {
    expect(record(script("UUU", "UUD", "UUD"))).toMatchObject({ opened: [], closed: [] });
  });

  it("two regions down open one, from the first failed check, and recovery closes it", () => {
    const { opened, closed, memory } = record(script("UUU", "DDU", "DDU", "UUU"));
    expect(opened).toMatchObject([{ monitor: 1, startedAt: start + 60 }]);
    expect(closed).toEqual([{ monitor: 1, startedAt: start + 60, endedAt: start + 180 }]);
    expect(memory.openIncidents.size).toBe(0);
  });

  it("stays open, and the same, while nobody can see that it is over", () => {
    const { opened, closed, memory } = record(script("DDD", "???", "DDD", "---", "..."));
    expect(opened).toHaveLength(1);
    expect(closed).toEqual([]);
    expect(memory.openIncidents).toEqual(new Map([[1, start]]));
  });

  it("is closed by what is remembered of it, in a later call", () => {
    const first = record(script("DDD"));
    const plan = planOf([monitorOf()]);
    const second = decideRecording(plan, first.memory, [reportOf(roundAt(1), "UUU")]);
    expect(second.closed).toEqual([{ monitor: 1, startedAt: start, endedAt: start + 60 }]);
    expect(first.memory.openIncidents.size).toBe(1);
  });
});

describe("coverage", () => {
  const spanOf = (region: number, from: number, to: number) => {
    return { region, step: 60, from: start + from * 60, to: start + to * 60 };
  };

  it("of a region that does not report has a gap, and the others have none", () => {
    const { coverage } = record(script("UUU", "UU.", "UUU"));
    expect(coverage).toEqual([
      { kind: "begin", span: spanOf(1, 0, 3) },
      { kind: "begin", span: spanOf(2, 0, 3) },
      { kind: "begin", span: spanOf(3, 0, 1) },
      { kind: "begin", span: spanOf(3, 2, 3) },
    ]);
  });

  it("goes on in the span that is remembered", () => {
    const { memory } = record(script("UUU"));
    const next = decideRecording(planOf([monitorOf()]), memory, [
      reportOf(roundAt(1), "UU."),
      reportOf(roundAt(2), "UUU"),
    ]);
    expect(next.coverage).toEqual([
      { kind: "extend", span: spanOf(1, 0, 3) },
      { kind: "extend", span: spanOf(2, 0, 3) },
      { kind: "begin", span: spanOf(3, 2, 3) },
    ]);
    expect(next.memory.coverage).toHaveLength(3);
  });

  it("that begins and goes on in one call begins, one that goes on once goes on", () => {
    const first = record(script("U..", "U.."));
    expect(first.coverage).toEqual([{ kind: "begin", span: spanOf(1, 0, 2) }]);
    const plan = planOf([monitorOf()]);
    const next = decideRecording(plan, first.memory, [reportOf(roundAt(2), "U..")]);
    expect(next.coverage).toEqual([{ kind: "extend", span: spanOf(1, 0, 3) }]);
  });

  it("is there also where a region had nothing to probe", () => {
    const empty: RoundReport = { round: roundAt(0), regions: [{ region: 1, results: [] }] };
    expect(decideRecording(planOf([]), emptyMemory, [empty]).coverage).toEqual([
      { kind: "begin", span: spanOf(1, 0, 1) },
    ]);
  });

  it("of fast and of minute rounds is kept apart", () => {
    const fast = monitorOf({ schedule: { intervalSeconds: 10, phaseSeconds: 0 } });
    const plan = planOf([fast, monitorOf({ number: 2 })]);
    const minute: RoundReport = { round: roundAt(0), regions: [{ region: 1, results: [] }] };
    const { late, memory } = decideRecording(plan, emptyMemory, [
      minute,
      reportOf({ time: start, step: 10 }, "U.."),
      reportOf({ time: start + 10, step: 10 }, "U.."),
    ]);
    expect(late).toEqual([]);
    expect(memory.coverage).toEqual([
      { region: 1, step: 60, from: start, to: start + 60 },
      { region: 1, step: 10, from: start, to: start + 20 },
    ]);
  });
});

describe("late rounds", () => {
  const plan = planOf([monitorOf()]);
  const before = decideRecording(plan, emptyMemory, script("UUU", "...", "UUU"));

  it("keep their results and have no say", () => {
    const late = reportOf(roundAt(1), "DDD");
    const after = decideRecording(plan, before.memory, [late]);
    expect(after).toMatchObject({
      late: [roundAt(1)],
      transitions: [],
      statuses: [],
      coverage: [],
      opened: [],
      closed: [],
    });
    expect(after.results.map((result) => [result.time, result.region])).toEqual([
      [start + 60, 1],
      [start + 60, 2],
      [start + 60, 3],
    ]);
    expect(after.memory).toEqual(before.memory);
  });

  it("are told from the next by a second", () => {
    const { late } = decideRecording(plan, before.memory, [reportOf(roundAt(3), "UUU")]);
    expect(late).toEqual([]);
  });

  it("are late also when only another region was faster", () => {
    const first = decideRecording(plan, emptyMemory, [reportOf(roundAt(0), "U..")]);
    const second = decideRecording(plan, first.memory, [reportOf(roundAt(0), ".DD")]);
    expect(second.late).toEqual([roundAt(0)]);
    expect(second.transitions).toEqual([]);
    expect(second.results).toHaveLength(2);
  });
});

describe("what is written", () => {
  it("is nothing but results and coverage while nothing changes", () => {
    const plan = planOf([monitorOf()]);
    const first = decideRecording(plan, emptyMemory, script("UUU"));
    const second = decideRecording(plan, first.memory, [reportOf(roundAt(1), "UUU")]);
    expect(second.statuses).toEqual([]);
    expect(second.transitions).toEqual([]);
    expect(second.results).toHaveLength(3);
  });

  it("is a result as the region gave it, with its time and region", () => {
    const result = {
      monitor: 1,
      outcome: outcomeOf("down", "HTTP 500"),
      latencyMs: 7,
      attempts: 3,
    };
    const report: RoundReport = { round: roundAt(4), regions: [{ region: 2, results: [result] }] };
    expect(record([report]).results).toEqual([{ ...result, time: start + 240, region: 2 }]);
  });

  it("leaves the memory it was given as it was", () => {
    const { memory } = record(script("UUU"));
    const kept = structuredClone(memory);
    decideRecording(planOf([monitorOf()]), memory, [reportOf(roundAt(1), "DDD")]);
    expect(memory).toEqual(kept);
  });
});
