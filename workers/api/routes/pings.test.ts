import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  doorSchema,
  type HeartbeatDocument,
  pingTakenSchema,
} from "../../../shared/contract/api/heartbeats.ts";
import { singleMonitorSchema } from "../../../shared/contract/api/monitors.ts";
import { pingToken } from "../heartbeats/ping-token.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  heartbeatSecret,
  iso,
  minute,
  plainMonitors,
  type RequestOptions,
  readerKey,
  resetWorld,
  start,
} from "../testing/world.ts";

const at = minute(1) + 7;
const noSecret = { HEARTBEAT_SECRET: undefined };

let token = "";

beforeEach(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      {
        id: "backup",
        name: "Backup",
        type: "heartbeat",
        cron: "0 3 * * *",
        timeZone: "Europe/Berlin",
        graceSeconds: 900,
      },
      ...plainMonitors("home"),
    ]),
  );
  token = await pingToken(heartbeatSecret, 1);
});

/** Asks without a key. */
const call = (path: string, options: Partial<RequestOptions> = {}) =>
  ask(`/api/ping/${path}`, { at, key: null, ...options });

async function shown(options: Partial<RequestOptions> = {}): Promise<HeartbeatDocument> {
  const response = await ask("/api/monitoring/monitors/backup", { at, ...options });
  const { heartbeat } = await readAnswer(response, singleMonitorSchema);
  if (heartbeat === undefined) throw new Error("no heartbeat is shown");
  return heartbeat;
}

describe("a ping", () => {
  it.each(["GET", "POST"])("by %s needs no key and is a success", async (method) => {
    const response = await call(token, { method });
    expect(await readAnswer(response, pingTakenSchema)).toEqual({ taken: "success" });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect((await shown()).lastSuccessAt).toBe(iso(at));
  });

  it("by HEAD counts too", async () => {
    const response = await call(token, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect((await shown()).lastSuccessAt).toBe(iso(at));
  });

  it.each([
    ["start", "start", { lastStartAt: iso(at), runningSince: iso(at) }],
    ["fail", "failure", { lastFailureAt: iso(at), lastExitStatus: null }],
    ["0", "success", { lastSuccessAt: iso(at) }],
    ["1", "failure", { lastFailureAt: iso(at), lastExitStatus: 1 }],
    ["255", "failure", { lastFailureAt: iso(at), lastExitStatus: 255 }],
  ])("of /%s is a %s", async (word, taken, seen) => {
    expect(await readAnswer(await call(`${token}/${word}`), pingTakenSchema)).toEqual({ taken });
    expect(await shown()).toMatchObject(seen);
  });

  it("may say which run it is, and a finish ends that run alone", async () => {
    await call(`${token}/start?rid=a`);
    await call(`${token}?rid=b`, { at: at + 10 });
    expect(await shown()).toMatchObject({ runningSince: iso(at), lastSuccessAt: iso(at + 10) });
    await call(`${token}?rid=a`, { at: at + 20 });
    expect((await shown()).runningSince).toBeNull();
    expect((await shown()).pings).toEqual([
      { at: iso(at + 20), signal: "success", run: "a", exitStatus: null },
      { at: iso(at + 10), signal: "success", run: "b", exitStatus: null },
      { at: iso(at), signal: "start", run: "a", exitStatus: null },
    ]);
  });

  it("is taken whatever body comes with it, and nothing of that is kept", async () => {
    const body = "planted-output ".repeat(20_000);
    await readAnswer(await call(`${token}/1`, { method: "POST", body }), pingTakenSchema);
    const kept = await env.DB.prepare("SELECT * FROM heartbeats").all();
    expect(kept.results).toHaveLength(1);
    expect(JSON.stringify(kept.results)).not.toContain("planted");
  });

  it.each(["256", "-1", "1.5", "started", "00000"])("of /%s is refused", async (word) => {
    const problem = await readProblem(await call(`${token}/${word}`), "invalid-request", 400);
    expect(problem.errors).toEqual([
      { field: "signal", message: "start, fail, or an exit status from 0 to 255" },
    ]);
    expect((await shown()).pings).toEqual([]);
  });

  it.each(["rid=", "rid=a%20b", `rid=${"a".repeat(65)}`, "rid=a&rid=b"])(
    "with ?%s is refused",
    async (query) => {
      const problem = await readProblem(await call(`${token}?${query}`), "invalid-request", 400);
      expect(problem.errors?.[0]?.field).toBe("rid");
    },
  );

  it.each(["PUT", "PATCH", "DELETE"])("is not made by %s", async (method) => {
    const response = await call(token, { method });
    await readProblem(response, "method-not-allowed", 405);
    expect(response.headers.get("Allow")).toBe("GET, HEAD, POST");
  });

  it("gets 503 and when to try again where the database does not answer", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    await env.DB.prepare("ALTER TABLE heartbeats RENAME TO away").run();
    const response = await call(token);
    await env.DB.prepare("ALTER TABLE away RENAME TO heartbeats").run();
    const lines = JSON.stringify(logged.mock.calls);
    logged.mockRestore();
    await readProblem(response, "database-unavailable", 503);
    expect(response.headers.get("Retry-After")).toBe("10");
    // The secret is taken out, whatever stands in its place.
    expect(lines).toContain("/api/ping/");
    expect(lines).not.toContain(token);
  });
});

