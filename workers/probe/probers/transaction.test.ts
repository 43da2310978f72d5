import { beforeEach, describe, expect, inject, it } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import type { Condition } from "../../../shared/domain/probes/http.ts";
import type {
  TransactionProbe,
  TransactionStep,
} from "../../../shared/domain/probes/transaction.ts";
import { setFaults, standIn } from "../testing/harness.ts";
import { secretsOf } from "./secrets.ts";
import type { TraceEvent } from "./trace.ts";
import { probeTransaction } from "./transaction.ts";

const raw = inject("rawServer");
const password = "netpost-demo";
const secrets = secretsOf({ PROBE_LOGIN_PASSWORD: password });

function status(allowed: number): Condition {
  return { kind: "status", allowed: [{ from: allowed, to: allowed }], otherwise: "down" };
}

function step(name: string, url: string, more: Partial<TransactionStep> = {}): TransactionStep {
  return {
    name,
    url: url.startsWith("http") ? url : `${standIn.url}${url}`,
    method: "GET",
    headers: {},
    body: null,
    conditions: [status(200)],
    ...more,
  };
}

const json = { "Content-Type": "application/json" };
const auth = { kind: "bearer", token: "{{token}}" } as const;

const logIn = step("log-in", "/api/auth/login", {
  method: "POST",
  headers: json,
  body: '{"email":"monitor@netpost.example","password":"{{secret.PROBE_LOGIN_PASSWORD}}"}',
  extract: { token: "$.token" },
});
const create = step("create", "/api/posts", {
  method: "POST",
  headers: json,
  auth,
  body: '{"title":"Probe","body":"By the monitoring."}',
  conditions: [status(201)],
  extract: { id: "$.id" },
});
const readBack = step("read-back", "/api/posts/{{id}}", {
  conditions: [
    status(200),
    {
      kind: "json",
      path: "$.title",
      demand: { test: "equals", value: "Probe" },
      otherwise: "down",
    },
  ],
});
const logOut = step("log-out", "/api/auth/logout", {
  method: "POST",
  auth,
  conditions: [status(204)],
});
const session = [logIn, create, readBack, logOut];

function attempt(
  steps: readonly TransactionStep[],
  more: Partial<TransactionProbe> = {},
  trace?: (event: TraceEvent) => void,
) {
  return probeTransaction(
    { kind: "transaction", steps, conditions: [], ...more },
    {
      clock: systemClock,
      userAgent: "NetPost-Monitor/0 (us-east; +https://netpost.example)",
      timeoutMs: 1_000,
      secrets,
      allowsPrivate: true,
      resolverUrl: `${standIn.url}/resolver`,
      ...(trace && { trace }),
    },
  );
}

beforeEach(() => setFaults([]));

