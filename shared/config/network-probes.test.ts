import { describe, expect, it } from "vitest";
import { planDocumentSchema } from "../contract/plan.ts";
import { compile } from "./compile.ts";
import { parseConfig } from "./parse.ts";

/** The probe that one monitor compiles to, or the mistakes that are found in it. */
function compiled(monitor: object): unknown {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example/",
    regions: { here: { locationHint: "weur" } },
    monitors: [{ id: "one", name: "One", ...monitor }],
  });
  if (!parsed.ok) return parsed.mistakes;
  const identities = {
    monitors: new Map([["one", { number: 1, addedAt: 0 }]]),
    regions: new Map([["here", 1]]),
  };
  const plan = compile(parsed.config, identities, 1);
  // What is stored and sent is what was compiled.
  expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  return plan.monitors[0]?.probe;
}

describe("a monitor of the network", () => {
  it("opens a TCP connection, and is content with it", () => {
    expect(compiled({ type: "tcp", host: "db.netpost.example", port: 5432 })).toEqual({
      kind: "tcp",
      host: "db.netpost.example",
      port: 5432,
      tls: false,
      send: null,
      expect: null,
      conditions: [],
    });
  });

  it("says something over TCP and waits for an answer", () => {
    const monitor = {
      type: "tcp",
      host: "2001:db8::1",
      port: 6380,
      tls: true,
      send: "AUTH {{secret.PROBE_REDIS}}\r\n",
      expect: { contains: "+OK", maxLatencyMs: 100, downLatencyMs: 1000 },
    };
    expect(compiled(monitor)).toMatchObject({
      host: "2001:db8::1",
      tls: true,
      send: "AUTH {{secret.PROBE_REDIS}}\r\n",
      expect: "+OK",
      conditions: [
        { kind: "latency", maxMs: 1000, otherwise: "down" },
        { kind: "latency", maxMs: 100, otherwise: "degraded" },
      ],
    });
  });

  it("looks at a certificate", () => {
    expect(compiled({ type: "tls", host: "netpost.example" })).toEqual({
      kind: "tls",
      host: "netpost.example",
      port: 443,
      serverName: "netpost.example",
      conditions: [
        { kind: "days-left", least: 0, otherwise: "down" },
        { kind: "name", otherwise: "down" },
        { kind: "issued", otherwise: "down" },
        { kind: "version", least: "1.2", otherwise: "down" },
        { kind: "days-left", least: 14, otherwise: "degraded" },
      ],
    });
    const own = {
      type: "tls",
      host: "10.0.0.1",
      serverName: "internal.netpost.example",
      allowSelfSigned: true,
      expect: { minDaysLeft: 7, downDaysLeft: 7, issuerContains: "NetPost", minVersion: "1.3" },
    };
    expect(compiled(own)).toMatchObject({
      serverName: "internal.netpost.example",
      conditions: [
        { kind: "days-left", least: 7, otherwise: "down" },
        { kind: "name" },
        { kind: "issuer", contains: "NetPost", otherwise: "down" },
        { kind: "version", least: "1.3" },
      ],
    });
  });

  it("asks for records", () => {
    expect(compiled({ type: "dns", host: "netpost.example" })).toEqual({
      kind: "dns",
      name: "netpost.example",
      recordType: "A",
      resolver: "https://cloudflare-dns.com/dns-query",
      conditions: [{ kind: "at-least", count: 1, otherwise: "down" }],
    });
    const expected = { contains: ["v=spf1"], equals: ["v=spf1 -all"], atLeast: 1 };
    const monitor = {
      type: "dns",
      host: "_dmarc.netpost.example",
      record: "TXT",
      expect: expected,
    };
    expect(compiled(monitor)).toMatchObject({
      recordType: "TXT",
      conditions: [
        { kind: "at-least" },
        { kind: "contains", value: "v=spf1" },
        { kind: "equals", values: ["v=spf1 -all"] },
      ],
    });
  });

  it("opens a WebSocket below baseUrl or anywhere", () => {
    expect(compiled({ type: "websocket", url: "/live" })).toMatchObject({
      kind: "websocket",
      url: "wss://netpost.example/live",
      send: null,
      expect: null,
    });
    const monitor = { url: "ws://localhost:1/?token={{secret.PROBE_T}}", send: "hi" };
    expect(compiled({ type: "websocket", ...monitor })).toMatchObject(monitor);
  });
});

describe("a mistake in a monitor of the network", () => {
  const mistakes: readonly [string, object, RegExp][] = [
    ["an unknown type", { type: "ping" }, /type/],
    ["no port", { type: "tcp", host: "a" }, /^monitors\[0\]\.port: /],
    [
      "a port that the platform refuses",
      { type: "tcp", host: "a", port: 25 },
      /^monitors\[0\]\.port: not port 25, to which Cloudflare's platform opens no connection$/,
    ],
    ["a port beyond all", { type: "tcp", host: "a", port: 65_536 }, /^monitors\[0\]\.port: /],
    [
      "a URL for a host",
      { type: "tls", host: "https://netpost.example" },
      /^monitors\[0\]\.host: a host name or an IP address, without a scheme, brackets or a port$/,
    ],
    [
      "something else than a secret",
      { type: "tcp", host: "a", port: 1, send: "{{password}}" },
      /^monitors\[0\]\.send: .*\{\{secret\.PROBE_…\}\}/,
    ],
    [
      "a condition of another kind",
      { type: "tcp", host: "a", port: 1, expect: { status: [200] } },
      /^monitors\[0\]\.expect: no such setting: status; allowed: contains, maxLatencyMs, downLatencyMs$/,
    ],
    [
      "an old version",
      { type: "tls", host: "a", expect: { minVersion: "1.1" } },
      /^monitors\[0\]\.expect\.minVersion: /,
    ],
    [
      "an unknown type of record",
      { type: "dns", host: "a", record: "SPF" },
      /^monitors\[0\]\.record: /,
    ],
    [
      "a resolver that is no URL",
      { type: "dns", host: "a", resolver: "1.1.1.1" },
      /^monitors\[0\]\.resolver: an http\(s\) URL$/,
    ],
    [
      "an address for a WebSocket that is none",
      { type: "websocket", url: "https://netpost.example" },
      /^monitors\[0\]\.url: a ws\(s\) URL, or a path that starts with \/$/,
    ],
    [
      "a reference in a WebSocket's host",
      { type: "websocket", url: "wss://{{secret.PROBE_HOST}}/" },
      /^monitors\[0\]\.url: /,
    ],
    [
      "a header that is not ours to set",
      { type: "websocket", url: "/x", headers: { Upgrade: "h2c" } },
      /^monitors\[0\]\.headers: .*not a header that the opening of a WebSocket sets by itself$/,
    ],
  ];
  for (const [name, monitor, sentence] of mistakes) {
    it(`is told: ${name}`, () => {
      expect(compiled(monitor)).toEqual([expect.stringMatching(sentence)]);
    });
  }
});
