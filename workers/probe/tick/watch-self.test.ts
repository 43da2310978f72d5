/** What the monitoring notes of itself, and what its own rules read of it. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { sampleReadings } from "../../../shared/domain/alerting/samples.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { takeReadings } from "../../../shared/measure/alert-readings.ts";
import type { ReadingSource } from "../../../shared/measure/reading-source.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { deleteOldNotes, noteStatements, readOwnState } from "../../../shared/storage/own-watch.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  standingClock,
  start,
} from "../testing/harness.ts";
import { meterDatabase } from "./meter-database.ts";
import type { TickSurroundings } from "./surroundings.ts";
import { tick } from "./tick.ts";

const now = start + 7_200;
let plan: Plan;

beforeAll(async () => {
  await applyConfig(configOf([{ id: "a", name: "A", url: "/", intervalSeconds: 60 }]), start);
  plan = { ...(await readPlan(env.DB)), shards: 2 };
});

function source(more: Partial<ReadingSource> = {}): ReadingSource {
  const lastSpans = plan.regions.map(({ number }) => {
    return { region: number, step: 60 as const, from: start, to: now };
  });
  return { now, plan, lastSpans, statuses: new Map(), ...more };
}

/** What a rule reads, and the level of each subject. */
async function read(id: string, more: Partial<ReadingSource> = {}) {
  const { rules } = await readAlertingDocuments(env.DB);
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const { byRule, faults } = await takeReadings(env.DB, source(more), [rule]);
  expect(faults).toEqual({});
  return sampleReadings(rule, byRule.get(id) ?? [], new Map()).map(
    ({ subject: { region, metric }, value, level, detail }) => {
      return [region ?? metric ?? "", value, level, detail] as const;
    },
  );
}

/** The same without the words. */
async function levels(id: string, more: Partial<ReadingSource> = {}) {
  return (await read(id, more)).map(([subject, value, level]) => [subject, value, level]);
}

const fault = (minute: number, kind: string, region: number, count: number) =>
  env.DB.prepare("INSERT INTO own_faults VALUES (?1, ?2, ?3, ?4, 'planted')").bind(
    ...[minute, kind, region, count],
  );

