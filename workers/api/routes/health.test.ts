import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  basicHealthSchema,
  detailedHealthSchema,
  livenessSchema,
  notReadyProblemSchema,
  readinessSchema,
} from "../../../shared/contract/api/health.ts";
import { newestMigration } from "../../../shared/storage/schema-version.ts";
import { version } from "../../../shared/version.ts";
import { readAnswer } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  clockAt,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  record,
  resetWorld,
  start,
  up,
} from "../testing/world.ts";

const health = "/api/monitoring/health";

beforeEach(async () => {
  await resetWorld();
});

async function applyThree(): Promise<void> {
  await applyConfig(
    configOf([
      ...plainMonitors("home", "login"),
      { id: "orders", name: "Orders", group: "Core", url: "/orders" },
    ]),
  );
}

const schema = { ok: true, reason: null, applied: newestMigration, needed: newestMigration };

/** Of a region that never learnt where it runs. */
const unplaced = { colos: [], placement: "not-known", droppedRounds: 0 };

describe("GET /api/health", () => {
  it("is unknown without a plan", async () => {
    const basic = await readAnswer(await ask("/api/health", { at: start }), basicHealthSchema);
    expect(basic).toEqual({
      status: "unknown",
      asOf: null,
      stale: true,
      monitors: { up: 0, degraded: 0, down: 0, unknown: 0 },
    });
  });

  it("is the worst of the monitors, and counts them", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, (monitor, region) => {
      if (monitor === "orders") return down();
      return monitor === "login" && region === "us-east" ? down() : up;
    });
    const at = minute(0) + 10;
    const basic = await readAnswer(await ask("/api/health", { at }), basicHealthSchema);
    expect(basic).toEqual({
      status: "down",
      asOf: iso(at),
      stale: false,
      monitors: { up: 1, degraded: 1, down: 1, unknown: 0 },
    });
  });

  it("is unknown, not up, once nobody has looked for two minutes", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    const response = await ask("/api/health", { at: minute(3) + 1 });
    expect(await readAnswer(response, basicHealthSchema)).toEqual({
      status: "unknown",
      asOf: iso(minute(1)),
      stale: true,
      monitors: { up: 0, degraded: 0, down: 0, unknown: 3 },
    });
  });
});

describe("GET /api/monitoring/health/live", () => {
  it("says that the Worker runs, and its version", async () => {
    const live = await readAnswer(await ask(`${health}/live`, { at: start }), livenessSchema);
    expect(live).toEqual({ status: "live", version });
  });
});

describe("GET /api/monitoring/health/ready", () => {
  it("is ready when the database answers, a plan is applied and data is fresh", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    const response = await ask(`${health}/ready`, { at: minute(1) + 30 });
    expect(await readAnswer(response, readinessSchema)).toEqual({
      status: "ready",
      parts: {
        database: { ok: true, latencyMs: 0 },
        schema,
        plan: { ok: true, reason: null, revision: 1, monitors: 3 },
        ticks: { ok: true, reason: null, asOf: iso(minute(1)), stale: false, lagSeconds: 30 },
      },
    });
  });

  it("is not ready without a plan", async () => {
    const response = await ask(`${health}/ready`, { at: start });
    expect(response.status).toBe(503);
    const problem = notReadyProblemSchema.parse(await response.json());
    expect(problem.parts).toEqual({
      database: { ok: true, latencyMs: 0 },
      schema,
      plan: { ok: false, reason: "no plan was applied", revision: 0, monitors: 0 },
      ticks: {
        ...{ ok: false, reason: "nothing was recorded yet" },
        ...{ asOf: null, stale: true, lagSeconds: null },
      },
    });
  });

  it("is not ready when no round came for two minutes", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    const response = await ask(`${health}/ready`, { at: minute(1) + 121 });
    expect(response.status).toBe(503);
    const problem = notReadyProblemSchema.parse(await response.json());
    expect(problem).toMatchObject({
      type: "urn:netpost-monitoring:problem:not-ready",
      instance: `${health}/ready`,
      parts: { plan: { ok: true }, ticks: { ok: false, stale: true, lagSeconds: 121 } },
    });
  });
});

