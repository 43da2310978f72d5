/** Who gets in where: every route against every kind of key; keys, and what the audit says. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { auditListSchema } from "../../../shared/contract/api/audit.ts";
import { issuedKeySchema, keyListSchema } from "../../../shared/contract/api/keys.ts";
import { ruleListSchema } from "../../../shared/contract/api/rules.ts";
import { allows, type Scope, scopes } from "../../../shared/domain/access.ts";
import { guarded, scopeOf } from "../access.ts";
import { createApp } from "../app.ts";
import { readProblem } from "../testing/read-answer.ts";
import {
  adminToken,
  allUp,
  applyConfig,
  ask,
  clockAt,
  configOf,
  minute,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
  start,
} from "../testing/world.ts";

const at = minute(1) + 10;
const path = "/api/monitoring/keys";
const json = { "Content-Type": "application/json" };

async function issue(fields: object, key: string | null = adminToken) {
  const body = JSON.stringify(fields);
  const response = await ask(path, { at, key, method: "POST", headers: json, body });
  expect(response.status).toBe(201);
  return issuedKeySchema.parse(await response.json());
}

const keys = new Map<string, string>([
  ["the monitoring key", readerKey],
  ["the admin token", adminToken],
]);
const lets: Record<string, readonly Scope[]> = {
  "no key": [],
  "a wrong key": [],
  "an issued key with another secret": [],
  "an expired key": [],
  "a revoked key": [],
  "the monitoring key": ["read"],
  "the admin token": ["admin"],
  ...Object.fromEntries(scopes.map((scope) => [`a key to ${scope}`, [scope]])),
};

beforeAll(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      ...plainMonitors("home"),
      { id: "job", type: "heartbeat", name: "Job", every: 3_600 },
    ]),
  );
  await record({ from: minute(0), to: minute(1) }, allUp);
  for (const scope of scopes) {
    keys.set(`a key to ${scope}`, (await issue({ name: scope, scopes: [scope] })).secret);
  }
  const wrong = (await issue({ name: "wrong", scopes: ["admin"] })).secret;
  keys.set("an issued key with another secret", `${wrong.slice(0, -4)}AAAA`);
  const expiring = await issue({
    ...{ name: "expired", scopes: ["admin"] },
    expiresAt: new Date((at + 1) * 1000).toISOString(),
  });
  await env.DB.prepare("UPDATE access_keys SET expires_at = ?1 WHERE id = ?2")
    .bind(at, expiring.key.id)
    .run();
  keys.set("an expired key", expiring.secret);
  const revoked = await issue({ name: "revoked", scopes: ["admin"] });
  await ask(`${path}/${revoked.key.id}`, { at, method: "DELETE" });
  keys.set("a revoked key", revoked.secret);
  keys.set("a wrong key", "a-wrong-key-of-some-length");
});

/** Every route behind the door, with parameters that fit nothing. */
const routes = createApp(clockAt(start))
  .openAPIRegistry.definitions.flatMap((one) => (one.type === "route" ? [one.route] : []))
  .filter((route) => route.path.startsWith("/api/monitoring/"))
  .map((route) => ({
    method: route.method.toUpperCase(),
    path: route.path.replaceAll(/\{[^}]+\}/g, "nothing"),
    declared: route.path,
  }));

/** What each route must need, said once more: the table of access.ts is not asked. */
const needed: Readonly<Record<string, Scope>> = {
  "POST /api/monitoring/metrics": "push-metrics",
  "POST /api/monitoring/heartbeats/{id}/{signal}": "ping",
  "POST /api/monitoring/alerts": "operate",
  "POST /api/monitoring/alerts/{id}/resolve": "operate",
  "POST /api/monitoring/incidents/{number}/acknowledge": "operate",
  "POST /api/monitoring/incidents/{number}/updates": "operate",
  "POST /api/monitoring/incidents/{number}/assign": "operate",
  "POST /api/monitoring/incidents/{number}/snooze": "operate",
  "POST /api/monitoring/incidents/{number}/priority": "operate",
  "POST /api/monitoring/incidents/{number}/merge": "operate",
  "POST /api/monitoring/incidents/{number}/resolve": "operate",
  "POST /api/monitoring/incidents/{number}/false-alarm": "operate",
  "DELETE /api/monitoring/incidents/{number}/false-alarm": "operate",
  "PUT /api/monitoring/incidents/{number}/review": "operate",
  "POST /api/monitoring/silences": "operate",
  "DELETE /api/monitoring/silences/{id}": "operate",
  "POST /api/monitoring/notifications/{id}/retry": "operate",
  "POST /api/monitoring/channels/{id}/test": "operate",
  "POST /api/monitoring/monitors/{id}/probe": "operate",
  "POST /api/monitoring/performance": "operate",
  "POST /api/monitoring/backtest": "operate",
  "PUT /api/monitoring/alerts": "admin",
  "DELETE /api/monitoring/alerts": "admin",
  "POST /api/monitoring/rules": "admin",
  "PUT /api/monitoring/rules/{id}": "admin",
  "PATCH /api/monitoring/rules/{id}": "admin",
  "DELETE /api/monitoring/rules/{id}": "admin",
  "PUT /api/monitoring/escalations/{id}": "admin",
  "DELETE /api/monitoring/escalations/{id}": "admin",
  "PUT /api/monitoring/rotations/{id}": "admin",
  "DELETE /api/monitoring/rotations/{id}": "admin",
  "POST /api/monitoring/maintenance": "admin",
  "PATCH /api/monitoring/maintenance/{id}": "admin",
  "DELETE /api/monitoring/maintenance/{id}": "admin",
  "POST /api/monitoring/maintenance/{id}/end": "admin",
  "POST /api/monitoring/reports": "admin",
  "GET /api/monitoring/keys": "admin",
  "GET /api/monitoring/keys/{id}": "admin",
  "POST /api/monitoring/keys": "admin",
  "POST /api/monitoring/keys/{id}/rotate": "admin",
  "DELETE /api/monitoring/keys/{id}": "admin",
  "GET /api/monitoring/audit": "admin",
  "GET /api/monitoring/audit.ndjson": "admin",
};