describe("the rules about the monitoring itself", () => {
  it("read nothing bad where nothing is", async () => {
    await env.DB.prepare("INSERT INTO coverage VALUES (1, 60, ?1, ?2)").bind(start, now).run();
    const well = ["missed-ticks", "outbox-stuck", "channel-away", "dead-letters"];
    for (const id of [...well, "database-faults", "step-faults", "export-faults", "stale-plan"]) {
      expect(await levels(id)).toEqual([["", 0, "well"]]);
    }
    expect((await levels("clock-skew"))[0]).toEqual(["", expect.any(Number), "well"]);
    // Nobody said whose limits there are.
    expect(await read("quota")).toEqual([]);
  });

  it("count the minutes in which nothing was looked at", async () => {
    await env.DB.batch([
      env.DB.prepare("UPDATE coverage SET to_time = ?1").bind(now - 1_200),
      env.DB.prepare("INSERT INTO coverage VALUES (2, 60, ?1, ?2)").bind(now - 900, now),
    ]);
    expect(await read("missed-ticks")).toEqual([["", 5, "warning", "5 of the last 60 minutes"]]);
  });

  it("count what failed by kind, and by region where it is a region's", async () => {
    await env.DB.batch([
      fault(now - 960, "database", 0, 9),
      fault(now - 120, "database", 0, 2),
      fault(now - 60, "recording", 0, 1),
      fault(now - 120, "exporter", 0, 5),
      fault(now - 3_000, "dropped-results", 2, 7),
      fault(now - 60, "of-another-version", 0, 1),
    ]);
    expect(await read("database-faults")).toEqual([
      [
        "",
        3,
        "warning",
        "3 in 15 min, last that a round was not recorded at the first try: planted",
      ],
    ]);
    expect(await levels("export-faults")).toEqual([["", 5, "warning"]]);
    expect(await levels("dropped-results")).toEqual([
      ["us-east", 0, "well"],
      ["us-west", 7, "critical"],
      ["eu-west", 0, "well"],
    ]);
  });

  it("tell of an object that does not answer, but not where its whole region is silent", async () => {
    const silent = (region: number, shard: number, since: number) => {
      return { region, shard, since, detail: "no answer within 100 ms" };
    };
    const nothing = { now, faults: [], answered: [], usage: null };
    const two = [silent(1, 1, now - 300), silent(2, 0, now - 999), silent(2, 1, now - 999)];
    await env.DB.batch(noteStatements(env.DB, { ...nothing, silent: two }));
    // Silent already: since when is not changed.
    await env.DB.batch(noteStatements(env.DB, { ...nothing, silent: [silent(1, 1, now)] }));
    expect(await read("object-fault")).toEqual([
      [
        "us-east",
        300,
        "warning",
        "object 1 of us-east has not answered for 5 min: no answer within 100 ms",
      ],
      ["us-west", null, "unknown", ""],
      ["eu-west", 0, "well", ""],
    ]);
    const answered = two.map(({ region, shard }) => ({ region, shard }));
    await env.DB.batch(noteStatements(env.DB, { ...nothing, silent: [], answered }));
    expect((await read("object-fault")).map(([, value]) => value)).toEqual([0, 0, 0]);
  });

  it("tell of an outbox that is stuck, of dead letters and of a channel that is away", async () => {
    const insert = `INSERT INTO notifications (id, incident, channel, kind, sequence, because,
      created_at, state, waiting_since, next_at) VALUES (?1, 'i', 'slack', 'trigger', 0, '', ?2, ?3, ?2, 0)`;
    const row = (id: string, at: number, state: string) =>
      env.DB.prepare(insert).bind(id, at, state);
    await env.DB.batch([
      row("1", now - 1_000, "pending"),
      row("2", now - 60, "leased"),
      row("3", now - 4_000, "dead"),
      row("4", now - 40, "dead"),
      env.DB.prepare(
        "INSERT INTO channel_pace (channel, away_since) VALUES ('slack', ?1), ('gone', 0)",
      ).bind(now - 700),
    ]);
    expect(await read("outbox-stuck")).toEqual([
      ["", 1_000, "critical", "the oldest notification waits for 17 min"],
    ]);
    expect(await read("dead-letters")).toEqual([["", 1, "warning", "1 given up in 60 min"]]);
    expect(await read("channel-away", { channels: new Set(["slack"]) })).toEqual([
      ["", 700, "warning", "nothing gets through slack for 12 min"],
    ]);
  });

  it("tell of limits of the account's plan, of the present day", async () => {
    const nothing = { faults: [], silent: [], answered: [] };
    const usage = { d1RowsRead: 10, d1RowsWritten: 41_000, workerRequests: 1, objectRequests: 6 };
    const more = { mostSubrequests: 25, mostD1Queries: 30, databaseBytes: 490_000_000 };
    const note = (at: number, queries: number) =>
      noteStatements(env.DB, {
        ...{ ...nothing, now: at },
        usage: { plan: "free", ...usage, ...more, mostD1Queries: queries },
      });
    await env.DB.batch([...note(now - 86_400, 49), ...note(now, 30), ...note(now, 20)]);
    const free = await read("quota", { cloudflarePlan: "free" });
    expect(free.map(([item, percent, level]) => [item, percent, level])).toEqual([
      ["d1RowsRead", 0.0004, "well"],
      ["d1RowsWritten", 82, "warning"],
      ["workerRequests", 0.002, "well"],
      ["objectRequests", 0.012, "well"],
      ["mostSubrequests", 50, "well"],
      ["mostD1Queries", 60, "well"],
      ["databaseBytes", 98, "critical"],
    ]);
    expect(free[1]?.[3]).toBe("82000 of 100000 D1 rows written a day, plan free");
    expect((await read("quota", { cloudflarePlan: "paid" })).length).toBe(3);
  });

  it("tell of data from the future, and of a database whose clock is elsewhere", async () => {
    const lastSpans = [{ region: 1, step: 60 as const, from: start, to: now + 360 }];
    expect(await levels("clock-skew", { lastSpans })).toEqual([["", 300, "critical"]]);
    const row = { now: Date.now() / 1000 - 45 };
    const db = new Proxy(env.DB, {
      get: () => () => ({ first: async () => row }),
    });
    const { rules } = await readAlertingDocuments(env.DB);
    const own = rules.filter(({ id }) => id === "clock-skew");
    const { byRule } = await takeReadings(db, source(), own);
    expect(byRule.get("clock-skew")?.[0]?.value).toBeCloseTo(45, 0);
  });

  it("look back for no longer than what is kept", async () => {
    await deleteOldNotes(env.DB, now - 100, 500);
    const { faults, usage } = await readOwnState(env.DB, 0, now);
    expect(faults.map(({ kind }) => kind)).toEqual(["recording"]);
    expect(usage?.d1RowsWritten).toBe(82_000);
  });
});

