import { describe, expect, it } from "vitest";
import {
  alertAccuracy,
  type MeasuredIncident,
  timeToDetect,
  timeToRecover,
} from "./incident-measures.ts";

const window = { from: 1_000, to: 2_000 };
const none = () => [];

function incident(startedAt: number, endedAt: number | null, more: Partial<MeasuredIncident> = {}) {
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
  it("is over the incidents that began in the window", () => {
    const incidents = [
      incident(900, 1_100, { detectedAt: 999 }),
      incident(1_000, 1_100),
      incident(1_999, null, { detectedAt: 2_029 }),
    ];
    expect(timeToDetect({ window, incidents, excluded: none })).toMatchObject({
      value: 20,
      from: { incidents: 2, longestSeconds: 30 },
    });
  });

  it("is not known where none began", () => {
    const incidents = [incident(900, 1_100)];
    expect(timeToDetect({ window, incidents, excluded: none })).toMatchObject({
      value: null,
      reason: "no incident began in this time",
    });
  });
});

describe("the mean time to recover", () => {
  it("counts each incident once, where it ended, and says how many are open", () => {
    const incidents = [incident(900, 1_100), incident(1_500, 1_550), incident(1_900, 2_100)];
    const next = { from: 2_000, to: 3_000 };
    expect(timeToRecover({ window, incidents, excluded: none })).toMatchObject({
      value: 125,
      from: { incidents: 2, stillOpen: 1, longestSeconds: 200 },
    });
    expect(timeToRecover({ window: next, incidents, excluded: none })).toMatchObject({
      value: 200,
      from: { incidents: 1, stillOpen: 0 },
    });
  });
});

describe("both", () => {
  it("leave out false alarms and planned work, and say so", () => {
    const incidents = [
      incident(1_100, 1_200, { falseAlarmAt: 1_300 }),
      incident(1_400, 1_500, { monitor: 2 }),
      incident(1_700, 1_720),
    ];
    const excluded = (monitor: number) => (monitor === 2 ? [{ from: 1_300, to: 1_450 }] : []);
    const recovered = timeToRecover({ window, incidents, excluded });
    expect(recovered).toMatchObject({ value: 20, from: { incidents: 1, leftOut: 2 } });
    expect(timeToDetect({ window, incidents, excluded }).from).toMatchObject({ leftOut: 2 });
  });
});

describe("alert accuracy", () => {
  it("is the share of incidents that nobody marked as a false alarm", () => {
    const incidents = [
      incident(1_100, 1_200, { falseAlarmAt: 5_000 }),
      incident(1_300, 1_400),
      incident(1_500, 1_600),
      incident(1_700, null),
      incident(900, 1_001, { falseAlarmAt: 5_000 }),
    ];
    expect(alertAccuracy({ window, incidents, excluded: none })).toEqual({
      value: 75,
      reason: null,
      from: { incidents: 4, falseAlarms: 1 },
    });
  });

  it("of no incident is not known", () => {
    expect(alertAccuracy({ window, incidents: [], excluded: none }).value).toBeNull();
  });
});
