import { beforeAll, describe, expect, it, vi } from "vitest";
import { createApp } from "./app.ts";
import { readProblem } from "./testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  clockAt,
  configOf,
  minute,
  plainMonitors,
  record,
  resetWorld,
} from "./testing/world.ts";

const at = minute(0) + 10;

/** Some that take GET and HEAD alone. */
const paths = [
  "/api/health",
  "/api/status",
  "/api/ping",
  "/api/monitoring/health/live",
  "/api/monitoring/health/ready",
  "/api/monitoring/health/detailed",
  "/api/monitoring/monitors",
  "/api/monitoring/monitors/home",
  "/api/monitoring/outages",
  "/api/monitoring/health/history",
  "/api/monitoring/kpis",
  "/api/monitoring/sla",
  "/api/monitoring/slo",
];

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(1) }, allUp);
});

describe("the api", () => {
  it.each(["/", "/api", "/api/healthy", "/api/monitoring/nothing"])(
    "answers %s with a problem",
    async (path) => {
      const problem = await readProblem(await ask(path, { at }), "not-found", 404);
      expect(problem).toEqual({
        type: "urn:netpost-monitoring:problem:not-found",
        title: "No such resource",
        status: 404,
        detail: "Nothing is served here.",
        instance: path,
        requestId: problem.requestId,
      });
    },
  );

  it.each(paths)("takes GET and HEAD on %s, and no other method", async (path) => {
    const head = await ask(path, { at, method: "HEAD" });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await ask(path, { at, method });
      await readProblem(response, "method-not-allowed", 405);
      expect(response.headers.get("Allow")).toBe("GET, HEAD");
    }
  });

  it.each(paths)("sends its own request id and security headers with %s", async (path) => {
    const response = await ask(path, { at, headers: { "X-Request-Id": "theirs" } });
    expect(response.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Strict-Transport-Security")).toContain("max-age=");
    expect(response.headers.get("Content-Security-Policy")).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    );
  });

  it.each(paths)("tells nobody but itself to keep %s, unless it is open", async (path) => {
    const response = await ask(path, { at });
    const open = path === "/api/health" || path === "/api/status";
    expect(response.headers.get("Cache-Control")).toMatch(
      open ? /^public, max-age=10\b/ : /^no-store$/,
    );
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(open ? "*" : null);
  });

  it("answers a browser's preflight on the open paths", async () => {
    const response = await ask("/api/status", {
      at,
      key: null,
      method: "OPTIONS",
      headers: { Origin: "https://status.example", "Access-Control-Request-Method": "GET" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Methods")).toBe("GET,HEAD");
  });

  it("refuses a body that no request of ours has", async () => {
    const response = await ask("/api/monitoring/sla", {
      at,
      method: "POST",
      body: "x".repeat(65_537),
    });
    await readProblem(response, "body-too-large", 413);
  });

  it("says of a body that is no JSON what is wanted", async () => {
    const response = await ask("/api/monitoring/metrics", {
      at,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{",
    });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([
      { field: "body", message: "valid JSON, with Content-Type: application/json" },
    ]);
  });

  it("names a malformed setting in its log, and neither name nor value in the answer", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await ask("/api/health", { at, environment: { ADMIN_TOKEN: "too-short" } });
    const problem = await readProblem(response, "misconfigured", 500);
    expect(JSON.stringify(problem)).not.toMatch(/ADMIN_TOKEN|too-short/);
    const lines = logged.mock.calls.map(([line]) => String(line));
    logged.mockRestore();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("ADMIN_TOKEN: at least 16 characters");
    expect(lines[0]).toContain(problem.requestId);
    expect(lines[0]).not.toContain("too-short");
  });

  it("tells nothing of a fault of its own, and logs it as one line", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = { prepare: () => new RangeError("inside"), batch: () => null };
    const response = await ask("/api/health", { at, environment: { DB: broken } });
    const problem = await readProblem(response, "internal", 500);
    const lines = logged.mock.calls.map(([line]) => String(line));
    logged.mockRestore();
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "error",
      event: "request-failed",
      requestId: problem.requestId,
      method: "GET",
      route: "/api/health",
    });
  });

  it("can describe every route as OpenAPI", () => {
    const app = createApp(clockAt(at));
    const document = app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: "test", version: "0" },
    });
    const served = app.routes
      // Those without a method of their own are what every request passes.
      .filter(({ method }) => method !== "ALL")
      .map(({ path }) => path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}"));
    expect(served.length).toBeGreaterThan(20);
    expect(Object.keys(document.paths ?? {}).sort()).toEqual([...new Set(served)].sort());
  });
});

it("GET /api/health is not sent again to who has it", async () => {
  const first = await ask("/api/health", { at });
  const tag = first.headers.get("ETag") ?? "";
  expect(tag).toMatch(/^"/);
  const headers = { "If-None-Match": tag };
  expect((await ask("/api/health", { at, headers })).status).toBe(304);
  const fails = { prepare: () => ({ bind: () => ({}), first: () => Promise.reject(new Error()) }) };
  expect((await ask("/api/health", { at, headers, environment: { DB: fails } })).status).not.toBe(
    304,
  );
});