describe("a metered database", () => {
  it("counts what runs on it and what fails, but not that another was faster", async () => {
    const { database, meter } = meterDatabase(env.DB);
    const one = database.prepare("SELECT ?1 AS one").bind(1);
    expect(await one.first("one")).toBe(1);
    expect(await database.prepare("SELECT 1 WHERE false").first()).toBeNull();
    await database.batch([one, database.prepare("DELETE FROM own_faults WHERE minute < 0")]);
    await expect(database.prepare("SELECT nowhere").all()).rejects.toThrow("no such column");
    const overtaken = "UPDATE ledger SET version = NULL";
    await expect(database.batch([database.prepare(overtaken)])).rejects.toThrow("NOT NULL");
    expect(meter).toMatchObject({ queries: 6, calls: 5, failed: 1 });
    expect(meter.failure).toContain("no such column");
    expect(meter.bytes).toBeGreaterThan(0);
  });
});

describe("a tick", () => {
  const rows = z.object({ minute: z.int(), kind: z.string(), count: z.int(), detail: z.string() });
  const noted = () =>
    select(
      rows,
      "SELECT minute, kind, count, detail FROM own_faults WHERE detail <> 'planted' ORDER BY kind",
    );

  /** The database, of which statements that contain a text fail. */
  function failing(text: string): D1Database {
    return new Proxy(env.DB, {
      get(target, name) {
        if (name === "prepare") {
          return (sql: string) => {
            if (sql.includes(text)) throw new Error("D1_ERROR: planted failure");
            return target.prepare(sql);
          };
        }
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  }

  it("notes what failed of it, and what it took where the plan of the account is known", async () => {
    const minute = now + 6_000;
    const surroundings = freshSurroundings(standingClock(minute + 1));
    const settings = { CLOUDFLARE_PLAN: "paid", CHANNEL_TEST_SCHEDULE: "often" };
    const own: TickSurroundings = { ...surroundings, env: { ...env, ...settings } };
    await env.DB.prepare("DELETE FROM platform_usage").run();
    await tick(own, minute);
    expect(await noted()).toEqual([{ minute, kind: "upkeep", count: 1, detail: "channelTests" }]);
    const { usage } = await readOwnState(env.DB, minute, minute);
    expect(usage).toMatchObject({ plan: "paid", workerRequests: 1, objectRequests: 6 });
    expect(usage?.d1RowsWritten).toBeGreaterThanOrEqual(7);
    expect(usage?.mostD1Queries).toBeGreaterThan(usage?.mostSubrequests ?? 0);
    expect(usage?.databaseBytes).toBeGreaterThan(100_000);
  });

  it("that could not record notes it with the next that can", async () => {
    const minute = now + 6_060;
    const clock = standingClock(minute + 1);
    const surroundings = freshSurroundings(clock);
    await tick({ ...surroundings, env: { ...env, DB: failing("") } }, minute);
    expect((await noted()).map(({ kind }) => kind)).not.toContain("recording");
    clock.set(minute + 61);
    await tick(surroundings, minute + 60);
    expect((await noted()).filter((one) => one.minute === minute)).toEqual([
      expect.objectContaining({
        kind: "recording",
        count: 1,
        detail: expect.stringContaining("planted failure"),
      }),
      expect.objectContaining({ kind: "stale-plan", count: 1 }),
    ]);
  });

  it("in a malformed setting of its own is not stopped", async () => {
    const minute = now + 6_600;
    const surroundings = freshSurroundings(standingClock(minute + 1));
    const own = { ...surroundings, env: { ...env, CLOUDFLARE_PLAN: "gold", RUNBOOK_URL: "x" } };
    expect((await tick(own, minute)).rounds).toMatchObject([
      { kind: "run", recorded: { kind: "recorded" } },
    ]);
  });
});
