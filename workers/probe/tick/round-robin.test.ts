import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Bindings } from "../env.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standIn,
  standingClock,
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

/** The real objects, but a region confirms and its answer never arrives. */
function deafTo(id: string): Bindings {
  const REGION = new Proxy(env.REGION, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name);
      if (name !== "getByName") return typeof value === "function" ? value.bind(real) : value;
      return (...[object, options]: Parameters<typeof real.getByName>) => {
        const stub = real.getByName(object, options);
        if (!object.startsWith(`${id}/`)) return stub;
        return {
          run: (input: unknown) => stub.run(input),
          acknowledge: (input: unknown) => stub.acknowledge(input),
          confirm: async (input: unknown) => {
            await stub.confirm(input);
            throw new Error("connection lost");
          },
        };
      };
    },
  });
  return { ...env, REGION };
}

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

  it("loses no confirmation of which the object's answer was lost", async () => {
    const time = start + 540;
    await setFaults([{ kind: "status", status: 404, path }]);
    await tickAt(time, { ...freshSurroundings(standingClock(time + 1)), env: deafTo("us-west") });
    expect((await results(time)).map(({ region }) => region)).not.toContain(2);
    await setFaults([]);
    await tickAt(time + 60);
    expect(await results(time)).toHaveLength(3);
  });

  it("is confirmed also while more rounds wait for the database than one answer takes", async () => {
    await setFaults([]);
    await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
    const from = start + 600;
    for (let minute = 0; minute < 62; minute += 1) await tickAt(from + minute * 60);
    await setFaults([{ kind: "status", status: 404, path }]);
    await tickAt(from + 62 * 60);
    await setFaults([]);
    await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
    await tickAt(from + 63 * 60);
    expect((await results(from + 62 * 60)).map(({ outcome }) => outcome)).toEqual([2, 2, 2]);
    expect((await overallChanges()).slice(-2)).toEqual([
      { at: from + 62 * 60, to_status: "down" },
      { at: from + 63 * 60, to_status: "up" },
    ]);
  });
});
