import { describe, expect, it } from "vitest";
import {
  decideOutage,
  isFlapping,
  type LatestOutage,
  type OutageDecision,
} from "./decide-outage.ts";
import type { Status } from "./status.ts";

const openSince = (startedAt: number): LatestOutage => ({
  startedAt,
  endedAt: null,
  reopenings: 0,
});

describe("decideOutage", () => {
  const open = (startedAt: number): OutageDecision => {
    return { decision: "open", outage: { startedAt, endedAt: null, reopenings: 0 } };
  };
  const close = (endedAt: number): OutageDecision => {
    const outage = { startedAt: 100, endedAt, reopenings: 0 };
    return { decision: "close", outage, endedAt };
  };
  const none = (because: "not-an-outage" | "already-open" | "status-unknown"): OutageDecision => {
    return { decision: "none", because };
  };
  // Change of status at 200; an open outage started at 100.
  const table: [from: Status, to: Status, whenNone: OutageDecision, whenOpen: OutageDecision][] = [
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
  it.each(table)("knows what %s → %s means without and with an open outage", (...row) => {
    const [from, to, whenNone, whenOpen] = row;
    expect(decideOutage({ at: 200, from, to }, null)).toEqual(whenNone);
    expect(decideOutage({ at: 200, from, to }, openSince(100))).toEqual(whenOpen);
  });

  it("takes an outage that started at the epoch for open", () => {
    const transition = { at: 60, from: "down", to: "up" } as const;
    expect(decideOutage(transition, openSince(0))).toMatchObject({ decision: "close" });
  });

  it("takes up an outage again that ended at most fifteen minutes ago", () => {
    const ended = { startedAt: 100, endedAt: 200, reopenings: 1 };
    const down = (at: number) => decideOutage({ at, from: "up", to: "down" }, ended);
    expect(down(1100)).toEqual({
      decision: "reopen",
      outage: { startedAt: 100, endedAt: null, reopenings: 2 },
    });
    expect(down(1101)).toEqual(open(1101));
  });

  it("calls an outage flapping from its second reopening", () => {
    expect([0, 1, 2, 3].map((reopenings) => isFlapping({ reopenings }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
