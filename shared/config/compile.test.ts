import { describe, expect, it } from "vitest";
import type { Monitor, Quorum } from "../domain/monitor.ts";
import type { Condition, HttpProbe } from "../domain/probes/http.ts";
import { compile, type Identities, type PlanDocument } from "./compile.ts";
import { parseConfig } from "./parse.ts";
import { fileWith, monitor } from "./testing/fixtures.ts";

const identities: Identities = {
  monitors: new Map([
    ["api-health", { number: 7, addedAt: 1_000 }],
    ["other", { number: 8, addedAt: 2_000 }],
  ]),
  regions: new Map([
    ["us-east", 1],
    ["eu-west", 3],
  ]),
};

function compileFile(file: unknown, leastShards = 1, ids = identities): PlanDocument {
  const parsed = parseConfig(file);
  if (!parsed.ok) throw new RangeError(parsed.mistakes.join("\n"));
  return compile(parsed.config, ids, leastShards);
}

function compileMonitor(settings: object, file: object = {}): Monitor {
  const [compiled] = compileFile(fileWith(settings, file)).monitors;
  if (!compiled) throw new RangeError("no monitor was compiled");
  return compiled;
}

function probeOf(settings: object, file: object = {}): HttpProbe {
  const { probe } = compileMonitor(settings, file);
  if (probe.kind !== "http") throw new RangeError(`compiled to ${probe.kind}`);
  return probe;
}