describe("GET /api/monitoring/health/detailed", () => {
  const detailedAt = async (at: number, options: Partial<Parameters<typeof ask>[1]> = {}) =>
    readAnswer(await ask(`${health}/detailed`, { at, ...options }), detailedHealthSchema);

  it("shows our parts, the probe Worker asked over its binding, and NetPost by group", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, (monitor) =>
      monitor === "orders" ? down() : up,
    );
    const at = minute(0) + 10;
    const region = (id: string) => ({
      id,
      state: "reporting",
      lastRoundAt: iso(minute(0)),
      ...unplaced,
    });
    expect(await detailedAt(at)).toEqual({
      status: "ok",
      version,
      checkedAt: iso(at),
      parts: {
        database: { ok: true, latencyMs: 0 },
        probe: { ok: true, version },
        schema,
        plan: { ok: true, reason: null, revision: 1, monitors: 3 },
        ticks: {
          ok: true,
          reason: null,
          asOf: iso(at),
          stale: false,
          lagSeconds: 0,
          regions: [region("us-east"), region("us-west"), region("eu-west")],
        },
        delivery: {
          ...{ ok: true, reason: null, waiting: 0, waitingSince: null, dead: 0 },
          ...{ away: [], failedTests: [] },
        },
        objects: {
          ...{ ok: true, reason: null },
          objects: ["us-east", "us-west", "eu-west"].map((id) => ({
            ...{ region: id, shard: 0, colo: null, country: null },
            ...{ droppedRounds: 0, silentSince: null, detail: null },
          })),
        },
        channels: {
          ...{ ok: true, on: [], broken: [] },
          reason: "no channel is on: nobody is told of anything",
        },
        faults: { ok: true, reason: null, windowSeconds: 900, kinds: [] },
        services: { ok: true, reason: null, services: [] },
        quota: { ok: true, reason: null, plan: null, limits: [] },
      },
      netpost: {
        status: "down",
        monitors: { up: 2, degraded: 0, down: 1, unknown: 0 },
        // None of them has a category.
        health: expect.objectContaining({ score: null, level: null }),
        groups: [
          {
            name: "NetPost",
            status: "up",
            counts: { up: 2, degraded: 0, down: 0, unknown: 0 },
            monitors: [
              { id: "home", status: "up" },
              { id: "login", status: "up" },
            ],
          },
          {
            name: "Core",
            status: "down",
            counts: { up: 0, degraded: 0, down: 1, unknown: 0 },
            monitors: [{ id: "orders", status: "down" }],
          },
        ],
      },
    });
  });

  it("is impaired by each part that is not well, and says why", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    const at = minute(0) + 30;
    const run = (sql: string, ...values: unknown[]) =>
      env.DB.prepare(sql)
        .bind(...values)
        .run();
    await run("INSERT INTO silent_objects VALUES (3, 0, ?1, 'no answer')", minute(0));
    await run("INSERT INTO own_faults VALUES (?1, 'exporter', 0, 4, 'status 500')", minute(-1));
    const day = at - (at % 86_400);
    await run("INSERT INTO platform_usage VALUES (?1, 'free', 9, 81000, 9, 9, 9, 9, 9)", day);
    const failed = { failures: 3, last_failure_at: minute(0), reason: "rejected" };
    const told =
      "INSERT INTO exports (name, failures, last_failure_at, reason) VALUES (?1, ?2, ?3, ?4)";
    await run(told, "otlp", failed.failures, failed.last_failure_at, failed.reason);
    await run(told, "turned-off", 9, minute(-60), failed.reason);
    await run("INSERT INTO vantage_services (service, read_at) VALUES ('pingdom', ?1)", minute(0));
    await run("INSERT INTO channel_pace (channel, away_since) VALUES ('slack', 1)");
    await run("INSERT INTO d1_migrations (name) VALUES ('9999_of_another_version.sql')");
    const broken = { id: "pagerduty", type: null, on: false, because: "malformed", broken: true };
    const PROBE = {
      health: async () => ({ version }),
      channels: async () => ({ channels: [broken] }),
    };
    const { status, parts } = await detailedAt(at, { environment: { PROBE } });
    expect(status).toBe("impaired");
    const reasons = Object.entries(parts).flatMap(([name, part]) =>
      "reason" in part && part.reason !== null ? [[name, part.reason]] : [],
    );
    // A newer migration is no harm.
    expect(Object.fromEntries(reasons)).toEqual({
      objects: "no answer from eu-west/0",
      delivery: "nothing gets through slack",
      channels: "no channel is on: nobody is told of anything; settings of pagerduty are malformed",
      faults: "exporter 4",
      services: "otlp failed 3 times: rejected",
      quota: "81 % of D1 rows written a day",
    });
    expect(parts.services.services).toContainEqual({
      ...{ name: "pingdom", use: "asked", failures: 0, lastSuccessAt: iso(minute(0)) },
      ...{ lastFailureAt: null, lastFailure: null, heldUntil: null },
    });
    for (const table of [
      "exports",
      "vantage_services",
      "silent_objects",
      "own_faults",
      "platform_usage",
      "channel_pace",
    ]) {
      await run(`DELETE FROM ${table}`);
    }
    await run("DELETE FROM d1_migrations WHERE name >= ?1", newestMigration);
    const late = await ask(`${health}/ready`, { at });
    expect(late.status).toBe(503);
    const { schema: behind } = notReadyProblemSchema.parse(await late.json()).parts;
    expect(behind?.reason).toContain(`this version needs ${newestMigration}`);
    await run("INSERT INTO d1_migrations (name) VALUES (?1)", newestMigration);
  });

  it("is impaired when a region misses a round", async () => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    await record({ from: minute(1), to: minute(2) }, (_, region) =>
      region === "us-west" ? null : up,
    );
    const detailed = await detailedAt(minute(1) + 10);
    expect(detailed.status).toBe("impaired");
    expect(detailed.parts.ticks.regions[1]).toEqual({
      id: "us-west",
      state: "not-reporting",
      lastRoundAt: iso(minute(0)),
      ...unplaced,
    });
  });

  it.each([
    ["unreachable", () => Promise.reject(new Error("planted-detail"))],
    ["unexpected-answer", () => Promise.resolve({ version: 3 })],
  ])("says of a probe Worker that fails that it is %s", async (reason, answer) => {
    await applyThree();
    await record({ from: minute(0), to: minute(1) }, allUp);
    const detailed = await detailedAt(minute(0) + 10, {
      environment: { PROBE: { health: answer } },
    });
    expect(detailed.status).toBe("impaired");
    expect(detailed.parts.probe).toEqual({ ok: false, reason });
  });

  it("does not wait for ever for the probe Worker", async () => {
    await applyThree();
    const detailed = await detailedAt(minute(0) + 10, {
      environment: { PROBE: { health: () => new Promise(() => {}) } },
      clock: { ...clockAt(minute(0) + 10), sleep: () => Promise.resolve() },
    });
    expect(detailed.parts.probe).toEqual({ ok: false, reason: "timeout" });
  });
});
