import { describe, expect, it } from "vitest";
import type { DnsCondition, DnsProbe } from "../../../shared/domain/probes/dns.ts";
import { probeDns } from "./dns.ts";
import { broken, clockAt, contextOf, loopback, protocols, timeoutMs } from "./testing/attempts.ts";

const some: DnsCondition = { kind: "at-least", count: 1, otherwise: "down" };
const equals = (...values: string[]): DnsCondition => ({
  kind: "equals",
  values,
  otherwise: "down",
});
const contains = (value: string): DnsCondition => ({ kind: "contains", value, otherwise: "down" });

function probe(
  recordType: DnsProbe["recordType"],
  conditions: readonly DnsCondition[] = [some],
  more: Partial<DnsProbe> = {},
): DnsProbe {
  const name = "netpost.example";
  return { kind: "dns", name, recordType, resolver: protocols.resolverUrl, conditions, ...more };
}

describe("a DNS probe of a real resolver", () => {
  const good: readonly [string, DnsProbe][] = [
    ["there is a record", probe("A")],
    ["the addresses are these in any order", probe("A", [equals("192.0.2.8", "192.0.2.7")])],
    ["one address is this", probe("A", [contains("192.0.2.7")])],
    ["an IPv6 address is written in another way", probe("AAAA", [equals("2001:db8::7")])],
    [
      "a name is written in another case and with a dot",
      probe("CNAME", [equals("EDGE.netpost.example.")]),
    ],
    ["a mail server is this", probe("MX", [equals("10 mail.netpost.example")])],
    ["name servers are these", probe("NS", [equals("ns1.netpost.example", "NS2.netpost.example")])],
    ["a text in two pieces contains this", probe("TXT", [contains("netpost.example -all")])],
    ["a text has quotes in it", probe("TXT", [contains('site=a"b'), contains("bare text")])],
    [
      "there are as many as wanted",
      probe("A", [{ kind: "at-least", count: 2, otherwise: "down" }]),
    ],
  ];
  for (const [name, target] of good) {
    it(`is up when ${name}`, async () => {
      const { outcome, latencyMs } = await probeDns(target, contextOf());
      expect(outcome).toEqual({ outcome: "up" });
      expect(latencyMs).toBeGreaterThanOrEqual(0);
    });
  }

  it("says who asks, and in which form it wants the answer", async () => {
    const conditions = [contains("NetPost-Monitor/0"), contains("application/dns-json")];
    const target = probe("TXT", conditions, { name: "agent.example" });
    expect((await probeDns(target, contextOf())).outcome).toEqual({ outcome: "up" });
  });

  const bad: readonly { name: string; target: DnsProbe; reason: string; detail: string }[] = [
    {
      name: "there is no such name",
      target: probe("A", [some], { name: "nxdomain.example" }),
      reason: "dns-record",
      detail: "there is no such name (NXDOMAIN)",
    },
    {
      name: "there is no record of the type",
      target: probe("A", [some], { name: "empty.example" }),
      reason: "dns-record",
      detail: "no A record, expected at least 1 record",
    },
    {
      name: "a record is missing",
      target: probe("A", [contains("192.0.2.9")]),
      reason: "dns-record",
      detail: '2 records: 192.0.2.7, 192.0.2.8, expected "192.0.2.9" among the records',
    },
    {
      name: "an address only begins like the one wanted",
      target: probe("A", [contains("192.0.2")]),
      reason: "dns-record",
      detail: '2 records: 192.0.2.7, 192.0.2.8, expected "192.0.2" among the records',
    },
    {
      name: "there is one more than wanted",
      target: probe("A", [equals("192.0.2.7")]),
      reason: "dns-record",
      detail: '2 records: 192.0.2.7, 192.0.2.8, expected exactly "192.0.2.7"',
    },
    {
      name: "there are too few",
      target: probe("AAAA", [{ kind: "at-least", count: 2, otherwise: "down" }]),
      reason: "dns-record",
      detail: "1 record: 2001:db8::7, expected at least 2 records",
    },
    {
      name: "the name's servers fail",
      target: probe("A", [some], { name: "servfail.example" }),
      reason: "dns",
      detail: "the name's servers fail, or their answer is not validly signed (SERVFAIL)",
    },
  ];
  for (const { name, target, reason, detail } of bad) {
    it.concurrent(`is down when ${name}`, async () => {
      expect((await probeDns(target, contextOf())).outcome).toEqual({
        outcome: "down",
        reason,
        detail,
      });
    });
  }

  it("is degraded when that is all a condition wants", async () => {
    const target = probe("A", [some, { ...contains("192.0.2.9"), otherwise: "degraded" }]);
    expect((await probeDns(target, contextOf())).outcome).toMatchObject({
      outcome: "degraded",
      reason: "dns-record",
    });
  });

  it("is degraded when it takes too long", async () => {
    const target = probe("A", [some, { kind: "latency", maxMs: 50, otherwise: "degraded" }]);
    const { outcome } = await probeDns(target, contextOf({ clock: clockAt(0, 60) }));
    expect(outcome).toMatchObject({ outcome: "degraded", reason: "latency" });
  });

  const ours: readonly [string, string, string][] = [
    ["refuses to answer", "refused.example", "the resolver answers with code 5"],
    ["answers with HTML", "garbage.example", "the resolver does not answer in DNS JSON"],
    ["answers with other JSON", "other-json.example", "the resolver does not answer in DNS JSON"],
    ["is unavailable", "unavailable.example", "the resolver answers with status 503"],
    ["sends us elsewhere", "elsewhere.example", "the resolver answers with status 302"],
    ["hangs up", "reset.example", "the resolver does not answer"],
    ["answers without end", "endless.example", "the resolver does not answer in DNS JSON"],
    ["is silent", "silent.example", `the resolver does not answer within ${timeoutMs} ms`],
  ];
  for (const [what, name, detail] of ours) {
    it(`is unknown, not down, when the resolver ${what}`, async () => {
      const { outcome } = await probeDns(probe("A", [some], { name }), contextOf());
      expect(outcome).toEqual({ outcome: "unknown", reason: "resolver-failed", detail });
    });
  }

  it("is unknown, not down, when there is no resolver", async () => {
    const resolver = `http://${loopback}:${broken.ports.closed}/dns-query`;
    const { outcome } = await probeDns(probe("A", [some], { resolver }), contextOf());
    expect(outcome).toMatchObject({ outcome: "unknown", reason: "resolver-failed" });
  });
});
