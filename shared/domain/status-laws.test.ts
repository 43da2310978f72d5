import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, type Debounce, initialState, type Status, type Transition } from "./status.ts";
import { debounces, statuses } from "./testing/arbitraries.ts";
import { fold } from "./testing/status-fold.ts";

const immediately: Debounce = { failuresToOpen: 1, successesToClose: 1 };

/** Enough to settle on up, whatever came before: twice to reach it, once to confirm it. */
const settle = (debounce: Debounce): Status[] => {
  return Array.from({ length: 2 * debounce.successesToClose + 1 }, () => "up");
};

const times = (count: number, verdict: Status): Status[] => {
  return Array.from({ length: count }, () => verdict);
};

describe("the laws of status", () => {
  const verdicts = fc.array(statuses, { maxLength: 30 });
  const severity: Record<Status, number> = { up: 0, degraded: 1, down: 2, unknown: Number.NaN };

  it("changes are in order of time, each from what the one before made, and real", () => {
    fc.assert(
      fc.property(verdicts, debounces, (sequence, debounce) => {
        const { state, transitions } = fold(sequence, debounce);
        let before: Transition | null = null;
        for (const transition of transitions) {
          expect(transition.from).toBe(before?.to ?? "unknown");
          expect(transition.to).not.toBe(transition.from);
          expect(transition.at).toBeGreaterThan(before?.at ?? -1);
          before = transition;
        }
        expect(state.status).toBe(before?.to ?? "unknown");
        expect(state.since).toBe(before?.at ?? 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("with thresholds of one the statuses are the verdicts", () => {
    fc.assert(
      fc.property(verdicts, (sequence) => {
        expect(fold(sequence, immediately).statuses).toEqual(sequence);
      }),
    );
  });

  it("a run of failures long enough is down from its first; a shorter one changes nothing", () => {
    fc.assert(
      fc.property(verdicts, debounces, fc.integer({ min: 1, max: 8 }), (prefix, debounce, run) => {
        const calm = [...prefix, ...settle(debounce)];
        const before = fold(calm, debounce);
        expect(before.state.status).toBe("up");
        const after = fold([...calm, ...times(run, "down")], debounce);
        if (run >= debounce.failuresToOpen) {
          expect(after.state).toMatchObject({ status: "down", since: calm.length });
          expect(after.transitions).toHaveLength(before.transitions.length + 1);
        } else {
          expect(after.transitions).toEqual(before.transitions);
        }
      }),
    );
  });

  it("a run of successes long enough is up from its first; a shorter one changes nothing", () => {
    fc.assert(
      fc.property(verdicts, debounces, fc.integer({ min: 1, max: 8 }), (prefix, debounce, run) => {
        const outage = [...prefix, ...settle(debounce), ...times(debounce.failuresToOpen, "down")];
        const before = fold(outage, debounce);
        const after = fold([...outage, ...times(run, "up")], debounce);
        if (run >= debounce.successesToClose) {
          expect(after.state).toMatchObject({ status: "up", since: outage.length });
        } else {
          expect(after.transitions).toEqual(before.transitions);
        }
      }),
    );
  });

  it("failures in a row are down from the first of them, whatever came before", () => {
    fc.assert(
      fc.property(verdicts, debounces, fc.integer({ min: 0, max: 4 }), (prefix, debounce, more) => {
        fc.pre(prefix.at(-1) !== "down");
        const run = times(debounce.failuresToOpen + more, "down");
        const { state, transitions } = fold([...prefix, ...run], debounce);
        expect(state.status).toBe("down");
        const changes = transitions.filter(({ at }) => at >= prefix.length);
        const wasDown = fold(prefix, debounce).state.status === "down";
        if (!wasDown && !prefix.includes("unknown")) {
          expect(changes).toMatchObject([{ at: prefix.length, to: "down" }]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("successes in a row are up from the first of them, whatever came before", () => {
    fc.assert(
      fc.property(verdicts, debounces, fc.integer({ min: 0, max: 4 }), (prefix, debounce, more) => {
        fc.pre(prefix.at(-1) !== "up");
        const run = times(debounce.successesToClose + more, "up");
        const { state, transitions } = fold([...prefix, ...run], debounce);
        expect(state.status).toBe("up");
        const changes = transitions.filter(({ at }) => at >= prefix.length);
        const wasUp = fold(prefix, debounce).state.status === "up";
        if (!wasUp && !prefix.includes("unknown")) {
          expect(changes).toMatchObject([{ at: prefix.length, to: "up" }]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("no known status reaches over a check that was unknown (law 7)", () => {
    fc.assert(
      fc.property(verdicts, debounces, (sequence, debounce) => {
        const { transitions } = fold(sequence, debounce);
        sequence.forEach((verdict, at) => {
          if (verdict !== "unknown") return;
          const current = transitions.findLast((transition) => transition.at <= at);
          expect(current?.to ?? "unknown").toBe("unknown");
        });
      }),
      { numRuns: 500 },
    );
  });

  it("failures that alternate between down and degraded are not missed", () => {
    fc.assert(
      fc.property(verdicts, debounces, fc.boolean(), (prefix, debounce, downFirst) => {
        const calm = [...prefix, ...settle(debounce)];
        const flapping = times(debounce.failuresToOpen, "down").map((verdict, index) =>
          (index % 2 === 0) === downFirst ? verdict : "degraded",
        );
        const { state } = fold([...calm, ...flapping], debounce);
        expect(["degraded", "down"]).toContain(state.status);
        expect(state.since).toBe(calm.length);
      }),
    );
  });

  it("an unknown verdict makes nothing but unknown, and at once (laws 1 and 7)", () => {
    fc.assert(
      fc.property(verdicts, debounces, (sequence, debounce) => {
        const { state } = fold(sequence, debounce);
        const after = advance(state, "unknown", sequence.length, debounce);
        expect(after.state.status).toBe("unknown");
        expect(after.state.lastKnown).toBe(state.lastKnown);
      }),
    );
  });

  it("unknown verdicts neither hasten nor delay what the others amount to (law 1)", () => {
    fc.assert(
      fc.property(verdicts, debounces, (sequence, debounce) => {
        const seen = sequence.filter((verdict) => verdict !== "unknown");
        expect(fold(sequence, debounce).state.lastKnown).toBe(fold(seen, debounce).state.lastKnown);
      }),
    );
  });

  it("every verdict seen from the date of a change on is at the new status or beyond", () => {
    fc.assert(
      fc.property(verdicts, debounces, (sequence, debounce) => {
        let state = initialState(0);
        sequence.forEach((verdict, now) => {
          const base = state.lastKnown ?? "up";
          const step = advance(state, verdict, now, debounce);
          state = step.state;
          const { transition } = step;
          if (!transition || transition.to === "unknown") return;
          const to = severity[transition.to];
          for (const seen of sequence.slice(transition.at, now + 1)) {
            if (seen === "unknown") continue;
            if (to > severity[base]) expect(severity[seen]).toBeGreaterThanOrEqual(to);
            else expect(severity[seen]).toBeLessThanOrEqual(to);
          }
        });
      }),
      { numRuns: 500 },
    );
  });
});
