import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type Transcript, transcriptSchema } from "../../../shared/contract/transcript.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { HttpProbe } from "../../../shared/domain/probes/http.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, setFaults, standIn } from "../testing/harness.ts";
import { probeNow } from "./probe-now.ts";

const { ports, leakyUrl, resolverUrl } = inject("broken");

const planted = "planted-secret-9f2c7e";

const http: HttpProbe = {
  kind: "http",
  url: `${standIn.url}/api/health`,
  method: "GET",
  headers: {},
  body: null,
  conditions: [
    { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" },
    { kind: "json", path: "$.status", demand: { test: "equals", value: "ok" }, otherwise: "down" },
    { kind: "latency", maxMs: 0, otherwise: "degraded" },
  ],
};

async function monitorWith(probe: Probe, retry: Partial<Monitor["retry"]> = {}): Promise<Monitor> {
  const [monitor] = (await readPlan(env.DB)).monitors;
  if (!monitor) throw new Error("no plan");
  return { ...monitor, probe, retry: { ...monitor.retry, ...retry } };
}

async function probed(monitor: Monitor, settings: object = {}): Promise<Transcript> {
  const surroundings = { ...env, DNS_RESOLVER_URL: `${resolverUrl}/silent`, ...settings };
  const answer = await probeNow({ region: "us-east", monitor }, surroundings);
  if (answer.kind !== "probed") throw new Error(answer.detail);
  expect(transcriptSchema.parse(answer.transcript)).toEqual(answer.transcript);
  return answer.transcript;
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf([{ id: "api-health", name: "API health", url: "/api/health" }]));
});

describe("a transcript", () => {
  it("tells request, answer and every condition with what was seen", async () => {
    await setFaults([{ kind: "slow", delayMs: 20, path: "/api/health" }]);
    const { result, attempts, diagnosis } = await probed(await monitorWith(http));
    expect(result).toMatchObject({ outcome: "degraded", reason: "latency" });
    expect(diagnosis).toBeNull();
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({
      startedAtMs: expect.any(Number),
      outcome: "degraded",
      next: { retry: false, because: "answered" },
      events: [
        {
          kind: "request",
          line: `GET ${standIn.url}/api/health`,
          headers: [["user-agent", expect.stringContaining("us-east")]],
          bodyLength: null,
        },
        { kind: "response", status: 200 },
        { kind: "body", text: expect.stringContaining('"status":"ok"'), truncated: false },
        {
          kind: "condition",
          expected: "the status is 200 to 299",
          actual: "status 200",
          held: true,
        },
        { kind: "condition", expected: '$.status equals "ok"', actual: '"ok"', held: true },
        {
          kind: "condition",
          expected: "it takes at most 0 ms",
          actual: expect.stringMatching(/^took \d+ ms, allowed 0 ms$/),
          held: false,
        },
      ],
    });
  });

  it("tells every attempt, and why there was another", async () => {
    await setFaults([
      { kind: "recover-after", requests: 1, fault: { kind: "reset" }, path: "/api/health" },
    ]);
    const { attempts, result } = await probed(await monitorWith({ ...http, conditions: [] }));
    expect(result.outcome).toBe("up");
    expect(attempts).toMatchObject([
      {
        outcome: "down",
        reason: "connection",
        next: { retry: true, pauseMs: expect.any(Number), timeoutMs: 300 },
      },
      { outcome: "up", next: { retry: false, because: "answered" } },
    ]);
    expect(attempts[1]?.startedAtMs).toBeGreaterThanOrEqual(attempts[0]?.tookMs ?? 0);
  });

  it("tells the diagnosis of a target that does not answer, in words that stand in the result", async () => {
    const closed = { ...http, url: `http://127.0.0.1:${ports.closed}/` };
    const { result, diagnosis, attempts } = await probed(await monitorWith(closed));
    expect(attempts.map(({ reason }) => reason)).toEqual(["connection", "connection"]);
    expect(diagnosis).toMatchObject({
      reason: "connect-refused",
      findings: [`port ${ports.closed} refuses connections`],
    });
    expect(result).toMatchObject({
      outcome: "down",
      reason: "connect-refused",
      detail: `no answer: connection failed; port ${ports.closed} refuses connections`,
    });
  });

  it("keeps attempts and diagnosis of a target that hangs inside the budget", async () => {
    const hanging = { ...http, url: `http://127.0.0.1:${ports.full}/` };
    const retry = { attempts: 2, timeoutMs: 1_200, budgetMs: 2_400 };
    const { tookMs, diagnosis, result } = await probed(await monitorWith(hanging, retry));
    expect(tookMs).toBeLessThan(2_400 + 100);
    expect(diagnosis?.reason).toBe("connect-timeout");
    expect(result.reason).toBe("connect-timeout");
  });

  it("has no diagnosis where the budget is spent", async () => {
    const closed = { ...http, url: `http://127.0.0.1:${ports.hanging}/` };
    const retry = { attempts: 1, timeoutMs: 300, budgetMs: 300 };
    const { result, diagnosis } = await probed(await monitorWith(closed, retry));
    expect(diagnosis).toBeNull();
    expect(result).toMatchObject({ outcome: "down", reason: "http-timeout" });
  });

  it("says that a probe which fails by itself is our own fault", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { result } = await probed(await monitorWith({ ...http, method: "GET", body: "x" }));
    logged.mockRestore();
    expect(result.outcome).not.toBe("up");
  });
});

