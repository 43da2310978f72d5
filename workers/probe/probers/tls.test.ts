import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileTls, tlsFields } from "../../../shared/config/probes/tls.ts";
import type { TlsProbe } from "../../../shared/domain/probes/tls.ts";
import { broken, clockAt, contextOf, loopback, protocols, timeoutMs } from "./testing/attempts.ts";
import { probeTls } from "./tls.ts";

const { tls, certificate } = protocols;
const dayMs = 86_400_000;
const shape = z.object(tlsFields);

/** A probe as the configuration makes it. */
function probe(port: number, settings: Partial<z.input<typeof shape>> = {}): TlsProbe {
  const monitor = { type: "tls", host: loopback, port, serverName: "www.netpost.example" } as const;
  return compileTls(shape.parse({ ...monitor, ...settings }));
}

/** With the clock set to so many days before the certificate ends. */
function attempt(target: TlsProbe, daysLeft = 60, more = {}) {
  const clock = clockAt(certificate.until - daysLeft * dayMs);
  return probeTls(target, contextOf({ clock, ...more }));
}

describe("a TLS probe of a real server", () => {
  const good = [
    ["the newest version", tls.modern, "1.3"],
    ["TLS 1.2 alone", tls.only12, "1.2"],
    ["P-256 alone", tls.p256, "1.3"],
    ["P-384 alone", tls.p384, "1.3"],
    ["AES-256 alone", tls.aes256, "1.3"],
    ["TLS 1.3 and asks for our certificate", tls.asksForCertificate, "1.3"],
    ["TLS 1.3 with a chain longer than a record", tls.longChain, "1.3"],
    ["TLS 1.2 after a warning about the name", tls.warnsOfName, "1.2"],
    ["TLS 1.2 with a chain longer than a record", tls.longChain12, "1.2"],
  ] as const;
  for (const [name, port, version] of good) {
    it(`is up with the days that are left, when it speaks ${name}`, async () => {
      expect(await attempt(probe(port))).toEqual({
        outcome: { outcome: "up" },
        latencyMs: 0,
        httpStatus: null,
        metrics: { certificateDaysLeft: 60 },
      });
      const onlyNewest = await attempt(probe(port, { expect: { minVersion: "1.3" } }));
      expect(onlyNewest.outcome.outcome).toBe(version === "1.3" ? "up" : "down");
    });
  }

  it("is degraded when few days are left, and down when fewer are", async () => {
    const target = probe(tls.modern, { expect: { minDaysLeft: 14, downDaysLeft: 3 } });
    expect((await attempt(target, 14)).outcome).toEqual({ outcome: "up" });
    expect(await attempt(target, 13.5)).toMatchObject({
      outcome: {
        outcome: "degraded",
        reason: "certificate",
        detail:
          "the certificate is valid for 13 more days (until 2027-02-21T20:23:14.000Z), expected a certificate valid for at least 14 more days",
      },
      metrics: { certificateDaysLeft: 13 },
    });
    expect((await attempt(target, 2)).outcome).toMatchObject({ outcome: "down" });
  });

  it("is down when the certificate has expired, or is not valid yet", async () => {
    expect(await attempt(probe(tls.modern), -0.5)).toMatchObject({
      outcome: {
        outcome: "down",
        reason: "certificate",
        detail: expect.stringMatching(/^the certificate expired on 2027-02-21T20:23:14.000Z, /),
      },
      metrics: { certificateDaysLeft: -1 },
    });
    const early = contextOf({ clock: clockAt(certificate.from - dayMs) });
    expect((await probeTls(probe(tls.modern), early)).outcome).toMatchObject({
      outcome: "down",
      detail: expect.stringMatching(/^the certificate is not valid before 2026-11-23T20:23:14/),
    });
  });

  const names = [
    ["localhost", "up"],
    ["WWW.netpost.example", "up"],
    [loopback, "up"],
    ["netpost.example", "down"],
    ["a.b.netpost.example", "down"],
    ["127.0.0.2", "down"],
  ] as const;
  for (const [serverName, outcome] of names) {
    it(`is ${outcome} when the certificate is asked for as ${serverName}`, async () => {
      const seen = (await attempt(probe(tls.modern, { serverName }))).outcome;
      expect(seen.outcome).toBe(outcome);
      if (outcome === "down") {
        expect(seen).toMatchObject({
          reason: "certificate",
          detail: `the certificate is for DNS:localhost, DNS:*.netpost.example, IP Address:127.0.0.1, not ${serverName}, expected a certificate for the name asked for`,
        });
      }
    });
  }

  it("looks at who issued the certificate", async () => {
    const by = (issuerContains: string) => probe(tls.modern, { expect: { issuerContains } });
    expect((await attempt(by("NetPost Test CA"))).outcome).toEqual({ outcome: "up" });
    expect((await attempt(by("Let's Encrypt"))).outcome).toEqual({
      outcome: "down",
      reason: "certificate",
      detail:
        'the certificate is signed by O=NetPost, CN=NetPost Test CA, expected an issuer that contains "Let\'s Encrypt"',
    });
  });

  it("is down when the certificate is signed by itself, unless that is allowed", async () => {
    const settings = { serverName: "netpost.invalid" };
    expect((await attempt(probe(tls.selfSigned, settings))).outcome).toMatchObject({
      outcome: "down",
      detail:
        "the certificate is signed by CN=netpost.invalid, expected a certificate not signed by itself",
    });
    const allowed = probe(tls.selfSigned, { ...settings, allowSelfSigned: true });
    expect((await attempt(allowed)).outcome).toEqual({ outcome: "up" });
  });

  const bad: readonly { name: string; port: number; reason: string; detail: string }[] = [
    {
      name: "nobody listens",
      port: broken.ports.closed,
      reason: "connect-refused",
      detail: "the connection was refused",
    },
    {
      name: "the connection is never accepted",
      port: broken.ports.full,
      reason: "connect-timeout",
      detail: `no connection within ${timeoutMs} ms`,
    },
    {
      name: "the server hangs",
      port: broken.ports.hanging,
      reason: "tls",
      detail: `connected, but no certificate within ${timeoutMs} ms`,
    },
    {
      name: "the server hangs up",
      port: broken.ports.hangingUp,
      reason: "tls",
      detail: "the server ended the connection before it showed a certificate",
    },
    {
      name: "the connection is reset",
      port: protocols.tcp.reset,
      reason: "connection",
      detail: "the connection was reset",
    },
    {
      name: "the server refuses our versions",
      port: tls.only11,
      reason: "tls",
      detail: "the server refuses the handshake: protocol_version",
    },
    {
      name: "the server answers in an older version",
      port: tls.olderByHand,
      reason: "tls",
      detail: "the server speaks no newer version than TLS 1.0",
    },
    {
      name: "the server has no cipher in common with us",
      port: tls.chacha,
      reason: "tls",
      detail: "the server refuses the handshake: handshake_failure",
    },
    {
      name: "the server wants a key exchange that is not offered",
      port: tls.p521,
      reason: "tls",
      detail: "the server refuses the handshake: handshake_failure",
    },
    {
      name: "the server refuses the name",
      port: tls.refusesName,
      reason: "tls",
      detail: "the server refuses the handshake: unrecognized_name",
    },
    {
      name: "the server speaks another protocol",
      port: tls.plain,
      reason: "protocol",
      detail: "the handshake is malformed: what answers does not speak TLS",
    },
    {
      name: "the server ends after its hello",
      port: tls.endsMidway,
      reason: "tls",
      detail: "the server ended the connection before it showed a certificate",
    },
    {
      name: "the server ends within a record",
      port: tls.cutsRecord,
      reason: "tls",
      detail: "the server ended the connection before it showed a certificate",
    },
    {
      name: "the certificate is none",
      port: tls.badCertificate,
      reason: "protocol",
      detail: "the certificate cannot be read",
    },
    {
      name: "records come without end",
      port: tls.endlessRecords,
      reason: "protocol",
      detail: "the handshake is malformed: the handshake does not end",
    },
    {
      name: "a message has no end",
      port: tls.endlessMessage,
      reason: "protocol",
      detail: "the handshake is malformed: a message is too long",
    },
    {
      name: "a record is longer than any may be",
      port: tls.hugeRecord,
      reason: "protocol",
      detail: "the handshake is malformed: a record is too long",
    },
    {
      name: "what comes is endless and no TLS",
      port: protocols.tcp.endless,
      reason: "protocol",
      detail: "the handshake is malformed: what answers does not speak TLS",
    },
  ];
  for (const { name, port, reason, detail } of bad) {
    it.concurrent(`is down when ${name}`, async () => {
      expect((await attempt(probe(port))).outcome).toEqual({ outcome: "down", reason, detail });
    });
  }

  it("fails itself, which is unknown, when the server asks for what we cannot do", async () => {
    await expect(attempt(probe(tls.asksAgain))).rejects.toThrow(RangeError);
  });

  it("is down when it takes too long", async () => {
    const target = probe(tls.modern, { expect: { downLatencyMs: 50 } });
    const clock = clockAt(certificate.until - 60 * dayMs, 60);
    expect((await probeTls(target, contextOf({ clock }))).outcome).toMatchObject({
      outcome: "down",
      reason: "latency",
    });
  });
});

