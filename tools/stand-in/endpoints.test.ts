import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DEMO_PASSWORD, DEMO_USER } from "./index.ts";
import { ENDPOINT_PATHS } from "./paths.ts";
import { standInForTest } from "./test-client.ts";

const START = Date.UTC(2026, 10, 23, 12, 0, 0, 250);

const tokenSchema = z.object({ token: z.string(), expiresInSeconds: z.literal(3_600) });
const itemsSchema = z.object({
  items: z.array(z.looseObject({ likes: z.number() })),
  total: z.number().optional(),
});
const metricsSchema = z.strictObject({
  timestamp: z.iso.datetime(),
  requests: z.strictObject({
    total: z.int(),
    perSecond: z.number(),
    errorRatePercent: z.number(),
  }),
  responseTimeMs: z.strictObject({ avg: z.number(), p95: z.number(), p99: z.number() }),
  memoryMb: z.number(),
  database: z.strictObject({ queryTimeMs: z.number(), connections: z.int() }),
});

function clock() {
  const state = { now: START };
  return { now: () => state.now, advance: (ms: number) => (state.now += ms) };
}

function post(url: string, body: unknown, token?: string): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { method: "POST", body: JSON.stringify(body), headers });
}

async function logIn(url: string): Promise<string> {
  const login = { email: DEMO_USER.email, password: DEMO_PASSWORD };
  const answer = await post(`${url}/api/auth/login`, login);
  return tokenSchema.parse(await answer.json()).token;
}

