import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Pings } from "../domain/heartbeat.ts";
import {
  longestHistory,
  type Ping,
  readDoorSpans,
  readPingHistory,
  readPings,
  takePing,
} from "./heartbeats.ts";

beforeEach(async () => {
  await env.DB.batch([
    ...["heartbeats", "monitors", "coverage"].map((name) => env.DB.prepare(`DELETE FROM ${name}`)),
    env.DB.prepare("INSERT INTO monitors (number, id, added_at) VALUES (7, 'backup', 0)"),
    env.DB.prepare(
      "INSERT INTO monitors (number, id, added_at, removed_at) VALUES (8, 'gone', 0, 60)",
    ),
  ]);
});

const ping = (signal: Ping["signal"], at: number, more: Partial<Ping> = {}): Ping => {
  return { signal, at, run: null, exitStatus: null, ...more };
};

/** Takes pings one after the other; returns what is then known of the job. */
async function known(...pings: readonly Ping[]): Promise<Partial<Pings> | undefined> {
  for (const one of pings) expect(await takePing(env.DB, 7, one)).toBe(true);
  return (await readPings(env.DB, [7])).get(7);
}

describe("a ping", () => {
  it("is kept by what it says", async () => {
    expect(await known(ping("success", 100))).toEqual({
      startedAt: null,
      succeededAt: 100,
      failedAt: null,
      exitStatus: null,
      failing: false,
      runningSince: null,
    });
    expect(await known(ping("start", 160), ping("failure", 170, { exitStatus: 3 }))).toEqual({
      startedAt: 160,
      succeededAt: 100,
      failedAt: 170,
      exitStatus: 3,
      failing: true,
      runningSince: null,
    });
    expect(await known(ping("success", 200))).toMatchObject({ failing: false, failedAt: 170 });
  });

  it("of a monitor that is not there, or no more, changes nothing", async () => {
    expect(await takePing(env.DB, 8, ping("success", 100))).toBe(false);
    expect(await takePing(env.DB, 9, ping("success", 100))).toBe(false);
    expect(await readPings(env.DB, [7, 8, 9])).toEqual(new Map());
  });

  it("that comes twice is taken once", async () => {
    const twice = ping("failure", 100, { exitStatus: 1, run: "a" });
    expect(await known(twice, twice)).toMatchObject({ failedAt: 100, failing: true });
    expect(await readPingHistory(env.DB, 7)).toEqual([twice]);
  });
});

describe("a run", () => {
  const start = (at: number, run?: string) => ping("start", at, run === undefined ? {} : { run });
  const finish = (at: number, run?: string) =>
    ping("success", at, run === undefined ? {} : { run });

  it.each([
    ["goes on until a finish", [start(100)], 100],
    ["is ended by a finish", [start(100), finish(110)], null],
    ["is ended by its own finish", [start(100, "a"), finish(110, "a")], null],
    ["is not ended by another's finish", [start(100, "a"), finish(110, "b")], 100],
    ["is ended by a finish that does not say whose it is", [start(100, "a"), finish(110)], null],
    ["without a name is ended by any finish", [start(100), finish(110, "b")], null],
    ["begins once, however often it says so", [start(100, "a"), start(105, "a")], 100],
    ["gives way to the next", [start(100, "a"), start(105, "b")], 105],
    ["without a name begins anew each time", [start(100), start(105)], 105],
    ["of the same name may come again", [start(100, "a"), finish(110), start(120, "a")], 120],
  ])("%s", async (_, pings, runningSince) => {
    expect(await known(...pings)).toMatchObject({ runningSince });
  });
});

describe("the history", () => {
  it("has the newest hundred pings, oldest first", async () => {
    const pings = Array.from({ length: longestHistory + 20 }, (_, index) =>
      ping(index % 3 === 0 ? "failure" : "success", 1_000 + index, {
        run: `run-${index}`,
        exitStatus: index % 3 === 0 ? index : null,
      }),
    );
    await known(...pings);
    expect(await readPingHistory(env.DB, 7)).toEqual(pings.slice(20));
  });

  it("is empty of a job that never called in", async () => {
    expect(await readPingHistory(env.DB, 7)).toEqual([]);
  });
});

describe("when pings could be taken", () => {
  it("is read from the span in which a time lies, of the door alone", async () => {
    await env.DB.prepare(
      `INSERT INTO coverage (region, step, from_time, to_time) VALUES
         (-1, 60, 0, 600), (-1, 60, 900, 1200), (-1, 60, 1500, 1800), (1, 60, 0, 1800)`,
    ).run();
    expect(await readDoorSpans(env.DB, 1_000)).toEqual([
      { from: 900, to: 1200 },
      { from: 1500, to: 1800 },
    ]);
    expect(await readDoorSpans(env.DB, 0)).toHaveLength(3);
    expect(await readDoorSpans(env.DB, 5_000)).toEqual([{ from: 1500, to: 1800 }]);
  });
});
