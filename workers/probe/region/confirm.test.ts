import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { minuteStep } from "../../../shared/domain/schedule.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, setFaults, standIn, start } from "../testing/harness.ts";

const mode = "round-robin" as const;
const round = { time: start, step: minuteStep };
let objects = 0;

/** An object whose turn the round is not, with its slice; its round is running or has run. */
async function objectWithSlice() {
  objects += 1;
  const plan = await readPlan(env.DB);
  const object = env.REGION.getByName(`confirming/${objects}/v1`);
  const numbers = plan.monitors.map(({ number }) => number);
  const run = (time: number) =>
    object.run({
      round: { time, step: minuteStep },
      revision: plan.revision,
      slice: { revision: plan.revision, region: "us-east", monitors: [...plan.monitors] },
      budgetMs: 50_000,
      overdueBefore: time,
      mostOverdue: 60,
    });
  const confirm = (monitors: number[], budgetMs = 10_000) =>
    object.confirm({ round, monitors, budgetMs });
  /** The monitors of which results of the round wait, and are handed over with the next one. */
  const waiting = async () => {
    const answer = await run(start + 60);
    const rounds = answer.kind === "reported" ? answer.rounds : [];
    const kept = rounds.find((one) => one.round.time === start)?.results ?? [];
    return kept.map(({ monitor }) => monitor).sort((a, b) => a - b);
  };
  return { numbers, run, confirm, waiting };
}

async function requestsSeen(): Promise<number> {
  const response = await fetch(`${standIn.controlUrl}/requests`);
  return z.object({ total: z.int() }).parse(await response.json()).total;
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(
    configOf([
      { id: "always", name: "Always", url: "/api/health" },
      { id: "turn-a", name: "Turn A", url: "/api/feed", mode },
      { id: "turn-b", name: "Turn B", url: "/api/feed", mode },
    ]),
  );
});

describe("a region's confirmations", () => {
  it("are kept beside each other when two ticks ask for different monitors at once", async () => {
    const { numbers, run, confirm, waiting } = await objectWithSlice();
    const [always = 0, a = 0, b = 0] = numbers;
    await run(start);
    await Promise.all([confirm([a]), confirm([b])]);
    expect(await waiting()).toEqual([always, a, b]);
  });

  it("are kept beside the round's own results when these come later", async () => {
    await setFaults([{ kind: "slow", delayMs: 200, path: "/api/health" }]);
    const { numbers, run, confirm, waiting } = await objectWithSlice();
    const [always = 0, a = 0, b = 0] = numbers;
    const running = run(start);
    await confirm([a, b]);
    await running;
    expect(await waiting()).toEqual([always, a, b]);
  });

  it("are probed once when two ticks ask for the same at once", async () => {
    const { numbers, run, confirm } = await objectWithSlice();
    const [, a = 0, b = 0] = numbers;
    await run(start);
    const before = await requestsSeen();
    const [first, second] = await Promise.all([confirm([a, b]), confirm([a, b])]);
    expect(second).toEqual(first);
    expect(await requestsSeen()).toBeLessThanOrEqual(before + 2);
  });

  it("that no time was left for are no results: they confirm nothing and excuse nothing", async () => {
    const { numbers, run, confirm, waiting } = await objectWithSlice();
    const [always = 0, a = 0, b = 0] = numbers;
    await run(start);
    expect((await confirm([a, b], 1)).results).toEqual([]);
    expect(await waiting()).toEqual([always]);
  });
});