describe("a transaction against a real server", () => {
  it("logs in, creates, reads back and logs out, and times every step", async () => {
    const { outcome, latencyMs, metrics = {} } = await attempt(session);
    expect(outcome).toEqual({ outcome: "up" });
    expect(Object.keys(metrics)).toEqual([
      "step.log-inMs",
      "step.createMs",
      "step.read-backMs",
      "step.log-outMs",
    ]);
    expect(latencyMs).toBe(Object.values(metrics).reduce((sum, ms) => sum + ms, 0));
  });

  it("ends at the first step that fails, and names it", async () => {
    await setFaults([{ kind: "status", status: 503, path: "/api/posts" }]);
    const { outcome, httpStatus, metrics = {} } = await attempt(session);
    expect(outcome).toEqual({
      outcome: "down",
      reason: "step",
      detail: "step create: status 503, allowed 201",
    });
    expect(httpStatus).toBe(503);
    expect(Object.keys(metrics)).toEqual(["step.log-inMs", "step.createMs"]);
  });

  it("has one time for all steps", async () => {
    await setFaults([{ kind: "slow", delayMs: 600 }]);
    const startedAt = Date.now();
    const { outcome } = await attempt(session);
    expect(outcome).toMatchObject({
      outcome: "down",
      detail: "step create: no answer within 1000 ms",
    });
    expect(Date.now() - startedAt).toBeLessThan(1_900);
  });

  it("tells where no answer came, for a diagnosis", async () => {
    await setFaults([{ kind: "reset", path: "/api/auth/logout" }]);
    const { outcome, unanswered } = await attempt(session);
    expect(outcome).toMatchObject({ detail: "step log-out: no answer: connection failed" });
    expect(unanswered).toBe(`${standIn.url}/api/auth/logout`);
  });

  it("is degraded for a step that is, and goes on", async () => {
    const slow: Condition = { kind: "latency", maxMs: -1, otherwise: "degraded" };
    const steps = [{ ...logIn, conditions: [status(200), slow] }, create, readBack, logOut];
    const { outcome, metrics = {} } = await attempt(steps);
    expect(outcome).toMatchObject({
      outcome: "degraded",
      reason: "step",
      detail: expect.stringMatching(/^step log-in: took \d+ ms, allowed -1 ms$/),
    });
    expect(Object.keys(metrics)).toHaveLength(4);
  });

  it("is judged by the time of all steps together", async () => {
    const { outcome } = await attempt(session, {
      conditions: [{ kind: "latency", maxMs: -1, otherwise: "down" }],
    });
    expect(outcome).toMatchObject({ outcome: "down", reason: "latency" });
  });

  it("is unknown where its secret is missing", async () => {
    const body = "{{secret.PROBE_OTHER}}";
    const { outcome } = await attempt([{ ...logIn, body }]);
    expect(outcome).toEqual({
      outcome: "unknown",
      reason: "secret-missing",
      detail: "PROBE_OTHER is not set",
    });
  });
});

describe("a value taken from an answer", () => {
  const extracting = (path: string, query: string) =>
    step("take", `${raw.url}${path}`, { extract: { value: query } });

  const unusable: [name: string, path: string, query: string, detail: string][] = [
    ["is not there", "/json", "$.token", "$.token selects nothing for value"],
    ["is no text or number", "/json", "$", "$ is no text or number for value"],
    ["is in no JSON", "/good", "$.token", "the body is not JSON"],
    [
      "is longer than anybody sends",
      "/token-gigantic",
      "$.token",
      "$.token is longer than 8192 characters for value",
    ],
  ];
  it.each(unusable)("that %s is the step's failure", async (_, path, query, detail) => {
    const { outcome } = await attempt([extracting(path, query), readBack]);
    expect(outcome).toEqual({ outcome: "down", reason: "step", detail: `step take: ${detail}` });
  });

  it("cannot begin another header", async () => {
    const use = step("use", `${raw.url}/echo`, { headers: { "X-Value": "{{value}}" } });
    const { outcome } = await attempt([extracting("/token-with-lines", "$.token"), use]);
    expect(outcome).toMatchObject({
      outcome: "down",
      detail: "step use: {{value}} cannot be sent in the header X-Value",
    });
  });

  it("cannot leave its place in a URL or a JSON body", async () => {
    const bodies: string[] = [];
    const use = step("use", `${raw.url}/echo?v={{value}}`, {
      method: "POST",
      headers: json,
      body: '{"v":"{{value}}"}',
    });
    await attempt([extracting("/token-with-quotes", "$.token"), use], {}, (event) => {
      if (event.kind === "body") bodies.push(event.text);
    });
    const { query, body } = JSON.parse(bodies.at(-1) ?? "");
    expect(new URLSearchParams(query).get("v")).toBe('a","admin":"yes');
    expect(JSON.parse(body)).toEqual({ v: 'a","admin":"yes' });
  });

  it("is taken out of later details like a secret, and told to the transcript as one", async () => {
    const told: string[] = [];
    const echo = step("echo", `${raw.url}/echo`, {
      auth,
      conditions: [
        {
          kind: "json",
          path: "$.headers.authorization",
          demand: { test: "equals", value: "x" },
          otherwise: "down",
        },
      ],
    });
    const { outcome } = await attempt([logIn, echo], {}, (event) => {
      if (event.kind === "secret") told.push(event.value);
    });
    expect(told).toHaveLength(1);
    expect(outcome).toMatchObject({
      detail: 'step echo: $.headers.authorization is "Bearer <secret>", expected "x"',
    });
  });
});
