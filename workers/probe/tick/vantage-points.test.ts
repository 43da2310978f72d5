import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { placesOf } from "../../../shared/domain/inbound.ts";
import { presentByVantagePoint, presentOverall } from "../../../shared/domain/present-status.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { readVantageServices } from "../../../shared/storage/vantage-services.ts";
import type { Env } from "../env.ts";
import { Vendor } from "../exporters/testing/vendor.ts";
import { beginAnew } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
} from "../testing/harness.ts";
import { tick } from "./tick.ts";

const pingdomKey = "planted-pingdom-token";
const robotKey = "ur123-plantedrobotkey";

let pingdom = new Vendor("pingdom");
let robot = new Vendor("uptimerobot");
let minute = start;

const settings = () => ({
  PINGDOM_API_KEY: pingdomKey,
  PINGDOM_API_URL: pingdom.url,
  UPTIMEROBOT_API_KEY: robotKey,
  UPTIMEROBOT_API_URL: robot.url,
});

beforeEach(async () => {
  await beginAnew();
  await setFaults([]);
  await env.DB.prepare("DELETE FROM vantage_services").run();
  minute += 86_400;
  pingdom = new Vendor("pingdom");
  robot = new Vendor("uptimerobot");
});

type Role = "verdict" | "beside";

async function watch(role: Role): Promise<void> {
  const vantagePoints = [
    { service: "pingdom", check: "85975", role },
    { service: "uptimerobot", check: "777749809", role },
  ] as const;
  const feed = { id: "feed", name: "Feed", url: "/api/feed", vantagePoints: [...vantagePoints] };
  await applyConfig(configOf([feed]), minute - 60);
}

/** What both services saw as of a minute. */
async function see(at: number, status: "up" | "down", limits: Record<string, string> = {}) {
  const check = {
    id: 85_975,
    name: "Feed",
    hostname: "netpost.example",
    type: "http",
    resolution: 1,
  };
  const other = { ...check, id: 161_748, status: "down", lasttesttime: at - 5 };
  await pingdom.watch({
    key: pingdomKey,
    limits,
    checks: [other, { ...check, status, lasttesttime: at - 20, lastresponsetime: 355 }],
  });
  await robot.watch({
    key: robotKey,
    checks: [
      {
        ...{ id: 777_749_809, friendly_name: "Feed", url: "https://netpost.example", type: 1 },
        ...{ interval: 300, status: status === "up" ? 2 : 9 },
        response_times: [{ datetime: at - 15, value: 210 }],
      },
    ],
  });
}

async function tickAt(minutes: number, given: object = settings()) {
  const at = minute + minutes * 60;
  const surroundings = freshSurroundings(standingClock(at + 1));
  const all: Env = { ...surroundings.env, ...given };
  const outcome = await tick({ ...surroundings, env: all }, at);
  const plan = await readPlan(env.DB);
  const { memory } = await readMemory(env.DB);
  const [feed] = plan.monitors;
  if (feed === undefined) throw new Error("no monitor");
  const known = {
    now: at + 10,
    regions: new Map(placesOf(plan).map((place) => [place.id, place])),
    statuses: memory.statuses,
    lastSpans: memory.coverage,
  };
  return {
    outcome,
    verdict: presentOverall(known, feed).status,
    seen: presentByVantagePoint(known, feed).map(({ status }) => status.status),
    why: presentByVantagePoint(known, feed).map(({ status }) => status.unknownReason),
  };
}

const state = async (service: string) =>
  (await readVantageServices(env.DB)).find((one) => one.service === service);

const noted = () =>
  select(z.object({ kind: z.string(), detail: z.string() }), "SELECT kind, detail FROM own_faults");

describe("checks of other services", () => {
  it("vote in the verdict where they are told to, and are no results of ours", async () => {
    await watch("verdict");
    await see(minute, "down");
    const alone = await tickAt(0);
    expect(alone).toMatchObject({ verdict: "degraded", seen: ["down", "down"] });
    // Two regions of three and one service of two are three of five.
    await setFaults([{ kind: "status", status: 500, path: "/api/feed", region: "us-east" }]);
    await see(minute + 60, "down");
    expect(await tickAt(1)).toMatchObject({ verdict: "down" });
    await setFaults([]);
    await see(minute + 120, "up");
    expect(await tickAt(2)).toMatchObject({ verdict: "up", seen: ["up", "up"] });
    const results = await select(
      z.object({ region: z.int(), count: z.int() }),
      "SELECT region, COUNT(*) AS count FROM results GROUP BY region",
    );
    expect(results.every(({ region, count }) => region > 0 && count === 3)).toBe(true);
    const { requests } = await robot.state();
    expect(requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("are shown beside the verdict otherwise, and change nothing in it", async () => {
    await watch("beside");
    await see(minute, "down");
    expect(await tickAt(0)).toMatchObject({ verdict: "up", seen: ["down", "down"] });
  });

  it("that cannot be read become unknown, are told, and hold nothing up", async () => {
    await watch("verdict");
    const said = vi.spyOn(console, "info");
    await see(minute, "up");
    expect(await tickAt(0)).toMatchObject({ verdict: "up", seen: ["up", "up"] });
    // What was said a minute ago still means something; after that it does not.
    for (const minutes of [1, 2, 3]) {
      await pingdom.watch({ key: pingdomKey, checks: [] }, [{ status: 500, body: pingdomKey }]);
      await tickAt(minutes);
    }
    const { verdict, seen, why } = await tickAt(4, { ...settings(), UPTIMEROBOT_API_KEY: "wrong" });
    expect(verdict).toBe("up");
    expect(seen[0]).toBe("unknown");
    expect(why[0]).toBe("own-fault");
    expect(await state("pingdom")).toMatchObject({ reason: "server-error" });
    expect(await state("uptimerobot")).toMatchObject({ reason: "unauthorized", failures: 1 });
    const words = (await noted()).filter(({ kind }) => kind === "vantage-point");
    expect(words.length).toBeGreaterThan(0);
    const everything = JSON.stringify([words, await readVantageServices(env.DB), said.mock.calls]);
    expect(everything).not.toContain("planted");
    said.mockRestore();
  });

  it("are asked no oftener than the service's limits allow", async () => {
    await watch("beside");
    // Ten requests for the next half hour: one in three minutes.
    await see(minute, "up", { "Req-Limit-Short": "Remaining: 10 Time until reset: 1800" });
    for (const minutes of [0, 1, 2]) await tickAt(minutes);
    expect(await pingdom.answered()).toEqual([200]);
    await see(minute + 180, "up", { "Req-Limit-Short": "Remaining: 0 Time until reset: 1620" });
    await tickAt(4);
    expect(await pingdom.answered()).toEqual([200, 200]);
    expect((await state("pingdom"))?.heldUntil).toBe(minute + 4 * 60 + 1 + 1_620);
  });

  it("whose key is not set are told of, and nobody is asked", async () => {
    await watch("verdict");
    expect(await tickAt(0, {})).toMatchObject({ verdict: "up", seen: ["unknown", "unknown"] });
    const details = (await noted()).map(({ detail }) => detail);
    expect(details).toContainEqual(expect.stringMatching(/_API_KEY: not set/));
  });
});
