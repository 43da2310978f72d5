import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Report, votesNeeded } from "./consensus.ts";
import type { Quorum } from "./monitor.ts";
import type { Outcome } from "./result.ts";
import { quorums as anyQuorum } from "./testing/arbitraries.ts";
import { outcomeOfLetter, regions } from "./testing/fixtures.ts";

const quorums = {
  majority: { kind: "majority" },
  any: { kind: "any" },
  all: { kind: "all" },
  two: { kind: "atLeast", regions: 2 },
} as const satisfies Record<string, Quorum>;

/** A letter per region: U up, G degraded, D down, ? unknown, . no report. */
function reportsOf(letters: string): Report[] {
  return [...letters].flatMap((letter, index) => {
    if (letter === ".") return [];
    const outcome = outcomeOfLetter(letter);
    if (outcome === null) throw new RangeError("a region of a check has an outcome or no report");
    return [{ region: regions[index]?.id ?? `region-${index + 1}`, outcome }];
  });
}

/** The verdict in a word: `regional` for degraded in too few regions, `target` for in enough. */
function decideWord(quorum: Quorum, letters: string): string {
  const verdict = decide(quorum, reportsOf(letters));
  return verdict.verdict === "degraded" ? verdict.scope : verdict.verdict;
}

// Reports in any order of regions: the columns are majority, any, all, at least two.
const table: readonly (readonly [
  letters: string,
  words: readonly [string, string, string, string],
])[] = [
  ["UUU", ["up", "up", "up", "up"]],
  ["UUG", ["up", "target", "up", "up"]],
  ["UUD", ["regional", "down", "regional", "regional"]],
  ["UU?", ["up", "up", "up", "up"]],
  ["UGG", ["target", "target", "up", "target"]],
  ["UGD", ["target", "down", "regional", "target"]],
  ["UG?", ["up", "target", "up", "up"]],
  ["UDD", ["down", "down", "regional", "down"]],
  ["UD?", ["regional", "down", "regional", "regional"]],
  ["U??", ["up", "up", "up", "up"]],
  ["GGG", ["target", "target", "target", "target"]],
  ["GGD", ["target", "down", "target", "target"]],
  ["GG?", ["target", "target", "target", "target"]],
  ["GDD", ["down", "down", "target", "down"]],
  ["GD?", ["target", "down", "target", "target"]],
  ["G??", ["target", "target", "target", "target"]],
  ["DDD", ["down", "down", "down", "down"]],
  ["DD?", ["down", "down", "down", "down"]],
  ["D??", ["down", "down", "down", "down"]],
  ["???", ["unknown", "unknown", "unknown", "unknown"]],
];

function permutations(letters: string): string[] {
  if (letters.length <= 1) return [letters];
  const all = [...letters].flatMap((letter, index) => {
    const others = letters.slice(0, index) + letters.slice(index + 1);
    return permutations(others).map((rest) => letter + rest);
  });
  return [...new Set(all)];
}

const rows = table.flatMap(([letters, words]) => {
  return permutations(letters).map((permuted) => [permuted, ...words] as const);
});

describe("decide", () => {
  it("is tabled for every combination of three regions", () => {
    expect(new Set(rows.map(([letters]) => letters)).size).toBe(64);
  });

  it.each(rows)("of %s is %s by majority, %s by any, %s by all, %s by two", (letters, ...words) => {
    const { majority, any, all, two } = quorums;
    expect([majority, any, all, two].map((quorum) => decideWord(quorum, letters))).toEqual(words);
  });

  it("is unknown without any report", () => {
    expect(decide(quorums.majority, [])).toEqual({ verdict: "unknown" });
  });

  it("names the regions that are down and why", () => {
    const down = (reason: "status" | "connection", detail: string): Outcome => {
      return { outcome: "down", reason, detail };
    };
    const reports: Report[] = [
      { region: "us-east", outcome: down("connection", "refused") },
      { region: "us-west", outcome: down("status", "500") },
      { region: "eu-west", outcome: down("status", "503") },
    ];
    expect(decide(quorums.majority, reports)).toEqual({
      verdict: "down",
      regions: ["us-east", "us-west", "eu-west"],
      // The reason most regions give, in the words of the first that gave it.
      failure: { reason: "status", detail: "500" },
    });
    expect(decide(quorums.majority, reports.slice(0, 2))).toMatchObject({
      failure: { reason: "connection", detail: "refused" },
    });
  });

  it("names only the regions that are down where it is regional", () => {
    expect(decide(quorums.all, reportsOf("GUD"))).toMatchObject({
      scope: "regional",
      regions: ["eu-west"],
      failure: { reason: "status" },
    });
  });

  it("names slow and failing regions where the target is degraded", () => {
    expect(decide(quorums.majority, reportsOf("GUD"))).toMatchObject({
      scope: "target",
      regions: ["us-east", "eu-west"],
    });
  });
});

