import { describe, expect, it } from "vitest";
import { decideIncident, type IncidentDecision } from "./incident.ts";
import type { Status } from "./status.ts";

describe("decideIncident", () => {
  const open = (startedAt: number): IncidentDecision => ({ decision: "open", startedAt });
  const close = (endedAt: number): IncidentDecision => {
    return { decision: "close", startedAt: 100, endedAt };
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
    expect(decideIncident({ at: 200, from, to }, 100)).toEqual(whenOpen);
  });

  it("takes an incident that started at the epoch for open", () => {
    const transition = { at: 60, from: "down", to: "up" } as const;
    expect(decideIncident(transition, 0)).toEqual({ decision: "close", startedAt: 0, endedAt: 60 });
  });
});
