import { describe, expect, it } from "vitest";
import { decideRecording, type RoundReport } from "./recording.ts";
import {
  emptyMemory,
  monitorOf,
  outcomeOf,
  planOf,
  reportOf,
  roundAt,
  start,
} from "./testing/fixtures.ts";
import { record, script } from "./testing/scripts.ts";

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
      outages: [],
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
