import { describe, expect, it } from "vitest";
import { advance, type Debounce, initialState, type Status } from "./status.ts";
import { fold } from "./testing/status-fold.ts";

const immediately: Debounce = { failuresToOpen: 1, successesToClose: 1 };
const patiently: Debounce = { failuresToOpen: 3, successesToClose: 2 };
const twice: Debounce = { failuresToOpen: 2, successesToClose: 2 };

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
      "an outage that begins with a slow answer dates from its first failure",
      twice,
      `up       → up since 0
       degraded → up since 0
       down     → degraded since 1
       down     → down since 2`,
    ],
    [
      "a recovery that begins with a slow answer dates from its first good one",
      twice,
      `down     → unknown since 0
       down     → down since 0
       degraded → down since 0
       up       → degraded since 2
       up       → up since 3`,
    ],
    [
      "two changes never date from one check",
      patiently,
      `up       → up since 0
       degraded → up since 0
       down     → up since 0
       unknown  → unknown since 3
       down     → degraded since 4
       down     → down since 5`,
    ],
    [
      "what nobody saw is not part of an outage that began while the status was unknown",
      twice,
      `down    → unknown since 0
       unknown → unknown since 0
       down    → down since 2`,
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

function asStatus(word: string | undefined): Status {
  if (word === "up" || word === "degraded" || word === "down" || word === "unknown") return word;
  throw new RangeError(`no status is called ${word}`);
}