describe("votesNeeded", () => {
  const needed: [name: string, quorum: Quorum, byVoting: number[]][] = [
    ["a strict majority", quorums.majority, [1, 2, 2, 3, 3, 4]],
    ["any one", quorums.any, [1, 1, 1, 1, 1, 1]],
    ["all", quorums.all, [1, 2, 3, 4, 5, 6]],
    ["two, or all that report", quorums.two, [1, 2, 2, 2, 2, 2]],
  ];
  it.each(needed)("of 1 to 6 regions reporting is %s", (_name, quorum, byVoting) => {
    expect([1, 2, 3, 4, 5, 6].map((voting) => votesNeeded(quorum, voting))).toEqual(byVoting);
  });
});

describe("the laws of consensus", () => {
  const letters = fc.array(fc.constantFrom("U", "G", "D", "?", "."), { maxLength: 7 });

  it("a region that is unknown or silent never changes what the others say (law 1)", () => {
    fc.assert(
      fc.property(anyQuorum, letters, (by, list) => {
        const reports = reportsOf(list.join(""));
        const voters = reports.filter((report) => report.outcome.outcome !== "unknown");
        expect(decide(by, reports)).toEqual(decide(by, voters));
      }),
    );
  });

  it("without a vote the verdict is unknown, with one it never is (law 7)", () => {
    fc.assert(
      fc.property(anyQuorum, letters, (by, list) => {
        const hasVote = list.some((letter) => "UGD".includes(letter));
        expect(decide(by, reportsOf(list.join(""))).verdict === "unknown").toBe(!hasVote);
      }),
    );
  });

  it("no tie is down: half of the regions are not a majority", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.constantFrom("U", "G"), (half, other) => {
        const verdict = decide(quorums.majority, reportsOf("D".repeat(half) + other.repeat(half)));
        expect(verdict.verdict).toBe("degraded");
      }),
    );
  });

  it("by majority it is down exactly when more regions are down than report anything else", () => {
    fc.assert(
      fc.property(letters, (list) => {
        const down = list.filter((letter) => letter === "D").length;
        const others = list.filter((letter) => letter === "U" || letter === "G").length;
        const verdict = decide(quorums.majority, reportsOf(list.join("")));
        expect(verdict.verdict === "down").toBe(down > others);
      }),
    );
  });

  it("a region that is down is never passed over in silence", () => {
    fc.assert(
      fc.property(anyQuorum, letters, (by, list) => {
        fc.pre(list.includes("D"));
        expect(["down", "degraded"]).toContain(decide(by, reportsOf(list.join(""))).verdict);
      }),
    );
  });

  it("a worse report never makes a better verdict", () => {
    const order = ["up", "degraded", "down"];
    fc.assert(
      fc.property(anyQuorum, letters, fc.nat(6), (by, list, at) => {
        const letter = list[at];
        fc.pre(letter === "U" || letter === "G");
        const worse = list.with(at, letter === "U" ? "G" : "D");
        const rank = (of: string[]) => order.indexOf(decide(by, reportsOf(of.join(""))).verdict);
        expect(rank(worse)).toBeGreaterThanOrEqual(rank(list));
      }),
    );
  });

  it("the order of the reports decides nothing but the order of the regions named", () => {
    fc.assert(
      fc.property(anyQuorum, letters, (by, list) => {
        const reports = reportsOf(list.join(""));
        const forward = decide(by, reports);
        const backward = decide(by, reports.toReversed());
        expect(backward.verdict).toBe(forward.verdict);
      }),
    );
  });
});
