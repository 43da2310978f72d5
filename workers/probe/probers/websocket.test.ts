import { describe, expect, it } from "vitest";
import type { WebSocketProbe } from "../../../shared/domain/probes/websocket.ts";
import { secretsOf } from "./secrets.ts";
import { broken, clockAt, contextOf, loopback, protocols, timeoutMs } from "./testing/attempts.ts";
import { probeWebSocket } from "./websocket.ts";

type Settings = Partial<Omit<WebSocketProbe, "kind">>;

function probe(path: string, settings: Settings = {}): WebSocketProbe {
  return {
    kind: "websocket",
    url: path.startsWith("/") ? `${protocols.webSocketUrl}${path}` : path,
    headers: {},
    send: null,
    expect: null,
    conditions: [],
    ...settings,
  };
}

describe("a WebSocket probe of a real server", () => {
  const good: readonly { name: string; target: WebSocketProbe }[] = [
    { name: "it opens, where nothing is expected", target: probe("/silent") },
    { name: "its message is answered", target: probe("/echo", { send: "hi", expect: "said hi" }) },
    {
      name: "its message is answered over TLS",
      target: probe(`wss://${loopback}:${protocols.securePort}/echo`, {
        send: "hi",
        expect: "said hi",
      }),
    },
    { name: "the answer comes in bytes", target: probe("/binary", { expect: "in bytes" }) },
    {
      name: "its headers and its name arrive",
      target: probe("/headers", {
        headers: { Authorization: "Bearer x", "User-Agent": "somebody else" },
        expect: "Bearer x from NetPost-Monitor/0",
      }),
    },
  ];
  for (const { name, target } of good) {
    it(`is up when ${name}`, async () => {
      const { outcome, httpStatus, latencyMs } = await probeWebSocket(target, contextOf());
      expect(outcome).toEqual({ outcome: "up" });
      expect(httpStatus).toBe(101);
      expect(latencyMs).toBeGreaterThanOrEqual(0);
    });
  }

  const bad: readonly { name: string; target: WebSocketProbe; reason: string; detail: RegExp }[] = [
    {
      name: "nobody listens",
      target: probe(`ws://${loopback}:${broken.ports.closed}/`),
      reason: "connection",
      detail: /^no answer: connection failed$/,
    },
    ...[protocols.tcp.untrusted, protocols.tcp.trustedForAnother, protocols.tcp.trustedOnce].map(
      (port) => ({
        name: "the certificate is not to be trusted",
        target: probe(`wss://${loopback}:${port}/`),
        reason: "connection",
        detail: /^no answer: connection failed$/,
      }),
    ),
    {
      name: "the opening is refused",
      target: probe("/status/401"),
      reason: "websocket",
      detail: /^refused with status 401$/,
    },
    {
      name: "the opening is refused for now",
      target: probe("/status/503"),
      reason: "websocket",
      detail: /^refused with status 503$/,
    },
    {
      name: "what answers is no HTTP",
      target: probe("/not-http"),
      reason: "connection",
      detail: /^no answer: connection failed$/,
    },
    {
      name: "the server hangs up",
      target: probe("/reset"),
      reason: "connection",
      detail: /^no answer: connection failed$/,
    },
    {
      name: "the opening hangs",
      target: probe("/hang"),
      reason: "http-timeout",
      detail: new RegExp(`^no answer within ${timeoutMs} ms$`),
    },
    {
      name: "no message comes",
      target: probe("/silent", { expect: "hello" }),
      reason: "websocket",
      detail: new RegExp(`^connected, but no message with "hello" within ${timeoutMs} ms$`),
    },
    {
      name: "another message comes",
      target: probe("/echo", { send: "hi", expect: "bye" }),
      reason: "websocket",
      detail: new RegExp(`^connected, but no message with "bye" within ${timeoutMs} ms$`),
    },
    {
      name: "the server closes",
      target: probe("/closes", { expect: "hello" }),
      reason: "websocket",
      detail: /^closed with code 4001 before a message with "hello"$/,
    },
    {
      name: "the connection breaks",
      target: probe("/breaks", { expect: "hello" }),
      reason: "websocket",
      detail: /^the connection broke|^closed with code 1006/,
    },
    {
      name: "garbage comes",
      target: probe("/garbage", { expect: "hello" }),
      reason: "websocket",
      detail: /^the connection broke, or what came is malformed$/,
    },
    {
      name: "messages come without end",
      target: probe("/chatter", { expect: "hello" }),
      reason: "websocket",
      detail: /^1048576 characters came without "hello"$/,
    },
  ];
  for (const { name, target, reason, detail } of bad) {
    it.concurrent(`is down when ${name}`, async () => {
      expect((await probeWebSocket(target, contextOf())).outcome).toEqual({
        outcome: "down",
        reason,
        detail: expect.stringMatching(detail),
      });
    });
  }

  it("is down when an ordinary server answers, with its status", async () => {
    const target = probe(`${protocols.resolverUrl.replace("http", "ws")}?name=unavailable.example`);
    expect(await probeWebSocket(target, contextOf())).toMatchObject({
      outcome: { reason: "websocket", detail: "refused with status 503" },
      httpStatus: 503,
    });
  });

  it("names what was not answered, to be diagnosed", async () => {
    const target = probe(`ws://${loopback}:${broken.ports.closed}/`);
    const { unanswered } = await probeWebSocket(target, contextOf());
    expect(unanswered).toBe(`http://${loopback}:${broken.ports.closed}/`);
  });

  it("is degraded when it takes too long", async () => {
    const conditions = [{ kind: "latency", maxMs: 50, otherwise: "degraded" }] as const;
    const target = probe("/silent", { conditions });
    const { outcome } = await probeWebSocket(target, contextOf({ clock: clockAt(0, 60) }));
    expect(outcome).toMatchObject({ outcome: "degraded", reason: "latency" });
  });

  it("fills in secrets, and is unknown when one is not set", async () => {
    const target = probe("/headers", {
      headers: { Authorization: "Bearer {{secret.PROBE_TOKEN}}" },
      expect: "Bearer t0ken",
    });
    const secrets = secretsOf({ PROBE_TOKEN: "t0ken" });
    const filled = await probeWebSocket(target, contextOf({ secrets }));
    expect(filled.outcome).toEqual({ outcome: "up" });
    expect((await probeWebSocket(target, contextOf())).outcome).toEqual({
      outcome: "unknown",
      reason: "secret-missing",
      detail: "PROBE_TOKEN is not set",
    });
  });
});
