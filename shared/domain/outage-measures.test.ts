import { describe, expect, it } from "vitest";
import {
  alertAccuracy,
  type MeasuredOutage,
  timeToDetect,
  timeToRecover,
} from "./outage-measures.ts";

const window = { from: 1_000, to: 2_000 };
const none = () => [];

function outage(startedAt: number, endedAt: number | null, more: Partial<MeasuredOutage> = {}) {
  return {
    monitor: 1,
    startedAt,
    detectedAt: startedAt + 10,
    endedAt,
    falseAlarmAt: null,
    ...more,
  };
}

describe("the mean time to detect", () => {
  it("is over the outages that began in the window", () => {
    const outages = [
      outage(900, 1_100, { detectedAt: 999 }),
      outage(1_000, 1_100),
      outage(1_999, null, { detectedAt: 2_029 }),
    ];
    expect(timeToDetect({ window, outages, excluded: none })).toMatchObject({
      value: 20,
      from: { outages: 2, longestSeconds: 30 },
    });
  });

  it("is not known where none began", () => {
    const outages = [outage(900, 1_100)];
    expect(timeToDetect({ window, outages, excluded: none })).toMatchObject({
      value: null,
      reason: "no outage began in this time",
    });
  });
});

describe("the mean time to recover", () => {
  it("counts each outage once, where it ended, and says how many are open", () => {
    const outages = [outage(900, 1_100), outage(1_500, 1_550), outage(1_900, 2_100)];
    const next = { from: 2_000, to: 3_000 };
    expect(timeToRecover({ window, outages, excluded: none })).toMatchObject({
      value: 125,
      from: { outages: 2, stillOpen: 1, longestSeconds: 200 },
    });
    expect(timeToRecover({ window: next, outages, excluded: none })).toMatchObject({
      value: 200,
      from: { outages: 1, stillOpen: 0 },
    });
  });
});

describe("both", () => {
  it("leave out false alarms and planned work, and say so", () => {
    const outages = [
      outage(1_100, 1_200, { falseAlarmAt: 1_300 }),
      outage(1_400, 1_500, { monitor: 2 }),
      outage(1_700, 1_720),
    ];
    const excluded = (monitor: number) => (monitor === 2 ? [{ from: 1_300, to: 1_450 }] : []);
    const recovered = timeToRecover({ window, outages, excluded });
    expect(recovered).toMatchObject({ value: 20, from: { outages: 1, leftOut: 2 } });
    expect(timeToDetect({ window, outages, excluded }).from).toMatchObject({ leftOut: 2 });
  });
});

describe("alert accuracy", () => {
  it("is the share of outages that nobody marked as a false alarm", () => {
    const outages = [
      outage(1_100, 1_200, { falseAlarmAt: 5_000 }),
      outage(1_300, 1_400),
      outage(1_500, 1_600),
      outage(1_700, null),
      outage(900, 1_001, { falseAlarmAt: 5_000 }),
    ];
    expect(alertAccuracy(window, outages, [])).toEqual({
      value: 75,
      reason: null,
      from: { outages: 4, otherIncidents: 0, falseAlarms: 1 },
    });
  });

  it("counts the incidents that other alerts began, and their false alarms", () => {
    const others = [
      { startedAt: 1_200, falseAlarmAt: 5_000 },
      { startedAt: 1_300, falseAlarmAt: null },
      { startedAt: 2_000, falseAlarmAt: 5_000 },
    ];
    expect(alertAccuracy(window, [outage(1_100, 1_200), outage(1_500, null)], others)).toEqual({
      value: 75,
      reason: null,
      from: { outages: 2, otherIncidents: 2, falseAlarms: 1 },
    });
  });

  it("of nothing is not known", () => {
    expect(alertAccuracy(window, [], []).value).toBeNull();
  });
});
