/** Public documents: what they cost to ask for again, and what is served while the database fails. */
import { env } from "cloudflare:workers";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { statusDocumentSchema } from "../../../shared/contract/api/status.ts";
import { createApp } from "../app.ts";
import { nothingKept } from "../reads/status-kept.ts";
import { decide, outageSample, send } from "../testing/alerting.ts";
import { countingDatabase } from "../testing/counting-database.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  clockAt,
  configOf,
  iso,
  minute,
  plainMonitors,
  record,
  resetWorld,
} from "../testing/world.ts";

const paths = [
  "/api/status",
  "/api/status/history",
  "/api/status/feed.atom",
  "/api/status/feed.rss",
  "/api/status/maintenance.ics",
  "/api/status/badges/home/status.svg",
  "/api/status/badges/home/uptime.svg",
  "/api/status/badges/home/response-time.svg",
];

const at = minute(1) + 10;
const logged = vi.spyOn(console, "warn").mockImplementation(() => {});
const failures = vi.spyOn(console, "error").mockImplementation(() => {});

const failing = {
  prepare: () => {
    throw new Error("D1_ERROR: planted-cause");
  },
  batch: () => {
    throw new Error("D1_ERROR: planted-cause");
  },
};

/** Answers to nothing, for good. */
const hanging = {
  prepare: () => ({ first: () => new Promise(() => {}) }),
  batch: () => new Promise(() => {}),
};

beforeEach(async () => {
  logged.mockClear();
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(2) }, allUp);
});

afterAll(() => {
  logged.mockRestore();
  failures.mockRestore();
});

const open = (path: string, options: Partial<Parameters<typeof ask>[1]> = {}) =>
  ask(path, { at, key: null, ...options });

/** Asks with a count of the statements that it takes. */
async function counted(path: string, options: Partial<Parameters<typeof ask>[1]> = {}) {
  const { database, statements } = countingDatabase(env.DB);
  const response = await open(path, { ...options, environment: { DB: database } });
  return { response, statements: statements() };
}

async function tagOf(path: string): Promise<string> {
  const response = await open(path);
  expect(response.status).toBe(200);
  return response.headers.get("ETag") ?? "";
}

describe.each(paths)("%s", (path) => {
  it("costs one statement where the asker has it, and tells it so without a body", async () => {
    const tag = await tagOf(path);
    expect(tag).toMatch(/^W\/"[\w.-]+"$/);
    const headers = { "If-None-Match": `"other", ${tag}` };
    const { response, statements } = await counted(path, { headers });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe("");
    expect(response.headers.get("ETag")).toBe(tag);
    expect(response.headers.get("Cache-Control")).toMatch(
      /^public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=86400$/,
    );
    expect(statements).toBe(1);
  });

  it("costs one statement where another instance made it, and is the same", async () => {
    const first = await open(path);
    const { response, statements } = await counted(path);
    expect(statements).toBe(1);
    expect(await response.text()).toBe(await first.text());
  });

  it("costs nothing where this instance has just looked", async () => {
    const app = createApp(clockAt(at));
    const { database, statements } = countingDatabase(env.DB);
    const bindings = { DB: database, PROBE: env.PROBE };
    expect((await app.request(path, {}, bindings)).status).toBe(200);
    const before = statements();
    const again = await app.request(path, {}, bindings);
    expect(again.status).toBe(200);
    const headers = { "If-None-Match": again.headers.get("ETag") ?? "" };
    expect((await app.request(path, { headers }, bindings)).status).toBe(304);
    expect(statements()).toBe(before);
  });

  it("is served while the database fails, marked stale, and can be told from a good one", async () => {
    const first = await open(path);
    const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
    const response = await open(path, { at: at + 45, headers, environment: { DB: failing } });
    expect(response.status).toBe(200);
    expect(response.headers.get("Age")).toBe("45");
    expect(response.headers.get("Warning")).toBe('110 - "Response is Stale"');
    expect(response.headers.get("ETag")).toBeNull();
    expect(response.headers.get("Content-Type")).toBe(first.headers.get("Content-Type"));
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await response.text()).length).toBeGreaterThan(50);
    expect(logged).toHaveBeenCalledOnce();
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
      event: "served-last-known",
      ageSeconds: 45,
      error: expect.stringContaining("planted-cause"),
    });
  });

  it("is a problem while the database fails, where none was ever made", async () => {
    const app = createApp(clockAt(at), nothingKept);
    const response = await app.request(path, {}, { DB: failing, PROBE: env.PROBE });
    const problem = await readProblem(response, "database-unavailable", 503);
    expect(JSON.stringify(problem)).not.toContain("planted");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });
});

