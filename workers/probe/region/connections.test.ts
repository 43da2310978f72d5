import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { minuteStep } from "../../../shared/domain/schedule.ts";
import { connections } from "../../../shared/domain/shard.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, setFaults, standIn, start } from "../testing/harness.ts";

const silent = [1, 2, 3, 4].map((number) => `${standIn.url}/api/health/live?control=${number}`);
const answering = `${standIn.url}/api/health`;
const controls = [...silent, answering];
const really = globalThis.fetch;

let open = 0;
let most = 0;
let asked: string[] = [];

/** Counts requests that wait for headers; they go out as ever. */
function count(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (url.startsWith(standIn.controlUrl)) return send(input, init);
    asked.push(url);
    open += 1;
    most = Math.max(most, open);
    try {
      return await send(input, init);
    } finally {
      open -= 1;
    }
  };
}

beforeEach(() => {
  [open, most, asked] = [0, 0, []];
  vi.spyOn(globalThis, "fetch").mockImplementation(count(really));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await setFaults([]);
});

let objects = 0;

/** Runs a round of so many monitors in an object of its own. */
async function runRound(monitors: number, path = "/api/feed") {
  objects += 1;
  await applyConfig(
    configOf(
      Array.from({ length: monitors }, (_, index) => {
        return { id: `m-${index}`, name: `M ${index}`, url: path };
      }),
    ),
  );
  const plan = await readPlan(env.DB);
  const slice = {
    revision: plan.revision,
    region: "us-east",
    monitors: [...plan.monitors],
    controls,
  };
  const answer = await env.REGION.getByName(`connections/${objects}/v1`).run({
    ...{ round: { time: start, step: minuteStep }, revision: plan.revision, slice },
    ...{ budgetMs: 50_000, overdueBefore: start, mostOverdue: 60 },
  });
  if (answer.kind !== "reported") throw new Error("no report");
  return answer.rounds.flatMap(({ results }) => results.map(({ outcome }) => outcome));
}

describe("a region's object", () => {
  it("has six requests waiting at most, while all its targets and control targets hang", async () => {
    await setFaults([{ kind: "hang" }]);
    const outcomes = await runRound(8);
    expect(most).toBe(connections);
    expect(new Set(controls.filter((url) => asked.includes(url))).size).toBe(controls.length);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(outcomes.map(() => "unknown"));
  });

  it("asks on where control targets hang, and believes the one that answers", async () => {
    await setFaults([
      { kind: "hang", path: "/api/feed" },
      { kind: "hang", path: "/api/health/live" },
    ]);
    const outcomes = await runRound(8);
    expect(most).toBeLessThanOrEqual(connections);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(outcomes.map(() => "down"));
  });
});
