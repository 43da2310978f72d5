import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { decideRecording, type RoundReport } from "../domain/recording.ts";
import type { Outcome } from "../domain/result.ts";
import { commit, readHead, readMemory } from "./ledger.ts";
import { readResults, readStatusPoints } from "./queries.ts";

const start = 1_790_000_040;

const monitor: Monitor = {
  id: "api-health",
  number: 7,
  name: "API health",
  group: "API",
  probe: {
    kind: "http",
    url: "https://netpost.example/api/health",
    method: "GET",
    headers: {},
    body: null,
    conditions: [],
  },
  schedule: { intervalSeconds: 60, phaseSeconds: 0 },
  regions: ["us-east", "us-west"],
  mode: "parallel",
  retry: { attempts: 1, timeoutMs: 100, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 100 },
  verdict: { quorum: { kind: "majority" }, failuresToOpen: 2, successesToClose: 1 },
  sloTarget: 0.999,
  category: null,
  tags: [],
  weight: 1,
  dependsOn: [],
  addedAt: start,
  shard: 0,
};

const plan: Plan = {
  revision: 1,
  regions: [
    { id: "us-east", number: 1, locationHint: "enam", generation: 1 },
    { id: "us-west", number: 2, locationHint: "wnam", generation: 1 },
  ],
  monitors: [monitor],
  shards: 1,
  controls: [],
};

const up: Outcome = { outcome: "up" };
const down: Outcome = { outcome: "down", reason: "status", detail: "status 500" };

/** The report of one round, minutes after the start. */
function report(minutes: number, east: Outcome, west: Outcome): RoundReport {
  const result = (outcome: Outcome) => [{ monitor: 7, outcome, latencyMs: 12, attempts: 1 }];
  return {
    round: { time: start + minutes * 60, step: 60 },
    regions: [
      { region: 1, results: result(east) },
      { region: 2, results: result(west) },
    ],
  };
}

/** Reads, decides and commits, as a tick in a fresh isolate does. */
async function recordOne(round: RoundReport) {
  const { version, memory } = await readMemory(env.DB);
  return commit(env.DB, version, decideRecording(plan, memory, [round]), round.round.time + 5);
}

