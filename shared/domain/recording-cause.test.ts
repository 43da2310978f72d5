import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Monitor } from "./monitor.ts";
import type { FailureReason } from "./reason.ts";
import {
  decideRecording,
  type Memory,
  overall,
  type RoundReport,
  type ScopedStatus,
  statusKey,
} from "./recording.ts";
import type { Outcome } from "./result.ts";
import { emptyMemory, monitorOf, planOf, reportOf, roundAt } from "./testing/fixtures.ts";
import { record, script } from "./testing/scripts.ts";
import { everything, recordAll, traces } from "./testing/traces.ts";

const down = (reason: FailureReason, detail = ""): Outcome => ({ outcome: "down", reason, detail });
const degraded: Outcome = { outcome: "degraded", reason: "latency", detail: "" };
const up: Outcome = { outcome: "up" };

/** A round in which the regions, in order, saw this of monitor 1. */
function seen(index: number, ...outcomes: readonly Outcome[]): RoundReport {
  return {
    round: roundAt(index),
    regions: outcomes.map((outcome, at) => ({
      region: at + 1,
      results: [{ monitor: 1, outcome, latencyMs: 12, attempts: 1 }],
    })),
  };
}

const everywhere = (index: number, outcome: Outcome) => seen(index, outcome, outcome, outcome);

const overallOf = ({ statuses }: Memory): ScopedStatus | undefined =>
  statuses.get(statusKey(1, overall));

function causeAfter(reports: readonly RoundReport[], changes: Partial<Monitor> = {}) {
  return overallOf(record(reports, changes).memory)?.cause;
}

/** Rows of statuses that are written when each round is recorded by itself. */
function writtenRows(reports: readonly RoundReport[]): number {
  let memory: Memory = emptyMemory;
  let rows = 0;
  for (const report of reports) {
    const recording = decideRecording(planOf([monitorOf()]), memory, [report]);
    rows += recording.statuses.length;
    memory = recording.memory;
  }
  return rows;
}

describe("the cause of a status that stays", () => {
  it("is another five minutes later, where it fails for another reason", () => {
    const later = Array.from({ length: 5 }, (_, index) => everywhere(index + 1, down("dns")));
    const reports = [everywhere(0, down("status")), ...later];
    expect(causeAfter(reports.slice(0, 5))?.reason).toBe("status");
    expect(causeAfter(reports)?.reason).toBe("dns");
  });

  it("follows the regions that fail", () => {
    const reports = [
      seen(0, down("status"), up, up),
      ...Array.from({ length: 5 }, (_, index) => seen(index + 1, up, down("status"), up)),
    ];
    expect(causeAfter(reports)).toMatchObject({ regional: true, regions: ["us-west"] });
  });

  it("does not change with what is quoted of the target", () => {
    const reports = Array.from({ length: 12 }, (_, index) =>
      everywhere(index, down("status", `status ${500 + index}`)),
    );
    expect(writtenRows(reports)).toBe(4);
  });

  it("writes a row in five minutes for each scope at most, where the reason changes each time", () => {
    const reports = Array.from({ length: 61 }, (_, index) =>
      everywhere(index, down(index % 2 === 0 ? "http-timeout" : "connection")),
    );
    expect(writtenRows(reports)).toBeLessThanOrEqual(4 * (1 + 12));
  });

  it("is no change of status, and no outage", () => {
    const recording = record([
      everywhere(0, down("status")),
      ...Array.from({ length: 5 }, (_, index) => everywhere(index + 1, down("dns"))),
    ]);
    expect(recording.transitions.filter(({ scope }) => scope === overall)).toHaveLength(1);
    expect(recording.outages).toHaveLength(1);
  });
});

describe("the cause where several successes are needed", () => {
  const verdict = { quorum: { kind: "majority" }, failuresToOpen: 1, successesToClose: 2 } as const;

  it("is what was wrong last, where an up check leads from down to degraded", () => {
    const { memory, transitions } = record(
      [everywhere(0, down("status")), everywhere(1, degraded), everywhere(2, up)],
      { verdict },
    );
    expect(overallOf(memory)).toMatchObject({ status: "degraded", cause: { reason: "status" } });
    expect(transitions.at(-1)).toMatchObject({ to: "degraded", cause: { reason: "status" } });
  });

  it("is there also where a check of ours failed in between", () => {
    const { memory, transitions } = record(script("DDD", "GGG", "???", "UUU"), { verdict });
    expect(overallOf(memory)).toMatchObject({ status: "degraded", cause: { reason: "status" } });
    const lost = transitions.find(({ to, scope }) => to === "unknown" && scope === overall);
    expect(lost?.cause).toBeNull();
  });

  it("is never missing where a status is degraded or down, whatever happens", () => {
    fc.assert(
      fc.property(traces(everything), ({ plan, reports }) => {
        for (const { status, cause } of recordAll(plan, [reports]).statuses.values()) {
          if (status === "up") expect(cause).toBeNull();
          if (status === "degraded" || status === "down") expect(cause).not.toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is gone when the status is up again", () => {
    expect(causeAfter([reportOf(roundAt(0), "DDD"), reportOf(roundAt(1), "UUU")])).toBeNull();
  });
});
