import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Ping, takePing } from "../../../shared/storage/heartbeats.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standIn,
  standingClock,
  start,
  tickAt,
} from "../testing/harness.ts";

const transitionRow = z.object({
  scope: z.int(),
  at: z.int(),
  from_status: z.string(),
  to_status: z.string(),
});
const resultRow = z.object({
  time: z.int(),
  region: z.int(),
  outcome: z.int(),
  reason: z.int().nullable(),
  detail: z.string().nullable(),
});

const door = -1;
/** Stored for outcome and reason, see shared/storage/codes.ts. */
const up = { outcome: 0, reason: null };
const missing = { outcome: 2, reason: 30 };
const failed = { outcome: 2, reason: 32 };
const overlong = { outcome: 2, reason: 33 };
const lost = { outcome: 3, reason: 107 };

const results = () =>
  select(resultRow, "SELECT * FROM results WHERE monitor = 1 ORDER BY time, region");
const transitions = () =>
  select(transitionRow, "SELECT * FROM transitions WHERE monitor = 1 ORDER BY at, scope");
const outages = () =>
  select(
    z.object({ started_at: z.int(), ended_at: z.int().nullable(), cause: z.string() }),
    "SELECT * FROM outages WHERE monitor = 1 ORDER BY started_at",
  );

// Every test has a hundred minutes of its own, so that rounds already run are not in its way.
let first = start;
const minute = (count: number) => first + count * 60;

beforeEach(async () => {
  first += 6_000;
  await setFaults([]);
  const tables = [
    ...["results", "transitions", "statuses", "outages", "coverage", "heartbeats"],
    ...["plans", "monitors", "regions"],
  ];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await env.DB.prepare("UPDATE ledger SET version = version + 1, plan_revision = 0").run();
  const times = { every: 120, graceSeconds: 60, maxRunSeconds: 300 };
  await applyConfig(
    configOf([
      { id: "backup", name: "Backup", type: "heartbeat", ...times },
      { id: "api-health", name: "API health", url: "/api/health" },
    ]),
    first,
  );
});

const ping = (signal: Ping["signal"], at: number, exitStatus: number | null = null) =>
  takePing(env.DB, 1, { signal, at, run: null, exitStatus });

/** Runs the ticks of minutes, from one to another. */
async function ticks(from: number, to: number): Promise<void> {
  for (let count = from; count <= to; count += 1) await tickAt(minute(count));
}

