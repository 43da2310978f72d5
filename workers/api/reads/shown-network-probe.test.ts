import { expect, it } from "vitest";
import { shownProbeSchema } from "../../../shared/contract/api/monitors.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { shownProbe } from "./shown-configuration.ts";

const latency = { kind: "latency", maxMs: 100, otherwise: "degraded" } as const;

const cases: readonly { probe: Probe; shown: object }[] = [
  {
    probe: {
      ...{ kind: "tcp", host: "db.netpost.example", port: 6379, tls: true },
      ...{ send: "AUTH swordfish", expect: "+OK", conditions: [latency] },
    },
    shown: { host: "db.netpost.example", sends: true, expect: "+OK" },
  },
  {
    probe: {
      ...{ kind: "tls", host: "192.0.2.1", port: 443, serverName: "netpost.example" },
      conditions: [
        { kind: "days-left", least: 14, otherwise: "degraded" },
        { kind: "issuer", contains: "Let's Encrypt", otherwise: "down" },
      ],
    },
    shown: {
      serverName: "netpost.example",
      conditions: [
        { demand: "a certificate valid for at least 14 more days", otherwise: "degraded" },
        { demand: `an issuer that contains "Let's Encrypt"`, otherwise: "down" },
      ],
    },
  },
  {
    probe: {
      ...{ kind: "dns", name: "netpost.example", recordType: "MX" },
      resolver: "https://resolver.example/dns-query?key=swordfish",
      conditions: [{ kind: "at-least", count: 1, otherwise: "down" }, latency],
    },
    shown: {
      resolver: "https://resolver.example/dns-query?key=hidden",
      conditions: [{ demand: "at least 1 record" }, { demand: "at most 100 ms" }],
    },
  },
  {
    probe: {
      ...{ kind: "websocket", url: "wss://netpost.example/live?token=swordfish" },
      ...{ headers: { Authorization: "swordfish" }, send: "swordfish", expect: null },
      conditions: [],
    },
    shown: {
      url: "wss://netpost.example/live?token=hidden",
      headerNames: ["Authorization"],
      sends: true,
      expect: null,
    },
  },
];

it.each(cases)("a $probe.kind probe is shown without what may be a secret", ({ probe, shown }) => {
  const document = shownProbe(probe);
  expect(document).toMatchObject(shown);
  expect(shownProbeSchema.parse(document)).toEqual(document);
  expect(JSON.stringify(document)).not.toContain("swordfish");
});