describe("every route", () => {
  it("that writes has a row, and every row a route", () => {
    const written = routes
      .filter(({ method }) => method !== "GET")
      .map(({ method, declared }) => `${method} ${declared}`);
    expect(written.filter((one) => !(one in needed))).toEqual([]);
    const known = new Set(routes.map(({ method, declared }) => `${method} ${declared}`));
    expect(Object.keys(needed).filter((one) => !known.has(one))).toEqual([]);
    expect(guarded.filter(({ method, path: of }) => !known.has(`${method} ${of}`))).toEqual([]);
  });

  it.each(Object.keys(lets))("lets in %s where it may, and nowhere else", async (name) => {
    for (const { method, path: asked, declared } of routes) {
      const scope = needed[`${method} ${declared}`] ?? "read";
      const granted = lets[name] ?? [];
      const response = await ask(asked, { at, key: keys.get(name) ?? null, method });
      const what = `${method} ${declared} with ${name}`;
      if (granted.length === 0) expect(response.status, what).toBe(401);
      else if (!allows(granted, scope)) expect(response.status, what).toBe(403);
      else expect([401, 403], what).not.toContain(response.status);
    }
  });

  it("that nobody has thought of is for admins, where it writes", () => {
    expect(scopeOf("POST", "/api/monitoring/something/new")).toBe("admin");
    expect(scopeOf("GET", "/api/monitoring/something/new")).toBe("read");
  });
});

describe("issued keys", () => {
  it("are shown without their secret, which is nowhere in the database either", async () => {
    const { key, secret } = await issue({ name: "Grafana", scopes: ["read"] });
    expect(key).toMatchObject({ name: "Grafana", state: "active", createdBy: "admin" });
    const listed = await ask(`${path}?limit=100`, { at });
    const text = await listed.text();
    expect(keyListSchema.parse(JSON.parse(text)).keys[0]).toEqual(key);
    const bare = secret.split("_").slice(2).join("_");
    expect(text).not.toContain(bare);
    for (const table of ["access_keys", "audit"]) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results)).not.toContain(bare);
    }
  });

  it("note their use, once an hour", async () => {
    const { key, secret } = await issue({ name: "once", scopes: ["read"] });
    const used = async () => {
      const row = await env.DB.prepare("SELECT last_used_at AS used FROM access_keys WHERE id = ?1")
        .bind(key.id)
        .first();
      return z.object({ used: z.int().nullable() }).parse(row).used;
    };
    expect(await used()).toBe(null);
    for (const later of [0, 60, 3_599]) {
      await ask("/api/monitoring/monitors", { at: at + later, key: secret });
      expect(await used()).toBe(at);
    }
    await ask("/api/monitoring/monitors", { at: at + 3_600, key: secret });
    expect(await used()).toBe(at + 3_600);
  });

  it("get another secret; the one before lets in for its grace, and no longer", async () => {
    const { key, secret } = await issue({ name: "rotating", scopes: ["read"] });
    const body = JSON.stringify({ graceSeconds: 60 });
    const rotated = await ask(`${path}/${key.id}/rotate`, {
      ...{ at, method: "POST", headers: json, body },
    });
    const next = issuedKeySchema.parse(await rotated.json()).secret;
    const status = async (which: string, when: number) =>
      (await ask("/api/monitoring/monitors", { at: when, key: which })).status;
    expect(await status(next, at)).toBe(200);
    expect(await status(secret, at + 59)).toBe(200);
    expect(await status(secret, at + 60)).toBe(401);
    expect(await status(next, at + 60)).toBe(200);
    await ask(`${path}/${key.id}`, { at, method: "DELETE" });
    expect(await status(next, at + 60)).toBe(401);
    const again = await ask(`${path}/${key.id}/rotate`, { at, method: "POST" });
    await readProblem(again, "conflict", 409);
  });

  it("do not work while the database fails; those of the settings do", async () => {
    const DB = {
      prepare: () => ({ bind: () => ({ first: () => Promise.reject(new Error("D1")) }) }),
    };
    const failing = { at, environment: { DB } };
    const issuedKey = keys.get("a key to read") ?? "";
    const refused = await ask("/api/monitoring/monitors", { ...failing, key: issuedKey });
    await readProblem(refused, "database-unavailable", 503);
    const live = await ask("/api/monitoring/health/live", { ...failing, key: readerKey });
    expect(live.status).toBe(200);
  });

  it("that only ping can be used for what a job says, and nothing else", async () => {
    const key = keys.get("a key to ping") ?? "";
    const taken = await ask("/api/monitoring/heartbeats/job/success", { at, key, method: "POST" });
    expect(await taken.json()).toEqual({ taken: "success" });
    const none = await ask("/api/monitoring/heartbeats/home/success", { at, key, method: "POST" });
    await readProblem(none, "not-found", 404);
  });

  it.each([
    [{ name: "", scopes: ["read"] }, "name"],
    [{ name: "x", scopes: [] }, "scopes"],
    [{ name: "x", scopes: ["root"] }, "scopes.0"],
    [{ name: "x", scopes: ["read"], expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
  ])("are not made of %j", async (fields, field) => {
    const body = JSON.stringify(fields);
    const response = await ask(path, { at, method: "POST", headers: json, body });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.[0]?.field).toBe(field);
  });
});