describe("a TLS probe of a chain", () => {
  it("reads the server's own certificate, not that of an authority", async () => {
    const target = probe(tls.chain, { expect: { issuerContains: "Trusted Test Intermediate" } });
    const { outcome, metrics } = await probeTls(target, contextOf());
    expect(outcome).toEqual({ outcome: "up" });
    expect(metrics?.["certificateDaysLeft"]).toBeGreaterThan(30_000);
  });
});

describe("a TLS probe of a host at Cloudflare", () => {
  // No resolver of the system knows the name, ours finds it at Cloudflare; nothing answers HTTPS.
  const target = probe(443, { host: "cloudflare.invalid", serverName: "cloudflare.invalid" });
  const resolverUrl = `${broken.resolverUrl}/address/104.16.0.1`;

  it("is down when HTTPS is not answered, without days", async () => {
    const seen = await attempt(target, 60, { resolverUrl });
    expect(seen).toEqual({
      outcome: {
        outcome: "down",
        reason: "tls",
        detail: "at Cloudflare, and HTTPS is not answered",
      },
      latencyMs: null,
      httpStatus: null,
    });
  });

  it("is up and managed when HTTPS is answered under the name, without days", async () => {
    const answered = probe(protocols.securePort, {
      host: "cloudflare.invalid",
      serverName: loopback,
      expect: { maxLatencyMs: 10_000 },
    });
    expect(await probeTls(answered, contextOf({ resolverUrl, timeoutMs: 5_000 }))).toEqual({
      outcome: { outcome: "up" },
      latencyMs: expect.any(Number),
      httpStatus: null,
      metrics: { certificateManaged: 1 },
    });
  });

  it("is an ordinary host when the resolver does not say so", async () => {
    for (const path of ["/address/192.0.2.1", "/nxdomain", "/servfail", "/garbage"]) {
      const seen = await attempt(target, 60, { resolverUrl: `${broken.resolverUrl}${path}` });
      expect(seen.outcome).toMatchObject({ outcome: "down", reason: "dns" });
    }
  });
});
