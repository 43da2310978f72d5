import { describe, expect, it } from "vitest";
import type { TcpProbe } from "../../../shared/domain/probes/tcp.ts";
import { secretsOf } from "./secrets.ts";
import { longestAnswer, probeTcp } from "./tcp.ts";
import {
  broken,
  clockAt,
  contextOf,
  loopback,
  protocols,
  timeoutMs,
  tracing,
} from "./testing/attempts.ts";

type Settings = Partial<Omit<TcpProbe, "kind">>;

function probe(port: number, settings: Settings = {}): TcpProbe {
  return {
    kind: "tcp",
    host: loopback,
    port,
    tls: false,
    send: null,
    expect: null,
    conditions: [],
    ...settings,
  };
}

describe("a TCP probe of a real server", () => {
  it("is up and timed as soon as it is connected, where nothing is expected", async () => {
    const attempt = await probeTcp(probe(protocols.tcp.silent), contextOf());
    expect(attempt).toEqual({
      outcome: { outcome: "up" },
      latencyMs: expect.any(Number),
      httpStatus: null,
    });
  });

  const good: readonly { name: string; port: number; settings: Settings }[] = [
    { name: "a greeting", port: protocols.tcp.greeting, settings: { expect: "220 " } },
    { name: "text in pieces", port: protocols.tcp.pieces, settings: { expect: "größe" } },
    {
      name: "an answer to what it sends",
      port: protocols.tcp.pong,
      settings: { send: "PING t0ken\r\n", expect: "+PONG" },
    },
    {
      name: "a text behind TLS, with a chain to a trusted root",
      port: protocols.tcp.trusted,
      settings: { tls: true, expect: "hello" },
    },
    {
      name: "a text within much else",
      port: protocols.tcp.endless,
      settings: { expect: "play all work" },
    },
  ];
  for (const { name, port, settings } of good) {
    it(`is up when it finds ${name}`, async () => {
      const { outcome } = await probeTcp(probe(port, settings), contextOf());
      expect(outcome).toEqual({ outcome: "up" });
    });
  }

  const bad: readonly {
    name: string;
    port: number;
    settings?: Settings;
    reason: string;
    detail: string;
  }[] = [
    {
      name: "nobody listens",
      port: broken.ports.closed,
      reason: "connect-refused",
      detail: "the connection was refused",
    },
    {
      name: "the name does not resolve",
      port: 80,
      settings: { host: "netpost.invalid" },
      reason: "dns",
      detail: "the name does not resolve",
    },
    {
      name: "the connection is never accepted",
      port: broken.ports.full,
      reason: "connect-timeout",
      detail: `no connection within ${timeoutMs} ms`,
    },
    {
      name: "the server is silent",
      port: protocols.tcp.silent,
      settings: { expect: "220 " },
      reason: "tcp-expect",
      detail: `connected, but no such answer within ${timeoutMs} ms`,
    },
    {
      name: "the answer is another one",
      port: protocols.tcp.pong,
      settings: { send: "QUIT\r\n", expect: "+PONG" },
      reason: "tcp-expect",
      detail: `connected, but no such answer within ${timeoutMs} ms`,
    },
    {
      name: "the server hangs up",
      port: protocols.tcp.closing,
      settings: { expect: "250 " },
      reason: "tcp-expect",
      detail: 'the connection was closed after 17 bytes without "250 "',
    },
    {
      name: "the server resets the connection",
      port: protocols.tcp.reset,
      settings: { send: "hello", expect: "hello" },
      reason: "connection",
      detail: "the connection was reset",
    },
    {
      name: "the server talks without end",
      port: protocols.tcp.endless,
      settings: { expect: "nothing of the kind" },
      reason: "tcp-expect",
      detail: `${longestAnswer} bytes came without "nothing of the kind"`,
    },
    {
      name: "TLS is wanted and the certificate is not trusted",
      port: protocols.tcp.untrusted,
      settings: { tls: true },
      reason: "tls",
      detail:
        "the TLS handshake failed: no TLS, or a certificate that is not trusted or for another name",
    },
    ...(
      [
        ["the chain lacks a link", protocols.tcp.trustedWithoutIntermediate],
        ["the certificate is for another name", protocols.tcp.trustedForAnother],
        ["the certificate has expired", protocols.tcp.trustedOnce],
      ] as const
    ).map(([what, port]) => ({
      name: `TLS is wanted and ${what}`,
      port,
      settings: { tls: true },
      reason: "tls",
      detail:
        "the TLS handshake failed: no TLS, or a certificate that is not trusted or for another name",
    })),
    {
      name: "TLS is wanted and not spoken",
      port: protocols.tcp.closing,
      settings: { tls: true },
      reason: "tls",
      detail:
        "the TLS handshake failed: no TLS, or a certificate that is not trusted or for another name",
    },
    {
      name: "TLS is wanted and nobody listens",
      port: broken.ports.closed,
      settings: { tls: true },
      reason: "connect-refused",
      detail: "the connection was refused",
    },
    {
      name: "TLS is wanted and the server is silent",
      port: protocols.tcp.silent,
      settings: { tls: true },
      reason: "connect-timeout",
      detail: `no TLS connection within ${timeoutMs} ms`,
    },
  ];
  for (const { name, port, settings, reason, detail } of bad) {
    it.concurrent(`is down when ${name}`, async () => {
      const { outcome } = await probeTcp(probe(port, settings), contextOf());
      expect(outcome).toEqual({ outcome: "down", reason, detail });
    });
  }

  it("is degraded or down when it takes too long", async () => {
    const conditions = [
      { kind: "latency", maxMs: 1000, otherwise: "down" },
      { kind: "latency", maxMs: 50, otherwise: "degraded" },
    ] as const;
    const slow = (stepMs: number) =>
      probeTcp(
        probe(protocols.tcp.greeting, { conditions }),
        contextOf({ clock: clockAt(0, stepMs) }),
      );
    expect((await slow(60)).outcome).toEqual({
      outcome: "degraded",
      reason: "latency",
      detail: "took 60 ms, expected at most 50 ms",
    });
    expect((await slow(1001)).outcome).toMatchObject({ outcome: "down", reason: "latency" });
  });

  it("sends a secret, and is unknown when it is not set", async () => {
    const target = probe(protocols.tcp.pong, {
      send: "PING {{secret.PROBE_TOKEN}}\r\n",
      expect: "+PONG",
    });
    const secrets = secretsOf({ PROBE_TOKEN: "t0ken" });
    expect((await probeTcp(target, contextOf({ secrets }))).outcome).toEqual({ outcome: "up" });
    expect((await probeTcp(target, contextOf())).outcome).toEqual({
      outcome: "unknown",
      reason: "secret-missing",
      detail: "PROBE_TOKEN is not set",
    });
  });

  it("is unknown at Cloudflare, where no connection of ours is let through", async () => {
    // A name that no resolver of the system knows, and that ours finds at Cloudflare.
    const target = probe(443, { host: "cloudflare.invalid" });
    const resolverUrl = `${broken.resolverUrl}/address/104.16.0.1`;
    expect((await probeTcp(target, contextOf({ resolverUrl }))).outcome).toMatchObject({
      outcome: "unknown",
      reason: "platform-refused",
    });
  });

  it("tells what it does where somebody wants to know", async () => {
    const { events, trace } = tracing();
    const conditions = [{ kind: "latency", maxMs: 10_000, otherwise: "down" }] as const;
    await probeTcp(probe(protocols.tcp.silent, { conditions }), contextOf({ trace }));
    expect(events).toMatchObject([
      { kind: "note", text: expect.stringMatching(/^connected after \d+ ms$/) },
      { kind: "condition", expected: "at most 10000 ms", held: true },
    ]);
  });
});
