import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  applyConfig,
  configOf,
  select,
  setFaults,
  standIn,
  start,
  tickAt,
} from "../testing/harness.ts";

const path = "/api/feed";
const resultRow = z.object({ time: z.int(), region: z.int(), outcome: z.int() });
const transitionRow = z.object({ at: z.int(), to_status: z.string() });

async function requestsSeen(): Promise<number> {
  const response = await fetch(`${standIn.controlUrl}/requests`);
  return z.object({ total: z.int() }).parse(await response.json()).total;
}

const results = (time: number) =>
  select(resultRow, `SELECT time, region, outcome FROM results WHERE time = ${time}`);
const overallChanges = () =>
  select(transitionRow, "SELECT at, to_status FROM transitions WHERE scope = 0 ORDER BY at");

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf([{ id: "feed", name: "Feed", url: path, mode: "round-robin" }]));
});

// One story: each part goes on where the one before it ended.
describe("a round-robin monitor", () => {
  it("costs one request a check while all is well", async () => {
    const before = await requestsSeen();
    await tickAt(start);
    await tickAt(start + 60);
    await tickAt(start + 120);
    expect((await requestsSeen()) - before).toBe(3);
    const seen = await select(resultRow, "SELECT time, region, outcome FROM results");
    expect(new Set(seen.map(({ region }) => region))).toEqual(new Set([1, 2, 3]));
  });

  it("is down in the very check in which it fails, confirmed by all other regions", async () => {
    await setFaults([{ kind: "status", status: 404, path }]);
    await tickAt(start + 180);
    expect((await results(start + 180)).map(({ outcome }) => outcome)).toEqual([2, 2, 2]);
    expect(await overallChanges()).toEqual([
      { at: start, to_status: "up" },
      { at: start + 180, to_status: "down" },
    ]);
  });

  it("keeps the confirmations in the objects until they are recorded", async () => {
    await setFaults([{ kind: "status", status: 404, path }]);
    await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
    await tickAt(start + 240);
    await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
    await setFaults([]);
    await tickAt(start + 300);
    expect(await results(start + 240)).toHaveLength(3);
    expect((await overallChanges()).at(-1)).toEqual({ at: start + 300, to_status: "up" });
  });

  it("is degraded, not down, when the others see it well", async () => {
    for (const region of ["us-east", "us-west", "eu-west"]) {
      await setFaults([{ kind: "status", status: 404, path, region }]);
      const time = start + 360 + ["us-east", "us-west", "eu-west"].indexOf(region) * 60;
      await tickAt(time);
    }
    const statuses = (await overallChanges()).map(({ to_status }) => to_status);
    expect(statuses).not.toContain("unknown");
    expect(statuses.filter((status) => status === "down")).toHaveLength(1);
  });
});
