import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RunAnswer } from "../../../shared/contract/region.ts";
import { minuteStep } from "../../../shared/domain/schedule.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, setFaults, standIn, start } from "../testing/harness.ts";

const monitors = [
  { id: "api-health", name: "API health", url: "/api/health" },
  { id: "feed", name: "Feed", url: "/api/feed" },
];

async function sliceNow() {
  const plan = await readPlan(env.DB);
  return { revision: plan.revision, region: "us-east", monitors: [...plan.monitors] };
}

async function request(time: number, more: object = {}) {
  const slice = await sliceNow();
  const round = { time, step: minuteStep };
  return {
    round,
    revision: slice.revision,
    slice,
    budgetMs: 50_000,
    overdueBefore: time,
    mostOverdue: 60,
    ...more,
  };
}

async function requestsSeen(): Promise<number> {
  const response = await fetch(`${standIn.controlUrl}/requests`);
  const seen = z.object({ total: z.int() }).parse(await response.json());
  return seen.total;
}

function timesOf(answer: RunAnswer): number[] {
  return answer.kind === "reported" ? answer.rounds.map(({ round }) => round.time) : [];
}

let objects = 0;
/** An object that nothing was asked of yet. */
function freshObject() {
  objects += 1;
  return env.REGION.getByName(`us-east/${objects}/v1`);
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf(monitors));
});

describe("a region's object", () => {
  it("asks for its slice of the plan when it has none or another revision", async () => {
    const object = freshObject();
    expect(await object.run(await request(start, { slice: null }))).toEqual({
      kind: "slice-needed",
    });
    await object.run(await request(start));
    const later = await request(start + 60, { slice: null, revision: 999 });
    expect(await object.run(later)).toEqual({ kind: "slice-needed" });
  });

  it("probes what is due and reports a result for each", async () => {
    const answer = await freshObject().run(await request(start));
    expect(answer).toMatchObject({
      kind: "reported",
      rounds: [
        { round: { time: start }, results: [{ outcome: { outcome: "up" }, attempts: 1 }, {}] },
      ],
    });
  });

  it("probes a round once, however many ask for it at the same time", async () => {
    const object = freshObject();
    const before = await requestsSeen();
    const asked = await request(start);
    const answers = await Promise.all([object.run(asked), object.run(asked), object.run(asked)]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await requestsSeen()) - before).toBe(2);
  });

  it("hands over what was not acknowledged, oldest first, and then no more", async () => {
    const object = freshObject();
    await object.run(await request(start));
    await object.run(await request(start + 60));
    const answer = await object.run(await request(start + 120));
    expect(timesOf(answer)).toEqual([start, start + 60, start + 120]);
    await object.acknowledge([
      { time: start, step: minuteStep },
      { time: start + 60, step: minuteStep },
    ]);
    const next = await object.run(await request(start + 180));
    expect(timesOf(next)).toEqual([start + 120, start + 180]);
  });

  it("hands over the oldest, and the round asked for, while more is overdue than one answer takes", async () => {
    const object = freshObject();
    for (const minutes of [0, 1, 2]) await object.run(await request(start + minutes * 60));
    const answer = await object.run(await request(start + 180, { mostOverdue: 2 }));
    expect(timesOf(answer)).toEqual([start, start + 60, start + 180]);
    expect(answer).toMatchObject({ more: true });
    await object.acknowledge([0, 1].map((minute) => ({ time: start + minute * 60, step: 60 })));
    const rest = await object.run(await request(start + 180, { mostOverdue: 2 }));
    expect(timesOf(rest)).toEqual([start + 120, start + 180]);
    expect(rest).toMatchObject({ more: false });
  });

  it("does not probe a round again that it ran and was acknowledged", async () => {
    const object = freshObject();
    await object.run(await request(start));
    await object.acknowledge([{ time: start, step: minuteStep }]);
    const before = await requestsSeen();
    expect(timesOf(await object.run(await request(start)))).toEqual([]);
    expect(await requestsSeen()).toBe(before);
  });

  it("keeps results and its slice on disk", async () => {
    const object = freshObject();
    await object.run(await request(start));
    await runInDurableObject(object, (_, state) => {
      const rounds = state.storage.sql.exec("SELECT time FROM rounds").toArray();
      expect(rounds).toEqual([{ time: start }]);
      expect(state.storage.kv.get("slice")).toMatchObject({ region: "us-east" });
    });
  });

  it("retries what a retry can cure, and tells how many attempts it took", async () => {
    await setFaults([
      { kind: "recover-after", requests: 1, fault: { kind: "reset" }, path: "/api/health" },
    ]);
    const answer = await freshObject().run(await request(start));
    const results = answer.kind === "reported" ? answer.rounds[0]?.results : [];
    expect(results).toMatchObject([{ outcome: { outcome: "up" }, attempts: 2 }, { attempts: 1 }]);
  });

  it("does not begin a probe that has no time for a full attempt: unknown, not down", async () => {
    const answer = await freshObject().run(await request(start, { budgetMs: 10 }));
    expect(answer).toMatchObject({
      rounds: [{ results: [{ outcome: { outcome: "unknown", reason: "not-run" } }, {}] }],
    });
  });

  it("refuses a request that is not one", async () => {
    const object = freshObject();
    await runInDurableObject(object, async (instance) => {
      await expect(instance.run({ round: "yesterday" })).rejects.toThrow(z.ZodError);
    });
  });
});