describe("a ping address", () => {
  const refused = async (path: string, options: Partial<RequestOptions> = {}) =>
    readProblem(await call(path, options), "not-found", 404);

  it("that is wrong is refused alike, whatever is wrong with it", async () => {
    const [number = "", mac = ""] = token.split("-", 2);
    const wrong = [
      "x",
      "1",
      `${number}-`,
      `2${token.slice(1)}`,
      `${number}-${"A".repeat(27)}`,
      `${token}A`,
      token.slice(0, -1),
      `0${token}`,
      mac,
      `99999-${"A".repeat(27)}`,
      "a".repeat(5_000),
      encodeURIComponent("ü-"),
      await pingToken("another-secret-of-enough-characters", 1),
    ];
    const problems = await Promise.all(wrong.map((path) => refused(path)));
    const bodies = problems.map(({ requestId: _, ...problem }) => JSON.stringify(problem));
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain("/api/ping/…");
    expect((await shown()).pings).toEqual([]);
  });

  it("that is wrong takes the same steps as any other, and none of them in the database", async () => {
    const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
    const sign = vi.spyOn(crypto.subtle, "sign");
    const broken = { prepare: () => new RangeError("asked"), batch: () => null };
    for (const path of ["x", `1-${"A".repeat(27)}`, `99999-${"A".repeat(27)}`]) {
      await refused(path, { environment: { DB: broken } });
    }
    expect([compare.mock.calls.length, sign.mock.calls.length]).toEqual([3, 3]);
    for (const [given, expected] of compare.mock.calls) {
      expect([given.byteLength, expected.byteLength]).toEqual([27, 27]);
    }
    compare.mockRestore();
    sign.mockRestore();
  });

  it("is of no use once its monitor is gone, and works again when that comes back", async () => {
    const only = configOf(plainMonitors("home"));
    await applyConfig(only, start + 60);
    await refused(token);
    const heartbeat = { id: "backup", name: "Backup", type: "heartbeat", every: 60 } as const;
    await applyConfig(configOf([heartbeat, ...plainMonitors("home")]), start + 120);
    expect((await call(token)).status).toBe(200);
  });

  it("is none where no secret is set", async () => {
    await refused(token, { environment: noSecret });
    await readProblem(
      await ask("/api/ping", { at, key: null, environment: noSecret }),
      "not-found",
      404,
    );
  });

  it("has 160 bits that depend on the number and on the secret", async () => {
    const tokens = await Promise.all([
      ...[1, 2, 12, 21].map((number) => pingToken(heartbeatSecret, number)),
      pingToken(`${heartbeatSecret}!`, 1),
    ]);
    expect(new Set(tokens.map((one) => one.split("-").slice(1).join("-"))).size).toBe(5);
    for (const one of tokens) expect(one).toMatch(/^\d+-[A-Za-z0-9_-]{27}$/);
  });

  it("does not follow from anything in the database", async () => {
    await call(token);
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    ).all<{ name: string }>();
    for (const { name } of results) {
      const rows = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
      expect(JSON.stringify(rows.results)).not.toContain(token.slice(2));
    }
  });
});

describe("GET /api/ping", () => {
  const door = () => ask("/api/ping", { at, key: null });

  it("says that pings can be taken", async () => {
    expect(await readAnswer(await door(), doorSchema)).toEqual({ status: "open" });
  });

  it("fails where they cannot, because the table does not answer", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    await env.DB.prepare("ALTER TABLE heartbeats RENAME TO away").run();
    const response = await door();
    await env.DB.prepare("ALTER TABLE away RENAME TO heartbeats").run();
    logged.mockRestore();
    await readProblem(response, "database-unavailable", 503);
  });
});

describe("GET /api/monitoring/monitors/{id} of a heartbeat", () => {
  it("shows what it is expected to do, and when it is due", async () => {
    const response = await ask("/api/monitoring/monitors/backup", { at });
    const { monitor, heartbeat } = await readAnswer(response, singleMonitorSchema);
    expect(monitor).toMatchObject({
      status: "unknown",
      unknownReason: "not-known-yet",
      intervalSeconds: 60,
      probe: {
        kind: "heartbeat",
        timetable: { kind: "cron", expression: "0 3 * * *", timeZone: "Europe/Berlin" },
        graceSeconds: 900,
        maxRunSeconds: null,
      },
    });
    expect(heartbeat).toEqual({
      pingUrl: `http://localhost/api/ping/${token}`,
      lastStartAt: null,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastExitStatus: null,
      runningSince: null,
      nextDueAt: "2026-09-22T01:00:00Z",
      missingAt: "2026-09-22T01:15:00Z",
      pings: [],
    });
  });

  it("shows the address to operators alone", async () => {
    const text = await (
      await ask("/api/monitoring/monitors/backup", { at, key: readerKey })
    ).text();
    expect(text).toContain('"heartbeat"');
    expect(text).not.toContain("pingUrl");
    expect(text).not.toContain(token);
    const list = await ask("/api/monitoring/monitors", { at });
    expect(await list.text()).not.toContain(token);
  });

  it("says where there can be no address", async () => {
    expect((await shown({ environment: noSecret })).pingUrl).toBeNull();
  });

  it("is not there for a monitor that is probed", async () => {
    const response = await ask("/api/monitoring/monitors/home", { at });
    expect(await readAnswer(response, singleMonitorSchema)).not.toHaveProperty("heartbeat");
  });
});

describe("HEARTBEAT_SECRET", () => {
  it.each([
    ["too-short-a-secret", "at least 32 characters"],
    [readerKey.padEnd(32, "x"), "not the same as ADMIN_TOKEN or MONITORING_API_KEY"],
  ])("is refused by its name where it is %s", async (value, why) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const settings = { HEARTBEAT_SECRET: value, MONITORING_API_KEY: value };
    await readProblem(await call(token, { environment: settings }), "misconfigured", 500);
    const line = JSON.stringify(logged.mock.calls);
    logged.mockRestore();
    expect(line).toContain(`HEARTBEAT_SECRET: ${why}`);
    expect(line).not.toContain(value);
  });
});
