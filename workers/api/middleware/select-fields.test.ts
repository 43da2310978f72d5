import { beforeAll, describe, expect, it } from "vitest";
import { readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
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