describe("a write", () => {
  it("takes JSON alone, and needs no body where none is needed", async () => {
    const silences = "/api/monitoring/silences";
    const other = await ask(silences, { at, method: "POST", body: "matchers=1" });
    const problem = await readProblem(other, "invalid-request", 400);
    expect(problem.errors?.[0]?.field).toBe("Content-Type");
    // As over HTTP, where a request without a body may have a stream with nothing in it.
    const { key } = await issue({ name: "bodiless", scopes: ["read"] });
    const app = createApp(clockAt(at));
    const request = new Request(`https://api.example${path}/${key.id}/rotate`, {
      ...{ method: "POST", headers: { Authorization: `Bearer ${adminToken}` } },
      body: new ReadableStream({ start: (stream) => stream.close() }),
    });
    const response = await app.fetch(request, { ...env, ADMIN_TOKEN: adminToken });
    expect(response.status).toBe(200);
    // Where one is needed, its lack is said.
    const report = await ask("/api/monitoring/reports", { at, method: "POST" });
    await readProblem(report, "invalid-request", 400);
  });
});

describe("the audit", () => {
  async function entries(query: string) {
    const response = await ask(`/api/monitoring/audit?${query}`, { at });
    return auditListSchema.parse(await response.json()).entries;
  }

  it("tells who changed what, and how it was before and after", async () => {
    const rules = await ask("/api/monitoring/rules", { at });
    const [rule] = ruleListSchema.parse(await rules.json()).rules;
    const target = `/api/monitoring/rules/${rule?.id}`;
    const key = keys.get("a key to admin") ?? "";
    const body = JSON.stringify({ enabled: false });
    const changed = await ask(target, { at, key, method: "PATCH", headers: json, body });
    expect(changed.status).toBe(200);
    const [entry] = await entries(`target=${encodeURIComponent(target)}`);
    expect(entry).toMatchObject({
      ...{ action: "changeRule", name: "admin", target },
      before: { rule: { id: rule?.id, enabled: true } },
      after: { rule: { id: rule?.id, enabled: false } },
      requestId: changed.headers.get("X-Request-Id"),
    });
    expect(entry?.who).toMatch(/^key:[a-z0-9]{12}$/);
  });

  it("has what was done by hand and what was applied, and nothing of what was refused", async () => {
    const before = (await entries("limit=100")).length;
    const refused = await ask("/api/monitoring/rules/none", { at, method: "DELETE" });
    expect(refused.ok).toBe(false);
    await ask("/api/monitoring/rules", { at, key: readerKey, method: "POST" });
    expect((await entries("limit=100")).length).toBe(before);
    const [applied] = await entries("action=applyConfiguration");
    expect(applied).toMatchObject({ who: "configuration", after: { monitors: 2 } });
    const [issued] = await entries("action=issueKey&limit=1");
    expect(JSON.stringify(issued?.after)).toMatch(/npk_[a-z0-9]{12}_<secret>/);
  });

  it("is read page by page, and as lines", async () => {
    const all = await entries("limit=100");
    const first = await ask("/api/monitoring/audit?limit=2", { at });
    const { nextCursor, entries: page } = auditListSchema.parse(await first.json());
    const second = await entries(`limit=2&cursor=${nextCursor}`);
    expect([...page, ...second]).toEqual(all.slice(0, 4));
    const lines = await ask("/api/monitoring/audit.ndjson?action=issueKey", { at });
    const parsed = (await lines.text())
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(parsed).toEqual(all.filter(({ action }) => action === "issueKey"));
  });

  it("can be added to, and nothing else", async () => {
    for (const sql of ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"]) {
      await expect(env.DB.prepare(sql).run()).rejects.toThrow("append-only");
    }
  });
});
