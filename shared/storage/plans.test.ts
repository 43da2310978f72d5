import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/parse.ts";
import type { ConfigInput } from "../config/schema.ts";
import { apply, propose, readPlan } from "./plans.ts";

const now = 1_790_000_040;

function config(ids: readonly string[], more: Partial<ConfigInput> = {}) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: ids.map((id) => ({ id, name: id, url: `/${id}` })),
    ...more,
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return parsed.config;
}

async function applyNow(ids: readonly string[], at = now, more: Partial<ConfigInput> = {}) {
  return apply(env.DB, await propose(env.DB, config(ids, more), at), at);
}

async function numberOf(id: string): Promise<number | undefined> {
  return (await readPlan(env.DB)).monitors.find((monitor) => monitor.id === id)?.number;
}

// One story: each part goes on where the one before it ended.
describe("applying configurations", () => {
  it("starts from an empty plan", async () => {
    expect(await readPlan(env.DB)).toEqual({
      revision: 0,
      regions: [],
      monitors: [],
      shards: 1,
      controls: [],
    });
  });

  it("gives a revision, and every monitor a number", async () => {
    expect(await applyNow(["a", "b"])).toEqual({ kind: "applied", revision: 1 });
    expect(await readPlan(env.DB)).toMatchObject({
      revision: 1,
      regions: [{ id: "us-east", number: 1 }],
      monitors: [
        { id: "a", number: 1, addedAt: now },
        { id: "b", number: 2, addedAt: now },
      ],
    });
  });

  it("says so when nothing would change, and changes nothing", async () => {
    expect(await applyNow(["a", "b"], now + 10)).toEqual({ kind: "unchanged", revision: 1 });
  });

  it("shows what would change before it does", async () => {
    const { changes } = await propose(env.DB, config(["b", "c"]), now);
    expect(changes).toMatchObject([
      { kind: "remove", subject: "monitor a" },
      { kind: "add", subject: "monitor c" },
    ]);
    expect((await readPlan(env.DB)).revision).toBe(1);
  });

  it("never gives a number twice, and the same one to who comes back", async () => {
    await applyNow(["b", "c"], now + 60);
    expect(await numberOf("c")).toBe(3);
    // In the middle of a minute: its round, if it is still to come, is the monitor's first.
    await applyNow(["a", "b", "c"], now + 133);
    expect(await numberOf("a")).toBe(1);
    // Nothing was expected of it in between.
    expect((await readPlan(env.DB)).monitors[0]?.addedAt).toBe(now + 120);
  });

  it("lets one of two win who apply at the same time, unseen by neither", async () => {
    const mine = await propose(env.DB, config(["mine"]), now);
    const yours = await propose(env.DB, config(["yours"]), now);
    expect(await apply(env.DB, mine, now)).toEqual({ kind: "applied", revision: 4 });
    expect(await apply(env.DB, yours, now)).toMatchObject({ kind: "conflict" });
    expect((await readPlan(env.DB)).monitors.map(({ id }) => id)).toEqual(["mine"]);
  });

  it("ends the outage of a monitor that is no longer watched", async () => {
    const number = await numberOf("mine");
    await env.DB.prepare("INSERT INTO outages (monitor, started_at, detected_at) VALUES (?, ?, ?)")
      .bind(number, now, now)
      .run();
    await applyNow(["other"], now + 500);
    const outage = await env.DB.prepare("SELECT ended_at FROM outages").first();
    expect(outage).toEqual({ ended_at: now + 500 });
  });

  it("calls unknown, from then on, what one region or all of them no longer watch", async () => {
    await applyNow(["a"], now + 540, {
      regions: { "us-east": { locationHint: "enam" }, "us-west": { locationHint: "wnam" } },
    });
    await env.DB.prepare(
      `INSERT INTO statuses (monitor, scope, status, since)
       SELECT number, scope, 'up', ?1 FROM monitors, (SELECT 0 AS scope UNION SELECT 1 UNION SELECT 2)
       WHERE id = 'a'`,
    )
      .bind(now + 540)
      .run();
    await applyNow(["a"], now + 560);
    const changes = "SELECT scope, to_status FROM transitions WHERE at = ?1 ORDER BY scope";
    const read = async (at: number) => (await env.DB.prepare(changes).bind(at).all()).results;
    expect(await read(now + 560)).toEqual([{ scope: 2, to_status: "unknown" }]);
    await applyNow(["other"], now + 580);
    expect(await read(now + 580)).toEqual([
      { scope: 0, to_status: "unknown" },
      { scope: 1, to_status: "unknown" },
    ]);
  });

  it("never asks fewer objects than before: they may hold results", async () => {
    const many = Array.from({ length: 100 }, (_, index) => `m-${index}`);
    await applyNow(many, now + 600);
    const { shards } = await readPlan(env.DB);
    expect(shards).toBeGreaterThan(1);
    await applyNow(["m-0"], now + 700);
    expect((await readPlan(env.DB)).shards).toBe(shards);
  });
});
