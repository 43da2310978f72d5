import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
  tickAt,
} from "../testing/harness.ts";

const resultRow = z.object({
  time: z.int(),
  region: z.int(),
  outcome: z.int(),
  attempts: z.int(),
  detail: z.string().nullable(),
});
const transitionRow = z.object({
  scope: z.int(),
  at: z.int(),
  from_status: z.string(),
  to_status: z.string(),
});
const outageRow = z.object({
  started_at: z.int(),
  ended_at: z.int().nullable(),
  cause: z.string(),
});

const results = () => select(resultRow, "SELECT * FROM results ORDER BY time, region");
const transitions = () => select(transitionRow, "SELECT * FROM transitions ORDER BY at, scope");
const outages = () => select(outageRow, "SELECT * FROM outages ORDER BY started_at");
const path = "/api/health";

// Every test has a hundred minutes of its own, so that rounds already run are not in its way.
let minute = start;

beforeEach(async () => {
  minute += 6000;
  await setFaults([]);
  await env.DB.batch(
    ["results", "transitions", "statuses", "outages", "coverage"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
  await env.DB.prepare("UPDATE ledger SET version = version + 1").run();
  await applyConfig(configOf([{ id: "api-health", name: "API health", url: path }]));
});

describe("a tick", () => {
  it("probes from every region and records a result, a status and coverage for each", async () => {
    const outcome = await tickAt(minute);
    expect(outcome.rounds).toMatchObject([
      { kind: "run", faults: [], recorded: { kind: "recorded", newResults: 3 } },
    ]);
    expect(await results()).toMatchObject([
      { time: minute, region: 1, outcome: 0, attempts: 1 },
      { time: minute, region: 2, outcome: 0, attempts: 1 },
      { time: minute, region: 3, outcome: 0, attempts: 1 },
    ]);
    expect(await transitions()).toEqual(
      [0, 1, 2, 3].map((scope) => {
        return { scope, at: minute, from_status: "unknown", to_status: "up" };
      }),
    );
  });

  it("writes one row for each result and no status while nothing changes", async () => {
    await tickAt(minute);
    const outcome = await tickAt(minute + 60);
    // Three results, three coverage spans, the ledger.
    expect(outcome.rounds).toMatchObject([{ recorded: { rows: { written: 7 } } }]);
  });

  it("calls a fault in one region regional: degraded, down there, and no outage", async () => {
    await tickAt(minute);
    await setFaults([{ kind: "status", status: 500, path, region: "us-west" }]);
    await tickAt(minute + 60);
    expect((await transitions()).filter(({ at }) => at > minute)).toEqual([
      { scope: 0, at: minute + 60, from_status: "up", to_status: "degraded" },
      { scope: 2, at: minute + 60, from_status: "up", to_status: "down" },
    ]);
    expect(await outages()).toEqual([]);
  });

  it("opens one outage at the first failed check and closes it at the first good one", async () => {
    await tickAt(minute);
    await setFaults([{ kind: "status", status: 500, path }]);
    await tickAt(minute + 60);
    await tickAt(minute + 120);
    await setFaults([]);
    await tickAt(minute + 180);
    expect(await outages()).toMatchObject([
      {
        started_at: minute + 60,
        ended_at: minute + 180,
        cause: expect.stringContaining("status 500, allowed 200–299"),
      },
    ]);
  });

  it("changes nothing when it is repeated, and does not probe again", async () => {
    await tickAt(minute);
    const before = [await results(), await transitions()];
    await setFaults([{ kind: "status", status: 500, path }]);
    await tickAt(minute);
    expect([await results(), await transitions()]).toEqual(before);
    expect(await outages()).toEqual([]);
  });

  it("records every result once when two run at the same time", async () => {
    const outcomes = await Promise.all([tickAt(minute), tickAt(minute), tickAt(minute)]);
    const counted = outcomes.map(({ rounds }) =>
      rounds[0]?.kind === "run" && rounds[0].recorded.kind === "recorded"
        ? rounds[0].recorded.newResults
        : null,
    );
    expect(counted.toSorted()).toEqual([0, 0, 3]);
    expect(await results()).toHaveLength(3);
    expect(await transitions()).toHaveLength(4);
  });

  it("tells for how long nobody was looking before it", async () => {
    await tickAt(minute);
    const next = await tickAt(minute + 60);
    expect(next.rounds).toMatchObject([{ recorded: { gapSeconds: 0 } }]);
    const late = await tickAt(minute + 240);
    expect(late.rounds).toMatchObject([{ recorded: { gapSeconds: 120 } }]);
  });

  it("does not begin a round whose time is over", async () => {
    const late = freshSurroundings(standingClock(minute + 61));
    expect((await tickAt(minute, late)).rounds).toMatchObject([{ kind: "missed" }]);
    expect(await results()).toEqual([]);
  });

  it("goes on by the last known plan when the database does not answer", async () => {
    const failing = freshSurroundings(standingClock(minute + 1));
    await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
    try {
      const outcome = await tickAt(minute, failing);
      expect(outcome.plan).toMatchObject({ kind: "last-known" });
      expect(outcome.rounds).toMatchObject([
        { kind: "run", recorded: { kind: "not-recorded", reason: "database-unavailable" } },
      ]);
    } finally {
      await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
    }
  });
});

describe("with the database away for ten minutes", () => {
  it("loses no result and decides the same as if it had never been away", async () => {
    await tickAt(minute);
    await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
    for (let round = 1; round <= 10; round += 1) {
      await setFaults(round >= 3 && round < 7 ? [{ kind: "status", status: 503, path }] : []);
      await tickAt(minute + round * 60);
    }
    await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
    await tickAt(minute + 660);
    // The objects still held what the test before could not record.
    expect((await results()).filter(({ time }) => time >= minute)).toHaveLength(36);
    expect((await transitions()).filter(({ scope, at }) => scope === 0 && at > minute)).toEqual([
      { scope: 0, at: minute + 180, from_status: "up", to_status: "down" },
      { scope: 0, at: minute + 420, from_status: "down", to_status: "up" },
    ]);
    expect(await outages()).toMatchObject([{ started_at: minute + 180, ended_at: minute + 420 }]);
  });
});