describe("a heartbeat in the tick", () => {
  it("is recorded each minute as seen at the door, beside what regions saw of other monitors", async () => {
    await ping("success", minute(0) + 5);
    await ticks(1, 2);
    expect(await results()).toMatchObject([
      { time: minute(1), region: door, ...up },
      { time: minute(2), region: door, ...up },
    ]);
    expect(await transitions()).toEqual([
      { scope: door, at: minute(1), from_status: "unknown", to_status: "up" },
      { scope: 0, at: minute(1), from_status: "unknown", to_status: "up" },
    ]);
    const coverage = z.object({ from_time: z.int(), to_time: z.int() });
    expect(
      await select(coverage, `SELECT from_time, to_time FROM coverage WHERE region = ${door}`),
    ).toEqual([{ from_time: minute(1), to_time: minute(3) }]);
    expect(await select(z.object({ n: z.int() }), "SELECT count(*) AS n FROM results")).toEqual([
      { n: 2 + 2 * 3 },
    ]);
  });

  it("is unknown until its first ping or until that is missing, and then one outage", async () => {
    await ticks(1, 5);
    expect(await results()).toMatchObject([
      { time: minute(4), ...missing, detail: expect.stringContaining("never called in") },
      { time: minute(5), ...missing },
    ]);
    await ping("success", minute(5) + 30);
    await ticks(6, 6);
    expect(await outages()).toMatchObject([{ started_at: minute(4), ended_at: minute(6) }]);
  });

  it("is up while late, down after the grace, and up again with the next ping", async () => {
    await ping("success", minute(0));
    await ticks(1, 4);
    expect((await results()).map(({ outcome }) => outcome)).toEqual([0, 0, 0, 2]);
    await ping("success", minute(4) + 20);
    await ticks(5, 5);
    expect((await results()).at(-1)).toMatchObject({ time: minute(5), ...up });
  });

  it("is down with the exit status of a failure, until a success", async () => {
    await ping("failure", minute(0) + 30, 3);
    await ticks(1, 2);
    await ping("success", minute(2) + 30);
    await ticks(3, 3);
    expect(await results()).toMatchObject([
      { ...failed, detail: expect.stringContaining("exit status 3") },
      failed,
      up,
    ]);
    const [outage] = await outages();
    expect(outage).toMatchObject({ started_at: minute(1), ended_at: minute(3) });
    expect(outage?.cause).toContain("heartbeat-failed");
  });

  it("is up while a run may still finish, and down once that is overlong", async () => {
    await ping("start", minute(0) + 30);
    await ticks(1, 6);
    expect((await results()).map(({ outcome }) => outcome)).toEqual([0, 0, 0, 0, 0, 2]);
    expect((await results()).at(-1)).toMatchObject(overlong);
  });

  it("changes nothing when a tick is repeated after a ping came in", async () => {
    await ping("failure", minute(0) + 30);
    await ticks(1, 1);
    const before = [await results(), await transitions(), await outages()];
    await ping("success", minute(1) + 2);
    await Promise.all([tickAt(minute(1)), tickAt(minute(1))]);
    expect([await results(), await transitions(), await outages()]).toEqual(before);
  });
});

describe("while no pings can be taken, a ping that is missed is our fault (law 1)", () => {
  const quietly = async (action: () => Promise<void>) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    await action();
    const lines = logged.mock.calls.map(([line]) => String(line));
    logged.mockRestore();
    return lines;
  };

  it("with the database away: unknown, never down, and down once the next is missed", async () => {
    await ping("success", minute(0));
    await ticks(1, 1);
    await quietly(async () => {
      await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
      await env.DB.prepare("ALTER TABLE heartbeats RENAME TO gone").run();
      await ticks(2, 11);
      await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
      await env.DB.prepare("ALTER TABLE gone RENAME TO heartbeats").run();
    });
    await ticks(12, 16);
    expect((await results()).map(({ time, outcome }) => [(time - first) / 60, outcome])).toEqual([
      [1, up.outcome],
      [12, lost.outcome],
      [13, lost.outcome],
      [14, lost.outcome],
      [15, lost.outcome],
      [16, missing.outcome],
    ]);
    expect((await results())[1]).toMatchObject(lost);
    expect(await outages()).toMatchObject([{ started_at: minute(16), ended_at: null }]);
    // What the regions saw meanwhile is all there.
    const seen = "SELECT count(*) AS n FROM results WHERE monitor = 2";
    expect(await select(z.object({ n: z.int() }), seen)).toEqual([{ n: 16 * 3 }]);
  });

  it("with the api Worker away, where its address is known", async () => {
    const withDoor = { ...env, API_URL: standIn.url };
    const knocking = (count: number) =>
      tickAt(minute(count), {
        ...freshSurroundings(standingClock(minute(count) + 1)),
        env: withDoor,
      });
    const path = "*";
    await ping("success", minute(0));
    await setFaults([{ kind: "status", status: 200, path }]);
    await knocking(1);
    await setFaults([{ kind: "status", status: 503, path }]);
    const lines = await quietly(async () => {
      for (let count = 2; count <= 5; count += 1) await knocking(count);
    });
    expect(lines.filter((line) => line.includes("heartbeats-not-judged"))).toHaveLength(4);
    await setFaults([{ kind: "status", status: 200, path }]);
    await knocking(6);
    expect((await results()).map(({ time, outcome }) => [(time - first) / 60, outcome])).toEqual([
      [1, up.outcome],
      [6, lost.outcome],
    ]);
    expect(await outages()).toEqual([]);
  });
});