describe("without credentials", () => {
  test.each([
    ["/", 200],
    ["/api/health", 200],
    ["/api/health/detailed", 200],
    ["/api/health/ready", 200],
    ["/api/health/live", 200],
    ["/api/metrics", 200],
    ["/api/auth/providers", 200],
    ["/api/auth/login", 405],
    ["/api/auth/session", 401],
    ["/api/auth/logout", 405],
    ["/api/posts", 200],
    ["/api/posts/3", 200],
    ["/api/posts/9999", 404],
    ["/api/feed", 200],
    ["/api/search?q=feed", 200],
    ["/api/search", 400],
    ["/api/nothing", 404],
  ])("GET %s answers %i", async (path, status) => {
    const { url } = await standInForTest();
    const answer = await fetch(url + path);
    expect(answer.status).toBe(status);
    if (path !== "/") expect(answer.headers.get("content-type")).toMatch(/^application\/.*json/);
    await answer.arrayBuffer();
  });

  test("the home page is HTML with NetPost's name", async () => {
    const { url } = await standInForTest();
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await answer.text()).toContain("NetPost");
  });

  test("HEAD answers as GET does, without a body", async () => {
    const { url } = await standInForTest();
    const answer = await fetch(url, { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("");
  });

  test("a kept connection outlives the minute between two ticks", async () => {
    const { url } = await standInForTest();
    const answer = await fetch(url);
    expect(answer.headers.get("keep-alive")).toBe("timeout=120");
  });

  test("every endpoint is one of the paths a fault can name", async () => {
    const standIn = await standInForTest();
    await Promise.all(ENDPOINT_PATHS.map(async (path) => (await fetch(standIn.url + path)).text()));
    const counted = standIn.requests().counts.map(({ path }) => path);
    expect(counted).toEqual(ENDPOINT_PATHS.toSorted((a, b) => a.localeCompare(b)));
  });
});

describe("health and metrics", () => {
  test("basic health tells version, uptime and time by the clock it was given", async () => {
    const time = clock();
    const { url } = await standInForTest({ now: time.now });
    expect(await (await fetch(`${url}/api/health`)).json()).toEqual({
      status: "ok",
      version: "4.12.0",
      uptimeSeconds: 0,
      timestamp: "2026-11-23T12:00:00.000Z",
    });
    time.advance(90_000);
    expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({
      uptimeSeconds: 89,
      timestamp: "2026-11-23T12:01:30.000Z",
    });
  });

  test("detailed health has the five categories of the health score", async () => {
    const { url } = await standInForTest();
    const detailed = await (await fetch(`${url}/api/health/detailed`)).json();
    expect(detailed).toMatchObject({
      checks: {
        database: {
          status: "ok",
          responseTimeMs: expect.any(Number),
          connections: { active: expect.any(Number) },
        },
        externalServices: { status: "ok", responseTimeMs: expect.any(Number) },
        system: { status: "ok", memoryMb: expect.any(Number), cpuPercent: expect.any(Number) },
        security: { status: "ok", failedLoginsPerMinute: expect.any(Number) },
        dependencies: { status: "ok", vulnerable: 0 },
      },
    });
  });

  test("metrics drift with time, repeat with the seed, and stay healthy", async () => {
    const series = async (seed: number) => {
      const time = clock();
      const { url } = await standInForTest({ now: time.now, seed });
      const answers = [];
      for (let minute = 0; minute < 10; minute += 1) {
        answers.push(metricsSchema.parse(await (await fetch(`${url}/api/metrics`)).json()));
        time.advance(60_000);
      }
      return answers;
    };
    const answers = await series(5);
    expect(await series(5)).toEqual(answers);
    expect(await series(6)).not.toEqual(answers);
    expect(new Set(answers.map(({ memoryMb }) => memoryMb)).size).toBeGreaterThan(5);
    for (const { requests, responseTimeMs, memoryMb, database } of answers) {
      expect(requests.errorRatePercent).toBeLessThan(1);
      expect(responseTimeMs.avg).toBeLessThan(responseTimeMs.p95);
      expect(responseTimeMs.p95).toBeLessThan(responseTimeMs.p99);
      expect(responseTimeMs.p99).toBeLessThan(1_000);
      expect(memoryMb).toBeLessThan(400);
      expect(database.queryTimeMs).toBeLessThan(250);
    }
  });
});

describe("signing in", () => {
  test("a right login opens a session, which logging out closes", async () => {
    const { url } = await standInForTest();
    const token = await logIn(url);
    const headers = { authorization: `Bearer ${token}` };
    const session = await fetch(`${url}/api/auth/session`, { headers });
    expect(await session.json()).toEqual({ user: DEMO_USER });
    const logout = await post(`${url}/api/auth/logout`, {}, token);
    expect(logout.status).toBe(204);
    const after = await fetch(`${url}/api/auth/session`, { headers });
    expect(after.status).toBe(401);
    expect(after.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a session ends after the time it was opened for", async () => {
    const time = clock();
    const { url } = await standInForTest({ now: time.now });
    const headers = { authorization: `Bearer ${await logIn(url)}` };
    time.advance(3_599_999);
    expect((await fetch(`${url}/api/auth/session`, { headers })).status).toBe(200);
    time.advance(1);
    expect((await fetch(`${url}/api/auth/session`, { headers })).status).toBe(401);
  });

  test.each([
    ["a wrong password", { email: DEMO_USER.email, password: "guess" }, 401],
    ["a field that is missing", { email: DEMO_USER.email }, 400],
    ["a body that is too long", { email: "x".repeat(70_000), password: "" }, 413],
  ])("%s is refused", async (_name, login, status) => {
    const { url } = await standInForTest();
    expect((await post(`${url}/api/auth/login`, login)).status).toBe(status);
  });
});

describe("posts", () => {
  test("a post that was created is found by id, in the list and by search", async () => {
    const { url } = await standInForTest();
    const draft = { title: "A synthetic post", body: "Written by a probe." };
    const created = await post(`${url}/api/posts`, draft, await logIn(url));
    expect(created.status).toBe(201);
    const made = await created.json();
    expect(made).toMatchObject({ ...draft, author: DEMO_USER.email, likes: 0 });
    const byId = await fetch(url + (created.headers.get("location") ?? ""));
    expect(await byId.json()).toEqual(made);
    const list = itemsSchema.parse(await (await fetch(`${url}/api/posts`)).json());
    expect(list.items[0]).toEqual(made);
    expect(list.total).toBe(26);
    const found = await (await fetch(`${url}/api/search?q=SYNTHETIC`)).json();
    expect(found).toEqual({ query: "SYNTHETIC", items: [made], total: 1 });
  });

  test("creating needs a session and a title", async () => {
    const { url } = await standInForTest();
    const draft = { title: "", body: "text" };
    expect((await post(`${url}/api/posts`, draft)).status).toBe(401);
    expect((await post(`${url}/api/posts`, draft, await logIn(url))).status).toBe(400);
  });

  test("the feed has the best liked first", async () => {
    const { url } = await standInForTest();
    const feed = itemsSchema.parse(await (await fetch(`${url}/api/feed`)).json());
    const likes = feed.items.map((post) => post.likes);
    expect(likes).toEqual(likes.toSorted((a, b) => b - a));
    expect(likes.length).toBe(20);
  });
});
