import { describe, expect, it } from "vitest";
import {
  decideIncident,
  type IncidentDecision,
  isFlapping,
  type LatestIncident,
} from "./incident.ts";
import type { Status } from "./status.ts";

const openSince = (startedAt: number): LatestIncident => ({
  startedAt,
  endedAt: null,
  reopenings: 0,
});

describe("decideIncident", () => {
  const open = (startedAt: number): IncidentDecision => {
    return { decision: "open", incident: { startedAt, endedAt: null, reopenings: 0 } };
  };
  const close = (endedAt: number): IncidentDecision => {
    const incident = { startedAt: 100, endedAt, reopenings: 0 };
    return { decision: "close", incident, endedAt };
  };
  const none = (because: "not-an-outage" | "already-open" | "status-unknown"): IncidentDecision => {
    return { decision: "none", because };
  };
  // Change of status at 200; an open incident started at 100.
  const table: [
    from: Status,
    to: Status,
    whenNone: IncidentDecision,
    whenOpen: IncidentDecision,
  ][] = [
    ["up", "down", open(200), none("already-open")],
    ["degraded", "down", open(200), none("already-open")],
    ["unknown", "down", open(200), none("already-open")],
    ["down", "up", none("not-an-outage"), close(200)],
    ["down", "degraded", none("not-an-outage"), close(200)],
    ["unknown", "up", none("not-an-outage"), close(200)],
    ["unknown", "degraded", none("not-an-outage"), close(200)],
    ["up", "degraded", none("not-an-outage"), close(200)],
    ["degraded", "up", none("not-an-outage"), close(200)],
    ["up", "unknown", none("status-unknown"), none("status-unknown")],
    ["degraded", "unknown", none("status-unknown"), none("status-unknown")],
    ["down", "unknown", none("status-unknown"), none("status-unknown")],
  ];
  it.each(table)("knows what %s → %s means without and with an open incident", (...row) => {
    const [from, to, whenNone, whenOpen] = row;
    expect(decideIncident({ at: 200, from, to }, null)).toEqual(whenNone);
    expect(decideIncident({ at: 200, from, to }, openSince(100))).toEqual(whenOpen);
  });

  it("takes an incident that started at the epoch for open", () => {
    const transition = { at: 60, from: "down", to: "up" } as const;
    expect(decideIncident(transition, openSince(0))).toMatchObject({ decision: "close" });
  });

  it("takes up an incident again that ended at most fifteen minutes ago", () => {
    const ended = { startedAt: 100, endedAt: 200, reopenings: 1 };
    const down = (at: number) => decideIncident({ at, from: "up", to: "down" }, ended);
    expect(down(1100)).toEqual({
      decision: "reopen",
      incident: { startedAt: 100, endedAt: null, reopenings: 2 },
    });
    expect(down(1101)).toEqual(open(1101));
  });

  it("calls an incident flapping from its second reopening", () => {
    expect([0, 1, 2, 3].map((reopenings) => isFlapping({ reopenings }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
