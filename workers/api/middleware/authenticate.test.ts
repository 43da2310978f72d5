import { beforeAll, describe, expect, it, vi } from "vitest";
import { readProblem } from "../testing/read-answer.ts";
import {
  adminToken,
  allUp,
  applyConfig,
  ask,
  configOf,
  minute,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
} from "../testing/world.ts";

const at = minute(0) + 10;

const open = ["/api/health", "/api/status", "/api/ping"];
const guarded = [
  "/api/monitoring/health/live",
  "/api/monitoring/health/ready",
  "/api/monitoring/health/detailed",
  "/api/monitoring/health/history",
  "/api/monitoring/metrics",
  "/api/monitoring/monitors",
  "/api/monitoring/monitors/home",
  "/api/monitoring/outages",
  "/api/monitoring/sla",
];

/** For the admin token alone. Nothing has this id: who gets past the door is told so. */
const adminOnly = ["/api/monitoring/monitors/nothing/probe"];

const credentials = [
  { name: "no key", headers: {}, lets: false },
  { name: "a wrong key", headers: { Authorization: "Bearer wrong-key-for-tests" }, lets: false },
  { name: "the reader's key", headers: { Authorization: `Bearer ${readerKey}` }, lets: true },
  { name: "the admin token", headers: { Authorization: `bearer ${adminToken}` }, lets: true },
];

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(1) }, allUp);
});

const askWith = (path: string, headers: Record<string, string>) =>
  ask(path, { at, key: null, headers });

describe.each(credentials)("a request with $name", ({ headers, lets }) => {
  it.each(open)("is answered on %s", async (path) => {
    expect((await askWith(path, headers)).status).toBe(200);
  });

  it.each(guarded)(`is ${lets ? "answered" : "refused"} on %s`, async (path) => {
    const response = await askWith(path, headers);
    if (lets) expect(response.status).toBe(200);
    else {
      await readProblem(response, "unauthorized", 401);
      expect(response.headers.get("WWW-Authenticate")).toBe('Bearer realm="netpost-monitoring"');
    }
  });
});

describe.each(adminOnly)("POST %s", (path) => {
  const answers = [401, 401, 403, 404];
  it.each(
    credentials.map(({ name, headers }, index) => ({ name, headers, status: answers[index] })),
  )("with $name answers $status", async ({ headers, status }) => {
    const response = await ask(path, { at, key: null, method: "POST", headers });
    expect(response.status).toBe(status);
  });
});

describe("authentication", () => {
  it("gives a wrong key and none the same answer", async () => {
    const [none, wrong] = await Promise.all([
      askWith("/api/monitoring/sla", {}),
      askWith("/api/monitoring/sla", { Authorization: "Bearer wrong-key-for-tests" }),
    ]);
    const { requestId: _, ...first } = await readProblem(none, "unauthorized", 401);
    const { requestId: __, ...second } = await readProblem(wrong, "unauthorized", 401);
    expect(first).toEqual(second);
    const names = (response: Response) => [...response.headers.keys()].sort();
    expect(names(none)).toEqual(names(wrong));
  });

  const malformed = [
    readerKey,
    `Basic ${readerKey}`,
    "Bearer",
    "Bearer ",
    `Bearer ${readerKey} ${readerKey}`,
    `Bearer ${readerKey}x`,
    `Bearer ${readerKey.slice(0, -1)}`,
    "Bearer undefined",
  ];
  it.each(malformed)("refuses the header %j", async (header) => {
    const response = await askWith("/api/monitoring/monitors", { Authorization: header });
    expect(response.status).toBe(401);
  });

  it.each(guarded)("lets nobody in to %s where no secret is configured", async (path) => {
    for (const key of [null, "", "undefined", readerKey, adminToken]) {
      const response = await ask(path, {
        at,
        key,
        environment: { MONITORING_API_KEY: undefined, ADMIN_TOKEN: undefined },
      });
      expect(response.status).toBe(401);
    }
  });

  it("comes before everything else under /api/monitoring, so that nothing can be found out", async () => {
    const paths = ["/api/monitoring", "/api/monitoring/", "/api/monitoring/no-such-route"];
    for (const path of paths) {
      await readProblem(await askWith(path, {}), "unauthorized", 401);
    }
    const post = await ask("/api/monitoring/sla", { at, key: null, method: "POST", body: "{}" });
    await readProblem(post, "unauthorized", 401);
  });

  const disguised = [
    "/api/%6donitoring/sla",
    "/api/monitoring%2fsla",
    "//api/monitoring/sla",
    "/api//monitoring/sla",
    "/api/./monitoring/sla",
    "/api/status/../monitoring/sla",
    "/API/monitoring/sla",
    "/api/monitoring/sla/",
  ];
  it.each(disguised)("is not got round by writing the path as %s", async (path) => {
    expect([401, 404]).toContain((await askWith(path, {})).status);
  });

  it("compares in constant time", async () => {
    const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
    await askWith("/api/monitoring/sla", { Authorization: `Bearer ${adminToken}` });
    expect(compare).toHaveBeenCalledTimes(2);
    for (const [given, secret] of compare.mock.calls) {
      expect([given.byteLength, secret.byteLength]).toEqual([32, 32]);
    }
    compare.mockRestore();
  });
});
