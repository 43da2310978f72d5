import { describe, expect, test } from "vitest";
import { inbound } from "../domain/inbound.ts";
import { compile, type PlanDocument } from "./compile.ts";
import { decompile } from "./decompile.ts";
import { parseConfig } from "./parse.ts";

function compiled(input: unknown): PlanDocument {
  const parsed = parseConfig(input);
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const { config } = parsed;
  const monitors = config.monitors.map(({ id }, index) => {
    return [id, { number: index + 1, addedAt: 60 }] as const;
  });
  const regions = Object.keys(config.regions).map((id, index) => [id, index + 1] as const);
  return compile(
    config,
    { monitors: new Map(monitors), regions: new Map([...regions, [inbound.id, 99]]) },
    1,
  );
}

const regions = { here: { locationHint: "weur" }, there: { locationHint: "enam", generation: 3 } };
const latencies = { maxLatencyMs: 900, downLatencyMs: 2_000 };

const everyKind = [
  {
    ...{ id: "all", name: "All", url: "/a?b={{secret.PROBE_KEY}}", method: "POST", body: "{}" },
    ...{ headers: { "x-a": "b" }, redirects: 2, auth: { bearer: "{{secret.PROBE_TOKEN}}" } },
    metrics: { depth: "$.depth" },
    vantagePoints: [
      { service: "pingdom", check: "85975" },
      { service: "uptimerobot", check: "7", role: "verdict" },
    ],
    expect: {
      ...latencies,
      status: [200, "3xx", { from: 401, to: 403 }],
      statusOtherwise: "degraded",
      headers: [
        { name: "a", present: true },
        { name: "b", absent: true },
        { name: "c", equals: "1", otherwise: "degraded" },
        { name: "d", contains: "1" },
      ],
      maxBodyBytes: { bytes: 10, otherwise: "degraded" },
      contains: ["x", { text: "y", otherwise: "degraded" }],
      notContains: ["z"],
      matches: ["a+"],
      notMatches: [{ pattern: "b+", otherwise: "degraded" }],
      json: [
        { path: "$.a", exists: true },
        { path: "$.b", equals: null },
        { path: "$.c", oneOf: [1, "a"] },
        { path: "$.d", atMost: 3, otherwise: "degraded" },
        { path: "$.e", atLeast: 3 },
      ],
    },
  },
  {
    ...{
      id: "basic",
      name: "Basic",
      url: "https://other.example/x",
      group: "G",
      category: "system",
    },
    auth: { basic: { username: "u", password: "{{secret.PROBE_PASSWORD}}" } },
    ...{ tags: ["one"], weight: 3, dependsOn: ["all"], regions: ["there"], public: false },
    ...{ mode: "round-robin", intervalSeconds: 300, quorum: { atLeast: 1 }, sloTarget: 0.95 },
  },
  {
    ...{ id: "steps", name: "Steps", type: "transaction", expect: latencies },
    steps: [
      { name: "one", url: "/1", extract: { token: "$.t" } },
      { name: "two", url: "/2", auth: { bearer: "{{token}}" }, expect: { status: [201] } },
    ],
  },
  {
    ...{ id: "cache", name: "Cache", type: "tcp", host: "10.0.0.1", port: 6379, tls: true },
    ...{ send: "PING\r\n", expect: { contains: "PONG", ...latencies } },
  },
  { id: "bare", name: "Bare", type: "tcp", host: "db.example", port: 5432 },
  {
    ...{ id: "cert", name: "Cert", type: "tls", host: "a.example", port: 8443, serverName: "b.a" },
    allowSelfSigned: true,
    expect: { minDaysLeft: 20, downDaysLeft: 3, issuerContains: "CA", minVersion: "1.3" },
  },
  { id: "cert-2", name: "Cert", type: "tls", host: "a.example", expect: { minDaysLeft: 0 } },
  {
    ...{ id: "mail", name: "Mail", type: "dns", host: "a.example", record: "MX" },
    expect: { contains: ["m1"], equals: ["m1", "m2"], atLeast: 2, ...latencies },
  },
  {
    ...{ id: "live", name: "Live", type: "websocket", url: "/live", headers: { "x-a": "b" } },
    ...{ send: "hi", expect: { contains: "hello", maxLatencyMs: 5 } },
  },
  { id: "job", name: "Job", type: "heartbeat", every: 3_600, maxRunSeconds: 60, sloTarget: 0.9 },
  { id: "night", name: "Night", type: "heartbeat", cron: "0 3 * * *", timeZone: "Europe/Berlin" },
];

const table: [name: string, input: unknown][] = [
  [
    "every kind of probe and condition",
    { baseUrl: "https://netpost.example/", regions, monitors: everyKind },
  ],
  [
    "everything beside the monitors",
    {
      ...{ baseUrl: "https://netpost.example", regions, monitors: [] },
      controls: ["https://a.example/"],
      reports: { zone: "Europe/Berlin", daily: false },
      kpis: { docsReviewedOn: "2026-10-01" },
      retention: { rawDays: 10, hourDays: 100, dayDays: 1_000 },
      metrics: [
        { name: "a", unit: "ms", category: "database", warning: 5, critical: 10 },
        { name: "b", unit: "%", direction: "below", warning: 5, critical: 1, aggregate: "max" },
        { name: "c", unit: "1/s" },
      ],
      healthScore: { weights: { database: 50 }, warningBelow: 80 },
    },
  ],
];

describe("a plan turned back into a configuration", () => {
  test.each(table)("compiles to the same again: %s", (_name, input) => {
    const document = compiled(input);
    expect(compiled(decompile(document))).toEqual(document);
  });

  test("says what most monitors have once, and urls as paths", () => {
    const monitors = ["a", "b", "c"].map((id, index) => {
      return { id, name: id, url: `/${id}`, intervalSeconds: index === 2 ? 60 : 300 };
    });
    const document = compiled({ baseUrl: "https://netpost.example", regions, monitors });
    expect(decompile(document)).toEqual({
      baseUrl: "https://netpost.example",
      regions,
      defaults: { intervalSeconds: 300 },
      monitors: [
        { id: "a", name: "a", group: "NetPost", url: "/a" },
        { id: "b", name: "b", group: "NetPost", url: "/b" },
        { id: "c", name: "c", group: "NetPost", url: "/c", intervalSeconds: 60 },
      ],
    });
  });
});
