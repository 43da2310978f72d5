/** What of ours goes wrong in a request is reported; what a caller does wrong is not. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { createApp } from "../app.ts";
import { ask, clockAt, minute, resetWorld } from "../testing/world.ts";

const at = minute(0) + 10;
const planted = "planted-secret-9f2c7e";
const dsn = "https://abcdef0123@sentry.example/42";

beforeAll(resetWorld);

/** Asks with error reports on; what went to Sentry, and what was logged. */
async function reported(path: string, settings: Record<string, unknown> = {}) {
  const envelopes: string[] = [];
  const written: string[] = [];
  const sending = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (!String(input).startsWith("https://sentry.example/api/42/envelope/")) throw new Error("?");
    envelopes.push(String(init?.body));
    return new Response("{}");
  });
  const logging = (["warn", "error"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((line) => written.push(String(line))),
  );
  const response = await ask(`${path}?key=${planted}`, {
    at,
    headers: { Cookie: planted, "CF-Connecting-IP": "203.0.113.77", "User-Agent": planted },
    // Otherwise a request in so many sends its time, too.
    environment: { SENTRY_DSN_BACKEND: dsn, SENTRY_TRACES_SAMPLE_RATE: "0", ...settings },
  });
  await vi.waitFor(() => expect(sending.mock.calls.length).toBe(envelopes.length));
  for (const spy of [sending, ...logging]) spy.mockRestore();
  return { response, written, envelopes, items: envelopes.map((one) => item(one)) };
}

function item(envelope: string) {
  const [, , body = ""] = envelope.split("\n");
  return z.looseObject({ tags: z.record(z.string(), z.string()) }).parse(JSON.parse(body));
}

const failing = {
  prepare: () => {
    throw new Error(`D1_ERROR: no answer to ${planted}@mail.example.com`);
  },
  batch: env.DB.batch.bind(env.DB),
};

it("a failure of ours is reported once, under its request's id, without what was sent", async () => {
  const { response, written, envelopes, items } = await reported(
    "/api/monitoring/monitors/nobody",
    {
      DB: failing,
      HEARTBEAT_SECRET: `${planted}-of-heartbeats-0123456789`,
    },
  );
  expect(response.status).toBe(503);
  const requestId = response.headers.get("X-Request-Id");
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    dist: "api",
    fingerprint: ["api", "database-unavailable", "Error"],
    tags: { worker: "api", requestId, method: "GET", route: "/api/monitoring/monitors/:id" },
    exception: { values: [{ type: "Error", value: "D1_ERROR: no answer to <email>" }] },
  });
  expect(items[0]).not.toHaveProperty("request");
  expect(envelopes.join()).not.toMatch(/planted|203\.0\.113/);
  expect(written).toHaveLength(1);
  expect(JSON.parse(written[0] ?? "")).toMatchObject({ event: "database-unavailable", requestId });
});

it.each([
  ["/api/monitoring/monitors/nobody", 404],
  ["/api/monitoring/sla", 400],
])("what a caller does wrong at %s is not", async (path, status) => {
  const { response, items } = await reported(path);
  expect(response.status).toBe(status);
  expect(items).toEqual([]);
});

it("a route's time is sent by its pattern", async () => {
  const { items, envelopes } = await reported("/api/monitoring/monitors/nobody", {
    SENTRY_TRACES_SAMPLE_RATE: "1",
  });
  expect(items).toEqual([
    expect.objectContaining({
      type: "transaction",
      transaction: "GET /api/monitoring/monitors/:id",
      contexts: expect.objectContaining({ trace: expect.objectContaining({ op: "http.server" }) }),
    }),
  ]);
  expect(envelopes.join()).not.toContain(planted);
});

it("the probe Worker is told the request's id", async () => {
  const health = vi.fn(async () => ({ version: "0" }));
  const channels = vi.fn(async (_caller?: unknown) => ({
    channels: [],
    schedule: null,
    next: null,
  }));
  const asked = await createApp(clockAt(at)).request(
    "/api/monitoring/channels",
    { headers: { Authorization: "Bearer an-admin-token-of-tests" } },
    { DB: env.DB, PROBE: { health, channels }, ADMIN_TOKEN: "an-admin-token-of-tests" },
  );
  expect(channels).toHaveBeenCalledWith({ requestId: asked.headers.get("X-Request-Id") });
});