beforeEach(async () => {
  await env.DB.batch(
    ["results", "transitions", "statuses", "outages", "coverage", "regions"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
  await env.DB.prepare(
    "INSERT INTO regions (number, id) VALUES (1, 'us-east'), (2, 'us-west')",
  ).run();
});

describe("the ledger", () => {
  it("gives back the memory it was given", async () => {
    const rounds = [report(0, up, up), report(1, down, up), report(2, down, down)];
    for (const round of [...rounds, report(3, down, down)]) {
      const outcome = await recordOne(round);
      if (outcome.kind !== "committed") throw new Error("nobody else records here");
      const read = await readMemory(env.DB);
      expect(read.version).toBe(outcome.next.version);
      expect([...read.memory.statuses].toSorted()).toEqual(
        [...outcome.next.memory.statuses].toSorted(),
      );
      expect(read.memory.coverage).toEqual(outcome.next.memory.coverage);
    }
  });

  it("changes nothing when it has moved on since the memory was read", async () => {
    const { version, memory } = await readMemory(env.DB);
    await recordOne(report(0, up, up));
    const stale = decideRecording(plan, memory, [report(1, down, down)]);
    expect(await commit(env.DB, version, stale, start + 65)).toEqual({ kind: "conflict" });
    expect(await readResults(env.DB, [{ monitor: 7, time: start + 60 }])).toEqual([]);
    expect((await readHead(env.DB)).version).toBe(version + 1);
  });

  it("takes results it has already without counting them as new", async () => {
    expect(await recordOne(report(0, up, up))).toMatchObject({ newResults: 2 });
    expect(await recordOne(report(0, up, up))).toMatchObject({ newResults: 0 });
  });

  it("keeps an outage from its first failed check, told when it was decided", async () => {
    const rounds = [report(0, up, up), report(1, down, down), report(2, down, down)];
    for (const round of [...rounds, report(3, up, up)]) await recordOne(round);
    const { results } = await env.DB.prepare(
      "SELECT started_at, detected_at, ended_at, end_detected_at, cause FROM outages",
    ).all();
    expect(results).toEqual([
      {
        started_at: start + 60,
        detected_at: start + 125,
        ended_at: start + 180,
        end_detected_at: start + 185,
        cause: JSON.stringify({
          reason: "status",
          detail: "status 500",
          regions: ["us-east", "us-west"],
          regional: false,
        }),
      },
    ]);
  });

  it("reads a result back as it was seen, reason in words", async () => {
    await recordOne(report(0, down, up));
    expect(await readResults(env.DB, [{ monitor: 7, time: start }])).toEqual([
      {
        time: start,
        monitor: 7,
        region: 1,
        outcome: "down",
        reason: "status",
        detail: "status 500",
        latencyMs: 12,
        attempts: 1,
        metrics: {},
      },
      {
        time: start,
        monitor: 7,
        region: 2,
        outcome: "up",
        reason: null,
        detail: null,
        latencyMs: 12,
        attempts: 1,
        metrics: {},
      },
    ]);
  });

  it("reads the status changes of a window, and what was before them", async () => {
    for (let minute = 0; minute < 12; minute += 1) {
      const outcome = minute % 4 < 2 ? up : down;
      await recordOne(report(minute, outcome, outcome));
    }
    const window = { from: start + 420, to: start + 600 };
    const points = await readStatusPoints(env.DB, [{ monitor: 7, scope: 0 }], window);
    expect(points).toEqual([
      {
        monitor: 7,
        scope: 0,
        points: [
          { at: start + 420, status: "down" },
          { at: start + 480, status: "up" },
        ],
      },
    ]);
  });

  it("keeps numbers taken from an answer, of whatever outcome", async () => {
    const metrics = { databaseMs: 12.5, "step.log-inMs": 40 };
    const results = [up, down].map((outcome, index) => {
      return { monitor: index + 1, outcome, latencyMs: 9, attempts: 1, metrics };
    });
    await recordOne({
      round: { time: start, step: 60 },
      regions: [{ region: 1, results }],
    });
    const keys = [1, 2].map((monitor) => ({ monitor, time: start }));
    const stored = await readResults(env.DB, keys);
    expect(stored.map((result) => result.metrics)).toEqual([metrics, metrics]);
    expect(stored.map(({ reason }) => reason)).toEqual([null, "status"]);
  });

  it("inserts more than one bound value can hold", async () => {
    const outcome: Outcome = { outcome: "down", reason: "text", detail: "ß".repeat(400) };
    const results = Array.from({ length: 6_000 }, (_, index) => {
      return { monitor: index + 1, outcome, latencyMs: 9, attempts: 1 };
    });
    const round = { time: start, step: 60 } as const;
    const { version, memory } = await readMemory(env.DB);
    const recording = decideRecording(plan, memory, [{ round, regions: [{ region: 1, results }] }]);
    expect(await commit(env.DB, version, recording, start)).toMatchObject({ newResults: 6_000 });
  });

  it("writes a row for each of 3,000 results, and few more", async () => {
    const results = Array.from({ length: 3000 }, (_, index) => {
      return { monitor: index + 1, outcome: up, latencyMs: index, attempts: 1 };
    });
    const round = { time: start, step: 60 } as const;
    const { version, memory } = await readMemory(env.DB);
    const recording = decideRecording(plan, memory, [{ round, regions: [{ region: 1, results }] }]);
    const outcome = await commit(env.DB, version, recording, start);
    // The ledger, a coverage span, and two statuses that change for the first time.
    expect(outcome).toMatchObject({ newResults: 3000, rows: { written: 3006 } });
  });
});
