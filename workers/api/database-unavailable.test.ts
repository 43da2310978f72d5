/** A database that fails: its tables are gone, which nobody needs to put back in a file of its own. */
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { notReadyProblemSchema } from "../../shared/contract/api/health.ts";
import { readProblem } from "./testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  minute,
  plainMonitors,
  record,
  resetWorld,
} from "./testing/world.ts";

const at = minute(0) + 10;
const logged = vi.spyOn(console, "error").mockImplementation(() => {});

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(1) }, allUp);
  await env.DB.batch([env.DB.prepare("DROP TABLE coverage"), env.DB.prepare("DROP TABLE outages")]);
});

afterEach(() => {
  logged.mockClear();
});

describe("while the database fails", () => {
  it.each([
    "/api/health",
    "/api/status",
    "/api/monitoring/health/detailed",
    "/api/monitoring/monitors",
    "/api/monitoring/monitors/home",
    "/api/monitoring/outages",
    "/api/monitoring/sla",
  ])("%s says so, and when to try again", async (path) => {
    const response = await ask(path, { at });
    const problem = await readProblem(response, "database-unavailable", 503);
    expect(response.headers.get("Retry-After")).toBe("10");
    expect(JSON.stringify(problem)).not.toMatch(/D1|SQL|no such table/);
    const lines = logged.mock.calls.map(([line]) => String(line));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "database-unavailable",
      requestId: problem.requestId,
      error: expect.stringContaining("no such table"),
    });
  });

  it("an open path still lets a page on another site read the problem", async () => {
    const response = await ask("/api/status", { at, key: null });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    await readProblem(response, "database-unavailable", 503);
  });

  it("the api is not ready, and says which part", async () => {
    const response = await ask("/api/monitoring/health/ready", { at });
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(notReadyProblemSchema.parse(await response.json())).toMatchObject({
      type: "urn:netpost-monitoring:problem:not-ready",
      parts: { database: { ok: false, reason: "no-answer" }, plan: null, ticks: null },
    });
  });

  it("the api is live all the same", async () => {
    expect((await ask("/api/monitoring/health/live", { at })).status).toBe(200);
  });
});