describe("no secret is in a transcript", () => {
  const sends: readonly { name: string; probe: Partial<HttpProbe>; settings?: object }[] = [
    { name: "a header Authorization", probe: { headers: { Authorization: `Bearer ${planted}` } } },
    { name: "a cookie", probe: { headers: { Cookie: `a=b; sid=${planted}` } } },
    { name: "a header whose name tells", probe: { headers: { "X-Api-Key": planted } } },
    { name: "a query", probe: { url: `${leakyUrl}/?key=${planted}` } },
    { name: "a JSON body", probe: { method: "POST", body: JSON.stringify({ pin: planted }) } },
    { name: "a form", probe: { method: "POST", body: `pin=${planted}` } },
    {
      name: "a secret by reference",
      probe: { headers: { "X-Whatever": "a {{secret.PROBE_KEY}}" } },
      settings: { PROBE_KEY: planted },
    },
    {
      name: "a secret by reference in the path",
      probe: { url: `${leakyUrl}/{{secret.PROBE_KEY}}/a` },
      settings: { PROBE_KEY: planted },
    },
    {
      name: "basic credentials",
      probe: { auth: { kind: "basic", username: "probe", password: "{{secret.PROBE_KEY}}" } },
      settings: { PROBE_KEY: planted },
    },
  ];
  it.each(sends)("sent as $name to a target that repeats it", async ({ probe, settings }) => {
    const conditions: HttpProbe["conditions"] = [
      { kind: "json", path: "$..*", demand: { test: "atMost", value: 1 }, otherwise: "down" },
      { kind: "json", path: "$..*", demand: { test: "exists" }, otherwise: "down" },
      { kind: "header", name: "X-Repeated", demand: { test: "absent" }, otherwise: "down" },
      { kind: "header", name: "Set-Cookie", demand: { test: "present" }, otherwise: "down" },
    ];
    const leaky = { ...http, url: `${leakyUrl}/`, conditions, ...probe };
    const transcript = JSON.stringify(await probed(await monitorWith(leaky), settings));
    expect(transcript).toContain('"status":200');
    expect(transcript).not.toContain("planted");
    expect(transcript).not.toContain(btoa(planted).slice(0, 20));
  });

  it("extracted by a step and sent in the next", async () => {
    const step = { ...http, kind: undefined, url: `${leakyUrl}/`, conditions: [] };
    const probe: Probe = {
      kind: "transaction",
      conditions: [],
      steps: [
        {
          ...step,
          name: "log-in",
          headers: { "X-Odd": planted },
          extract: { odd: "$.headers['x-odd']" },
        },
        { ...step, name: "use", url: `${leakyUrl}/{{odd}}`, headers: {} },
      ],
    };
    const transcript = await probed(await monitorWith(probe));
    expect(transcript.result.outcome).toBe("up");
    expect(transcript.attempts[0]?.events).toContainEqual(
      expect.objectContaining({ kind: "note", text: "step use" }),
    );
    expect(JSON.stringify(transcript)).not.toContain("planted");
  });
});

describe("a region's object asked for a probe now", () => {
  it("answers, keeps nothing, and leaves the round that runs alone", async () => {
    const plan = await readPlan(env.DB);
    const object = env.REGION.getByName("us-east/probe-now/v1");
    const monitor = await monitorWith(http);
    const answer = await object.probeNow({ region: "us-east", monitor });
    expect(answer).toMatchObject({ kind: "probed", transcript: { attempts: [{}] } });
    await runInDurableObject(object, (_, state) => {
      expect(state.storage.sql.exec("SELECT time FROM rounds").toArray()).toEqual([]);
      expect(state.storage.kv.get("slice")).toBeUndefined();
    });
    expect(plan.monitors).toHaveLength(1);
  });
});
