import { describe, expect, it } from "vitest";
import { deadlinesMet, type MeasuredIncident, p1Recovery } from "./incident-measures.ts";

const hour = 3_600;
const window = { from: 100_000, to: 200_000 };
const none = () => [];

function incidentOf(more: Partial<MeasuredIncident> = {}): MeasuredIncident {
  return {
    key: "outage/api/110000",
    origin: "outage",
    monitor: "api",
    startedAt: 110_000,
    detectedAt: 110_000,
    endedAt: 110_600,
    priority: "P1",
    acknowledgedAt: 110_060,
    merged: false,
    told: true,
    falseAlarmAt: null,
    ...more,
  };
}

const of = (...incidents: MeasuredIncident[]) => ({
  window,
  now: 1_000_000,
  incidents,
  excluded: none,
});

describe("the time to recover of P1", () => {
  it("is the mean over the real ones that ended in the window, from the first failed check", () => {
    const found = p1Recovery(
      of(
        incidentOf({ detectedAt: 110_100 }),
        incidentOf({ endedAt: 111_000 }),
        incidentOf({ priority: "P2", endedAt: 199_000 }),
        incidentOf({ merged: true, endedAt: 199_000 }),
        incidentOf({ falseAlarmAt: 120_000, endedAt: 199_000 }),
        incidentOf({ endedAt: 200_000 }),
        incidentOf({ endedAt: null }),
      ),
    );
    expect(found).toEqual({
      value: 800,
      reason: null,
      from: { incidents: 2, stillOpen: 2, longestSeconds: 1_000, leftOut: 1 },
    });
  });

  it("leaves out planned time, and is not known where none ended", () => {
    const planned = { ...of(incidentOf()), excluded: () => [{ from: 109_000, to: 110_001 }] };
    expect(p1Recovery(planned)).toMatchObject({
      value: null,
      reason: "no P1 incident ended in this time",
      from: { leftOut: 1 },
    });
  });
});

describe("deadlines met", () => {
  it("are those met or passed in the window, to respond and to resolve", () => {
    const found = deadlinesMet(
      of(
        // Both met.
        incidentOf(),
        // Answered after 15 minutes, over after two hours.
        incidentOf({ acknowledgedAt: 111_000, endedAt: 110_000 + 3 * hour }),
        // P2: half an hour, four hours: the first met at its end, nobody having taken it on.
        incidentOf({ priority: "P2", acknowledgedAt: null, endedAt: 111_700 }),
      ),
    );
    expect(found).toEqual({
      value: (100 * 4) / 6,
      reason: null,
      from: { deadlines: 6, responsesMissed: 1, resolutionsMissed: 1 },
    });
  });

  it("count once each, where they were settled, and not before", () => {
    const late = incidentOf({
      startedAt: 199_000,
      detectedAt: 199_000,
      acknowledgedAt: 199_500,
      endedAt: null,
    });
    expect(deadlinesMet(of(late)).from).toMatchObject({ deadlines: 1 });
    const next = { ...of(late), window: { from: 200_000, to: 300_000 } };
    expect(deadlinesMet(next)).toMatchObject({ value: 0, from: { resolutionsMissed: 1 } });
    expect(deadlinesMet({ ...next, now: 200_100 }).value).toBeNull();
  });

  it("are none of what nobody was told of, of false alarms, and of what is part of another", () => {
    const left = [{ told: false }, { falseAlarmAt: 1 }, { merged: true }].map(incidentOf);
    expect(deadlinesMet(of(...left))).toMatchObject({
      value: null,
      reason: "no deadline was met or passed in this time",
    });
  });
});