describe("compile", () => {
  it("makes of the least file a whole plan", () => {
    expect(compileFile(fileWith())).toEqual({
      regions: [
        { id: "us-east", number: 1, locationHint: "enam", generation: 1 },
        { id: "eu-west", number: 3, locationHint: "weur", generation: 1 },
      ],
      monitors: [
        {
          id: "api-health",
          number: 7,
          name: "API health",
          group: "NetPost",
          probe: {
            kind: "http",
            url: "https://netpost.test/api/health",
            method: "GET",
            headers: {},
            body: null,
            conditions: [{ kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" }],
          },
          schedule: { intervalSeconds: 60, phaseSeconds: 0 },
          regions: ["us-east", "eu-west"],
          mode: "parallel",
          retry: {
            attempts: 3,
            timeoutMs: 5_000,
            backoffBaseMs: 250,
            backoffCapMs: 2_000,
            budgetMs: 15_000,
          },
          verdict: { quorum: { kind: "majority" }, failuresToOpen: 1, successesToClose: 1 },
          sloTarget: 0.999,
          category: null,
          tags: [],
          weight: 1,
          dependsOn: [],
          addedAt: 1_000,
          shard: 0,
        },
      ],
      shards: 1,
      controls: [],
    });
  });

  it("takes a monitor's own settings before the file's, and those before NetPost's", () => {
    const defaults = {
      intervalSeconds: 300,
      timeoutMs: 1_000,
      attempts: 2,
      backoffBaseMs: 1,
      backoffCapMs: 2,
      failuresToOpen: 4,
      sloTarget: 0.99,
    };
    const own = {
      timeoutMs: 700,
      backoffBaseMs: 0,
      successesToClose: 5,
      sloTarget: 0.9,
      budgetMs: 800,
    };
    expect(compileMonitor(own, { defaults })).toMatchObject({
      // The phase that "api-health" has among five minutes.
      schedule: { intervalSeconds: 300, phaseSeconds: 60 },
      retry: { attempts: 2, timeoutMs: 700, backoffBaseMs: 0, backoffCapMs: 2, budgetMs: 800 },
      verdict: { failuresToOpen: 4, successesToClose: 5 },
      sloTarget: 0.9,
    });
  });

  const quorums: [written: unknown, quorum: Quorum][] = [
    ["majority", { kind: "majority" }],
    ["any", { kind: "any" }],
    ["all", { kind: "all" }],
    [{ atLeast: 2 }, { kind: "atLeast", regions: 2 }],
  ];
  it.each(quorums)("compiles the quorum %j", (quorum, compiled) => {
    expect(compileMonitor({ quorum }).verdict.quorum).toEqual(compiled);
  });

  const urls: [baseUrl: string, url: string, whole: string][] = [
    ["https://netpost.test", "/api/health", "https://netpost.test/api/health"],
    ["https://netpost.test/", "/api/health", "https://netpost.test/api/health"],
    [
      "https://netpost.test/v2//",
      "/api/health?deep=1",
      "https://netpost.test/v2/api/health?deep=1",
    ],
    ["http://127.0.0.1:8788", "/", "http://127.0.0.1:8788/"],
    ["https://netpost.test", "http://other.test/x", "http://other.test/x"],
  ];
  it.each(urls)("finds below %s the URL %s at %s", (baseUrl, url, whole) => {
    expect(probeOf({ url }, { baseUrl }).url).toBe(whole);
  });

  it("sends what the file says", () => {
    const settings = { method: "POST", headers: { "X-Key": "k" }, body: "{}" };
    expect(probeOf(settings)).toMatchObject(settings);
  });

  it("leaves out of the plan what is not used", () => {
    const settings = {
      auth: { bearer: "{{secret.PROBE_TOKEN}}" },
      redirects: 3,
      metrics: { databaseMs: "$.checks.database.responseTimeMs" },
    };
    expect(probeOf(settings)).toMatchObject({
      auth: { kind: "bearer", token: "{{secret.PROBE_TOKEN}}" },
      redirects: 3,
      metrics: { databaseMs: "$.checks.database.responseTimeMs" },
    });
    for (const field of ["auth", "redirects", "metrics"]) {
      expect(probeOf({})).not.toHaveProperty(field);
    }
  });

  it("compiles a transaction's steps as it does monitors", () => {
    const steps = [
      { name: "log-in", url: "/login", method: "POST", body: "{}", extract: { token: "$.token" } },
      { name: "use", url: "/x", auth: { bearer: "{{token}}" }, expect: { status: [204] } },
    ];
    const transaction = { id: "other", name: "Session", type: "transaction", steps };
    const file = { monitors: [{ ...transaction, expect: { maxLatencyMs: 900 } }] };
    const { probe } = compileMonitor({}, file);
    expect(probe).toEqual({
      kind: "transaction",
      steps: [
        {
          name: "log-in",
          url: "https://netpost.test/login",
          method: "POST",
          headers: {},
          body: "{}",
          conditions: [{ kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" }],
          extract: { token: "$.token" },
        },
        {
          name: "use",
          url: "https://netpost.test/x",
          method: "GET",
          headers: {},
          body: null,
          auth: { kind: "bearer", token: "{{token}}" },
          conditions: [{ kind: "status", allowed: [{ from: 204, to: 204 }], otherwise: "down" }],
        },
      ],
      conditions: [{ kind: "latency", maxMs: 900, otherwise: "degraded" }],
    });
  });

  const statuses: [written: unknown[], allowed: { from: number; to: number }[]][] = [
    [["2xx"], [{ from: 200, to: 299 }]],
    [
      ["1xx", "5xx"],
      [
        { from: 100, to: 199 },
        { from: 500, to: 599 },
      ],
    ],
    [[401], [{ from: 401, to: 401 }]],
    [
      [{ from: 200, to: 204 }, 301],
      [
        { from: 200, to: 204 },
        { from: 301, to: 301 },
      ],
    ],
  ];
  it.each(statuses)("compiles the statuses %j", (status, allowed) => {
    expect(probeOf({ expect: { status } }).conditions).toEqual([
      { kind: "status", allowed, otherwise: "down" },
    ]);
  });

  const demands: [written: object, condition: Partial<Condition>][] = [
    [{ exists: true }, { demand: { test: "exists" }, otherwise: "down" }],
    [{ equals: "ok" }, { demand: { test: "equals", value: "ok" }, otherwise: "down" }],
    [{ equals: null }, { demand: { test: "equals", value: null }, otherwise: "down" }],
    [{ equals: false }, { demand: { test: "equals", value: false }, otherwise: "down" }],
    [{ oneOf: ["a", 1] }, { demand: { test: "oneOf", values: ["a", 1] }, otherwise: "down" }],
    [{ atMost: 0 }, { demand: { test: "atMost", value: 0 }, otherwise: "down" }],
    [{ atLeast: 0 }, { demand: { test: "atLeast", value: 0 }, otherwise: "down" }],
    [
      { atLeast: 80, otherwise: "degraded" },
      { demand: { test: "atLeast", value: 80 }, otherwise: "degraded" },
    ],
  ];
  it.each(demands)("compiles the JSON condition %j", (written, condition) => {
    const expected = { kind: "json", path: "$.a", ...condition };
    const { conditions } = probeOf({ expect: { json: [{ path: "$.a", ...written }] } });
    expect(conditions.slice(1)).toEqual([expected]);
  });

  it("puts conditions in the order in which they decide: what is down before what is slow", () => {
    const settings = {
      maxLatencyMs: 1_000,
      downLatencyMs: 4_000,
      json: [{ path: "$.status", exists: true }],
      notContains: ["error"],
      contains: ["NetPost", { text: "ok", otherwise: "degraded" }],
      matches: ["v\\d"],
      notMatches: [{ pattern: "Error", otherwise: "degraded" }],
      headers: [{ name: "content-type", contains: "json" }],
      maxBodyBytes: 900,
      status: [200],
    };
    expect(probeOf({ expect: settings }).conditions).toEqual([
      { kind: "status", allowed: [{ from: 200, to: 200 }], otherwise: "down" },
      {
        kind: "header",
        name: "content-type",
        demand: { test: "contains", value: "json" },
        otherwise: "down",
      },
      { kind: "size", maxBytes: 900, otherwise: "down" },
      { kind: "text", contains: "NetPost", present: true, otherwise: "down" },
      { kind: "text", contains: "ok", present: true, otherwise: "degraded" },
      { kind: "text", contains: "error", present: false, otherwise: "down" },
      { kind: "regex", pattern: "v\\d", present: true, otherwise: "down" },
      { kind: "regex", pattern: "Error", present: false, otherwise: "degraded" },
      { kind: "json", path: "$.status", demand: { test: "exists" }, otherwise: "down" },
      { kind: "latency", maxMs: 4_000, otherwise: "down" },
      { kind: "latency", maxMs: 1_000, otherwise: "degraded" },
    ]);
  });

  it("keeps a monitor to the regions it names", () => {
    expect(compileMonitor({ regions: ["eu-west"] }).regions).toEqual(["eu-west"]);
  });

  it("takes a region's generation", () => {
    const moved = { "us-east": { locationHint: "enam", generation: 4 } };
    expect(compileFile(fileWith({}, { regions: moved })).regions).toEqual([
      { id: "us-east", number: 1, locationHint: "enam", generation: 4 },
    ]);
  });

  it("assigns shards by the worst case", () => {
    const ids = Array.from({ length: 8 }, (_, index) => `m-${index}`);
    const monitors = ids.map((id) => ({ ...monitor, id, budgetMs: 50_000 }));
    const numbered = new Map(ids.map((id, index) => [id, { number: index + 1, addedAt: 0 }]));
    const plan = compileFile(fileWith({}, { monitors }), 1, { ...identities, monitors: numbered });
    expect(plan.monitors.map(({ shard }) => shard)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    expect(plan.shards).toBe(2);
  });

  it("never has fewer shards than the plan before", () => {
    expect(compileFile(fileWith(), 5).shards).toBe(5);
    expect(compileFile(fileWith({}, { monitors: [] }), 0).shards).toBe(1);
  });

  it("refuses a monitor or a region without a number", () => {
    expect(() => compileFile(fileWith({ id: "stranger" }))).toThrow(
      new RangeError("monitor stranger has no number"),
    );
    const strange = { regions: { atlantis: { locationHint: "enam" } } };
    expect(() => compileFile(fileWith({}, strange))).toThrow(
      new RangeError("region atlantis has no number"),
    );
  });
});
