import { describe, expect, it } from "vitest";
import { labPlan } from "./lab-plan.ts";
import { policies } from "./policies.ts";
import { runScript } from "./run-script.ts";
import { addRun, emptyScore } from "./score.ts";
import type { Fault } from "./script.ts";

const minute = 60_000;
const everywhere = [0, 1, 2];

/** What each policy makes of faults in twenty minutes of one target. */
function scoresOf(...faults: Fault[]) {
  const script = { seed: 1, minutes: 20, intervals: [60], faults };
  const scores = policies.map(emptyScore);
  addRun(scores, runScript(script, labPlan([60], policies)));
  return new Map(policies.map(({ name }, index) => [name, scores[index] ?? emptyScore()]));
}

function failing(regions: readonly number[], from: number, to: number): Fault {
  return { kind: "target", target: 0, regions, how: "error", from: from * minute, to: to * minute };
}

describe("the lab's own judgement", () => {
  it("counts an outage of all regions once, with its delay", () => {
    const score = scoresOf(failing(everywhere, 4.5, 8)).get("majority/1");
    expect(score).toMatchObject({ falseAlarms: 0, outages: 1, missed: 0 });
    expect(score?.delays).toHaveLength(1);
    expect(score?.worstDelayMs).toBeGreaterThan(30_000);
    expect(score?.worstDelayMs).toBeLessThan(33_000);
  });

  it("counts a policy that is too quick: any one region raises a false alarm", () => {
    const scores = scoresOf(failing([1], 4, 8));
    expect(scores.get("majority/1")).toMatchObject({ falseAlarms: 0, outages: 0 });
    expect(scores.get("any/1")).toMatchObject({ falseAlarms: 1, outages: 0 });
  });

  it("counts a policy that is too slow: all regions are never asked for in vain", () => {
    const scores = scoresOf(failing([0, 2], 4, 8));
    expect(scores.get("majority/1")).toMatchObject({ outages: 1, missed: 0 });
    expect(scores.get("all/1")).toMatchObject({ outages: 1, missed: 1 });
    expect(scoresOf(failing(everywhere, 4.2, 6.5)).get("majority/3")).toMatchObject({ missed: 1 });
  });

  it("tells an alarm of the last region left from one without any excuse", () => {
    const lost = (region: number): Fault => {
      const span = { from: 3 * minute, to: 10 * minute };
      return { kind: "region", region, shard: null, how: "unreachable", ...span };
    };
    const scores = scoresOf(failing([2], 4, 8), lost(0), lost(1));
    expect(scores.get("majority/1")).toMatchObject({ falseAlarms: 0, loneAlarms: 1 });
  });

  it("does not blame a policy for an outage that no tick came for", () => {
    const missing = Array.from({ length: 8 }, (_, index): Fault => {
      return { kind: "tick", minute: 3 + index, how: "missing" };
    });
    const scores = scoresOf(failing(everywhere, 4, 8), ...missing);
    expect(scores.get("majority/1")).toMatchObject({ outages: 0, missed: 0, unseen: 1 });
  });
});
