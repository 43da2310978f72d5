import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { readProblem } from "../testing/read-answer.ts";
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
} from "../testing/world.ts";

const at = minute(2) + 10;
const monitors = "/api/monitoring/monitors";

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "feed")));
  await record({ from: minute(0), to: minute(2) }, allUp);
});

describe("fields", () => {
  it("choose members of a document", async () => {
    const whole = await (await ask("/api/status", { at })).json();
    const response = await ask("/api/status?fields=status,asOf", { at });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: Object(whole).status,
      asOf: Object(whole).asOf,
    });
    expect(response.headers.get("Cache-Control")).toMatch(/public/);
    expect(response.headers.has("ETag")).toBe(false);
  });

  it("choose members of a list's items, and of one of them asked for by itself", async () => {
    const list = await (await ask(`${monitors}?fields=id,status`, { at })).json();
    expect(Object(list).monitors).toEqual([
      { id: "home", status: "up" },
      { id: "feed", status: "up" },
    ]);
    expect(list).toHaveProperty("asOf");
    const one = await ask(`${monitors}/home?fields=stale`, { at });
    expect(await one.json()).toEqual({ stale: false });
  });

  it("choose of every list the members of its items", async () => {
    const lists = createApp(clockAt(at))
      .openAPIRegistry.definitions.flatMap((one) => (one.type === "route" ? [one.route] : []))
      .filter(({ operationId, path }) => operationId?.startsWith("list") && !path.includes("{"))
      .map(({ path }) => path)
      // Of those with an answer that is a document.
      .filter((path) => !path.endsWith(".ndjson"));
    expect(lists.length).toBeGreaterThan(10);
    for (const path of lists) {
      const refused = await ask(`${path}?fields=nothing`, { at });
      const [error] = (await readProblem(refused, "invalid-request", 400)).errors ?? [];
      const names = error?.message.replace(/^.*: /, "").split(", ") ?? [];
      const whole = Object.entries(Object(await (await ask(path, { at })).json()));
      const [list] = whole.filter(([, member]) => Array.isArray(member)).map(([name]) => name);
      expect(names, path).not.toContain(list);
      // Every answer is held against what is declared of these members.
      expect((await ask(`${path}?fields=${names[0]}`, { at })).status, path).toBe(200);
    }
  });

  it("may be asked for with HEAD as well", async () => {
    const path = `${monitors}?fields=id`;
    expect((await ask(path, { at, method: "HEAD" })).status).toBe(200);
  });

  it("answer in full also to who has the whole already", async () => {
    const tag = (await ask("/api/status", { at })).headers.get("ETag") ?? "";
    const headers = { "If-None-Match": tag };
    expect((await ask("/api/status", { at, headers })).status).toBe(304);
    expect((await ask("/api/status?fields=status", { at, headers })).status).toBe(200);
  });

  it.each(["nothing", "", "status,", "status&fields=asOf", "__proto__", "constructor"])(
    "are refused where they are %j, and told what is allowed",
    async (fields) => {
      const response = await ask(`/api/status?fields=${fields}`, { at });
      const problem = await readProblem(response, "invalid-request", 400);
      expect(problem.errors?.[0]).toMatchObject({
        field: "fields",
        message: expect.stringMatching(/some of: .*groups.*status/),
      });
    },
  );

  it("change nothing where no document is answered, and tell a stranger nothing", async () => {
    const calendar = await ask("/api/status/maintenance.ics?fields=status", { at });
    expect(await calendar.text()).toBe(
      await (await ask("/api/status/maintenance.ics", { at })).text(),
    );
    const refused = await ask(`${monitors}?fields=nothing`, { at, key: null });
    await readProblem(refused, "unauthorized", 401);
  });
});