describe("/api/status", () => {
  const stale = async (now: number) =>
    readAnswer(
      await open("/api/status", { at: now, environment: { DB: failing } }),
      statusDocumentSchema,
    );

  it("says since when it is stale, and knows nothing of the present after two minutes", async () => {
    await open("/api/status");
    const soon = await stale(at + 60);
    expect(soon).toMatchObject({ status: "up", stale: true, staleSince: iso(at) });
    expect(await stale(at + 120)).toMatchObject({ status: "up", stale: true });
    const later = await stale(at + 121);
    expect(later).toMatchObject({
      status: "unknown",
      stale: true,
      asOf: iso(at),
      staleSince: iso(at),
      groups: [
        {
          status: "unknown",
          monitors: [
            {
              status: "unknown",
              unknownReason: "stale",
              since: iso(at),
              regions: { "us-east": { status: "unknown", latencyMs: null } },
              availability: 1,
            },
          ],
        },
      ],
    });
    const badge = await open("/api/status/badges/home/status.svg");
    expect(await badge.text()).toContain(": up<");
    const aged = await open("/api/status/badges/home/status.svg", {
      at: at + 121,
      environment: { DB: failing },
    });
    expect(await aged.text()).toContain(": unknown<");
  });

  it("does not wait for a database that never answers", async () => {
    await open("/api/status");
    const clock = { now: () => at * 1000, sleep: async () => {} };
    const response = await open("/api/status", { clock, environment: { DB: hanging } });
    expect(await readAnswer(response, statusDocumentSchema)).toMatchObject({ stale: true });
  });

  it("is another one after a round, an update, planned maintenance or a configuration", async () => {
    const tags = [await tagOf("/api/status")];
    await record({ from: minute(2), to: minute(3) }, allUp);
    tags.push(await tagOf("/api/status"));
    await decide([outageSample("home", minute(1), minute(1) + 5)], minute(1));
    tags.push(await tagOf("/api/status"));
    const updates = "/api/monitoring/incidents/1/updates";
    const body = { by: "ann", text: "Looking.", public: true };
    expect((await send("POST", updates, body, at)).status).toBe(200);
    tags.push(await tagOf("/api/status"));
    const timing = { kind: "once", from: iso(minute(60)), to: iso(minute(90)) };
    const window = { kind: "maintenance", name: "Database", selector: { kind: "all" }, timing };
    expect((await send("POST", "/api/monitoring/maintenance", window, at)).status).toBe(201);
    tags.push(await tagOf("/api/status"));
    await applyConfig(configOf(plainMonitors("home", "login")), at);
    tags.push(await tagOf("/api/status"));
    expect(new Set(tags).size).toBe(tags.length);
  });

  it("is another one as soon as time makes it one, to the second", async () => {
    const response = await open("/api/status");
    const headers = { "If-None-Match": response.headers.get("ETag") ?? "" };
    // The newest round ends at minute 2, and is stale after two more.
    expect((await open("/api/status", { at: minute(4), headers })).status).toBe(304);
    const later = await open("/api/status", { at: minute(4) + 1, headers });
    expect(later.status).toBe(200);
    expect(await readAnswer(later, statusDocumentSchema)).toMatchObject({ stale: true });
  });

  it("takes no tag that it did not give for its own", async () => {
    const tag = await tagOf("/api/status");
    for (const other of ["*", tag.replace("-", "x-"), 'W/"x"', tag.slice(0, -2), "W/", '""']) {
      const response = await open("/api/status", { headers: { "If-None-Match": other } });
      expect(response.status, other).toBe(200);
    }
  });
});

describe("feeds and history", () => {
  it("stay the same while rounds are recorded", async () => {
    const tag = await tagOf("/api/status/feed.atom");
    await record({ from: minute(2), to: minute(9) }, allUp);
    expect(await tagOf("/api/status/feed.atom")).toBe(tag);
  });
});
