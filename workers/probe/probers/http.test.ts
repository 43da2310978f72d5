import { beforeEach, describe, expect, inject, it } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import type { Condition, HttpProbe } from "../../../shared/domain/probes/http.ts";
import { setFaults, standIn } from "../testing/harness.ts";
import { probeHttp } from "./http.ts";
import { noSecrets } from "./secrets.ts";

const ok: Condition = { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" };

function probe(path: string, more: Partial<HttpProbe> = {}): HttpProbe {
  return {
    kind: "http",
    url: path.startsWith("http") ? path : `${standIn.url}${path}`,
    method: "GET",
    headers: {},
    body: null,
    conditions: [ok],
    ...more,
  };
}

function attempt(target: HttpProbe, timeoutMs = 500) {
  return probeHttp(target, {
    clock: systemClock,
    userAgent: "NetPost-Monitor/0 (us-east; +https://netpost.example)",
    timeoutMs,
    secrets: noSecrets,
    allowsPrivate: true,
    resolverUrl: `${standIn.url}/resolver`,
  });
}

beforeEach(() => setFaults([]));

describe("an HTTP probe against a real server", () => {
  it("is up and timed when the answer is as expected", async () => {
    const { outcome, latencyMs, httpStatus } = await attempt(probe("/api/health"));
    expect(outcome).toEqual({ outcome: "up" });
    expect(httpStatus).toBe(200);
    expect(latencyMs).toBeGreaterThanOrEqual(0);
  });

  const bad: readonly { name: string; fault: object; reason: string; detail: RegExp }[] = [
    {
      name: "answers with status 500",
      fault: { kind: "status", status: 500 },
      reason: "status",
      detail: /^status 500, allowed 200–299$/,
    },
    {
      name: "never answers",
      fault: { kind: "hang" },
      reason: "http-timeout",
      detail: /^no answer within 500 ms$/,
    },
    {
      name: "answers too late",
      fault: { kind: "slow", delayMs: 5000 },
      reason: "http-timeout",
      detail: /^no answer within 500 ms$/,
    },
    {
      name: "sends headers, then its body too slowly",
      fault: { kind: "slow-body", durationMs: 5000 },
      reason: "http-timeout",
      detail: /^status 200, but no complete body within 500 ms$/,
    },
    {
      name: "resets the connection",
      fault: { kind: "reset" },
      reason: "connection",
      detail: /^no answer: connection failed$/,
    },
    {
      name: "closes the connection without a word",
      fault: { kind: "refuse", region: "us-east" },
      reason: "connection",
      detail: /^no answer: connection failed$/,
    },
  ];
  for (const { name, fault, reason, detail } of bad) {
    it(`is down when the target ${name}`, async () => {
      await setFaults([{ ...fault, path: "/api/health" }]);
      const { outcome } = await attempt(probe("/api/health"));
      expect(outcome).toEqual({
        outcome: "down",
        reason,
        detail: expect.stringMatching(detail),
      });
    });
  }

  it("is down when nobody listens", async () => {
    await setFaults([{ kind: "refuse" }]);
    const { outcome } = await attempt(probe("/api/health"));
    expect(outcome).toMatchObject({ outcome: "down", reason: "connection" });
  });

  it("does not follow a redirect: its status is the answer", async () => {
    await setFaults([{ kind: "status", status: 302, path: "/api/health" }]);
    const { outcome } = await attempt(probe("/api/health"));
    expect(outcome).toMatchObject({ reason: "status", detail: "status 302, allowed 200–299" });
  });

  it("puts JSON conditions to the body", async () => {
    const conditions: Condition[] = [
      {
        kind: "json",
        path: "$.status",
        demand: { test: "equals", value: "ok" },
        otherwise: "down",
      },
    ];
    const healthy = probe("/api/health", { conditions });
    expect((await attempt(healthy)).outcome).toEqual({ outcome: "up" });
    await setFaults([{ kind: "wrong-body", path: "/api/health", body: { status: "error" } }]);
    expect((await attempt(healthy)).outcome).toEqual({
      outcome: "down",
      reason: "json",
      detail: '$.status is "error", expected "ok"',
    });
  });

  it("sends method, headers and body, and says who it is", async () => {
    const login = probe("/api/auth/login", {
      method: "POST",
      headers: { "Content-Type": "application/json", "user-agent": "somebody else" },
      body: '{"email":"nobody@netpost.example","password":"wrong"}',
    });
    expect((await attempt(login)).httpStatus).toBe(401);
    await setFaults([{ kind: "status", status: 418, path: "/api/auth/login", region: "us-east" }]);
    expect((await attempt(login)).httpStatus).toBe(418);
  });
});

describe("over HTTPS", () => {
  const { securePort, tcp } = inject("protocols");
  const { untrusted } = inject("broken").ports;
  const over = (port: number) => attempt(probe(`https://127.0.0.1:${port}/`), 2_000);

  it("an answer is judged where the certificate's chain ends at a trusted root", async () => {
    expect(await over(securePort)).toMatchObject({ outcome: { outcome: "up" }, httpStatus: 200 });
  });

  it.each([
    ["signed by itself", untrusted],
    ["without its chain", tcp.trustedWithoutIntermediate],
    ["for another name", tcp.trustedForAnother],
    ["that has expired", tcp.trustedOnce],
  ])("a certificate %s is a connection that failed, to be diagnosed", async (_what, port) => {
    expect(await over(port)).toMatchObject({
      outcome: { outcome: "down", reason: "connection" },
      unanswered: `https://127.0.0.1:${port}/`,
    });
  });
});
