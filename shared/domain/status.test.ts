import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advance,
  type Debounce,
  initialState,
  type Status,
  type StatusState,
  type Transition,
} from "./status.ts";
import { debounces, statuses } from "./testing/arbitraries.ts";

const immediately: Debounce = { failuresToOpen: 1, successesToClose: 1 };
const patiently: Debounce = { failuresToOpen: 3, successesToClose: 2 };
const twice: Debounce = { failuresToOpen: 2, successesToClose: 2 };

interface Fold {
  readonly state: StatusState;
  readonly transitions: readonly Transition[];
  /** The status after each verdict. */
  readonly statuses: readonly Status[];
}

/** Folds verdicts; the check of the nth is at second n. */
function fold(verdicts: readonly Status[], debounce: Debounce): Fold {
  let state = initialState(0);
  const transitions: Transition[] = [];
  const after: Status[] = [];
  verdicts.forEach((verdict, at) => {
    const step = advance(state, verdict, at, debounce);
    state = step.state;
    if (step.transition) transitions.push(step.transition);
    after.push(state.status);
  });
  return { state, transitions, statuses: after };
}

/** Enough to settle on up, whatever came before: twice to reach it, once to confirm it. */
const settle = (debounce: Debounce): Status[] => {
  return Array.from({ length: 2 * debounce.successesToClose + 1 }, () => "up");
};

const times = (count: number, verdict: Status): Status[] => {
  return Array.from({ length: count }, () => verdict);
};

describe("the life of a status", () => {
  // A line per check: its verdict, the status after it, and the check from which that holds.
  const scripts: [name: string, debounce: Debounce, script: string][] = [
    [
      "with thresholds of one every verdict is the status",
      immediately,
      `up       → up since 0
       up       → up since 0
       down     → down since 2
       down     → down since 2
       degraded → degraded since 4
       down     → down since 5
       up       → up since 6`,
    ],
    [
      "one failure of three needed changes nothing",
      patiently,
      `up   → up since 0
       down → up since 0
       up   → up since 0
       down → up since 0
       down → up since 0
       up   → up since 0`,
    ],
    [
      "the third failure in a row opens, dated from the first",
      patiently,
      `up   → up since 0
       down → up since 0
       down → up since 0
       down → down since 1
       down → down since 1`,
    ],
    [
      "the second success in a row closes, dated from the first",
      patiently,
      `down → unknown since 0
       down → unknown since 0
       down → down since 0
       up   → down since 0
       down → down since 0
       up   → down since 0
       up   → up since 5`,
    ],
    [
      "failures of two kinds count together and make the lesser of them",
      patiently,
      `up       → up since 0
       down     → up since 0
       degraded → up since 0
       down     → degraded since 1`,
    ],
    [
      "so they do whichever kind comes last",
      twice,
      `up       → up since 0
       down     → up since 0
       degraded → degraded since 1`,
    ],
    [
      "improvements of two kinds count together and make the lesser of them",
      twice,
      `down     → unknown since 0
       down     → down since 0
       up       → down since 0
       degraded → degraded since 2
       up       → degraded since 2
       up       → up since 4`,
    ],
    [
      "from degraded it can go either way",
      twice,
      `degraded → unknown since 0
       degraded → degraded since 0
       down     → degraded since 0
       up       → degraded since 0
       down     → degraded since 0
       down     → down since 4
       up       → down since 4
       up       → up since 6`,
    ],
    [
      "the first success ever is believed at once",
      patiently,
      `unknown → unknown since 0
       up      → up since 1`,
    ],
    [
      "also after failures too few to be believed",
      patiently,
      `down → unknown since 0
       down → unknown since 0
       up   → up since 2`,
    ],
    [
      "the first failures ever have to be enough",
      twice,
      `down → unknown since 0
       down → down since 0`,
    ],
    [
      "unknown is unknown at once, and the old status confirms itself at once",
      patiently,
      `up      → up since 0
       unknown → unknown since 1
       unknown → unknown since 1
       up      → up since 3`,
    ],
    [
      "an outage that was confirmed goes on after an unknown check",
      twice,
      `down    → unknown since 0
       down    → down since 0
       unknown → unknown since 2
       down    → down since 3`,
    ],
    [
      "what nobody saw is not part of the outage that surrounds it",
      twice,
      `up      → up since 0
       down    → up since 0
       unknown → unknown since 2
       down    → down since 3`,
    ],
    [
      "nor of the recovery",
      twice,
      `down    → unknown since 0
       down    → down since 0
       up      → down since 0
       unknown → unknown since 3
       up      → up since 4`,
    ],
    [
      "a streak that begins after the unknown check dates from its beginning",
      twice,
      `up      → up since 0
       unknown → unknown since 1
       down    → unknown since 1
       down    → down since 2`,
    ],
  ];
  it.each(scripts)("%s", (_name, debounce, script) => {
    let state = initialState(0);
    const lived = script.split("\n").map((line, at) => {
      const verdict = line.trim().split(/ +/)[0];
      state = advance(state, asStatus(verdict), at, debounce).state;
      return `${verdict} → ${state.status} since ${state.since}`;
    });
    expect(lived).toEqual(script.split("\n").map((line) => line.trim().replace(/ +/g, " ")));
  });

  it("tells of each change what it was from, what to, and when", () => {
    const { transitions } = fold(["up", "down", "down", "unknown", "up", "up"], twice);
    expect(transitions).toEqual([
      { at: 0, from: "unknown", to: "up" },
      { at: 1, from: "up", to: "down" },
      { at: 3, from: "down", to: "unknown" },
      { at: 4, from: "unknown", to: "up" },
    ]);
  });

  it("hands back the very state where nothing changed, so that nothing is written", () => {
    const up = fold(["up"], patiently).state;
    expect(advance(up, "up", 1, patiently).state).toBe(up);
    const unknown = fold(["up", "unknown"], patiently).state;
    expect(advance(unknown, "unknown", 2, patiently).state).toBe(unknown);
    const unseen = initialState(7);
    expect(advance(unseen, "unknown", 7, patiently).state).toBe(unseen);
  });
});

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

function asStatus(word: string | undefined): Status {
  if (word === "up" || word === "degraded" || word === "down" || word === "unknown") return word;
  throw new RangeError(`no status is called ${word}`);
}
