import { describe, expect, it } from "vitest";
import { decideRecording, type Memory, overall, type Recording, statusKey } from "./recording.ts";
import { emptyMemory, monitorOf, planOf, reportOf, roundAt, start } from "./testing/fixtures.ts";
import { record, script } from "./testing/scripts.ts";

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
    expect(outagesOf(recording)).toEqual(["open @ 3", "close @ 3 to 5"]);
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

  it("say of an outage which regions saw it, and come with its outage", () => {
    const { memory, outages } = record(script("DUD"));
    const cause = {
      reason: "status",
      detail: "",
      regions: ["us-east", "eu-west"],
      regional: false,
    };
    expect(statusIn(memory, overall)?.cause).toEqual(cause);
    expect(outages).toMatchObject([{ change: "open", monitor: 1, cause }]);
  });

  it("say of a slow target that it is not regional", () => {
    expect(statusIn(record(script("GGU")).memory, overall)?.cause).toMatchObject({
      reason: "latency",
      regional: false,
    });
  });

  it("end with the failure", () => {
    expect(statusIn(record(script("DDD", "UUU")).memory, overall)?.cause).toBeNull();
  });

  it("are none of a change to unknown, and remembered for what comes after", () => {
    const { transitions, memory } = record(script("DDD", "???"));
    const lost = transitions.filter(({ to }) => to === "unknown");
    expect(lost.map(({ cause }) => cause)).toEqual([null, null, null, null]);
    expect(statusIn(memory, overall)?.cause).toMatchObject({ reason: "status" });
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

/** Each change of an outage, with its start and end in minutes. */
function outagesOf({ outages }: Recording): string[] {
  const minute = (at: number) => (at - start) / 60;
  return outages.map(({ change, outage: { startedAt, endedAt } }) => {
    const end = endedAt === null ? "" : ` to ${minute(endedAt)}`;
    return `${change} @ ${minute(startedAt)}${end}`;
  });
}

describe("outages", () => {
  it("one region down is none", () => {
    expect(outagesOf(record(script("UUU", "UUD", "UUD")))).toEqual([]);
  });

  it("two regions down open one, from the first failed check, and recovery closes it", () => {
    const recording = record(script("UUU", "DDU", "DDU", "UUU"));
    expect(outagesOf(recording)).toEqual(["open @ 1", "close @ 1 to 3"]);
  });

  it("stays open, and the same, while nobody can see that it is over", () => {
    const recording = record(script("DDD", "???", "DDD", "---", "..."));
    expect(outagesOf(recording)).toEqual(["open @ 0"]);
  });

  it("is closed by what is remembered of it, in a later call", () => {
    const first = record(script("DDD"));
    const plan = planOf([monitorOf()]);
    const second = decideRecording(plan, first.memory, [reportOf(roundAt(1), "UUU")]);
    expect(outagesOf(second)).toEqual(["close @ 0 to 1"]);
  });

  it("is one for a monitor that comes and goes, taken up again each time", () => {
    const recording = record(script("DDD", "UUU", "DDD", "UUU", "UUU", "DDD"));
    expect(outagesOf(recording)).toEqual([
      "open @ 0",
      "close @ 0 to 1",
      "reopen @ 0",
      "close @ 0 to 3",
      "reopen @ 0",
    ]);
    expect(recording.outages.at(-1)?.outage.reopenings).toBe(2);
  });

  it("is another when the outage comes long after the last one", () => {
    const quiet = Array.from({ length: 16 }, () => "UUU");
    const recording = record(script("DDD", ...quiet, "DDD"));
    expect(outagesOf(recording)).toEqual(["open @ 0", "close @ 0 to 1", "open @ 17"]);
  });
});
