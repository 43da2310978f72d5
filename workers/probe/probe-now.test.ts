import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Clock } from "../../shared/clock.ts";
import { systemClock } from "../../shared/clock.ts";
import { probeNowAnswerSchema } from "../../shared/contract/transcript.ts";
import { readPlan } from "../../shared/storage/plans.ts";
import type { Bindings } from "./env.ts";
import { probeNow } from "./probe-now.ts";
import { applyConfig, configOf, select, setFaults } from "./testing/harness.ts";

async function request() {
  const { monitors, regions } = await readPlan(env.DB);
  return { monitor: monitors[0], regions };
}

/** The real objects, but for one region an object of another class: it has no such method. */
function withBrokenRegion(id: string): Bindings {
  const REGION = new Proxy(env.REGION, {
    get(real, name) {
      if (name === "getByName") {
        return (...[object, options]: Parameters<typeof real.getByName>) =>
          object.startsWith(`${id}/`)
            ? env.PLAN_KEEPER.getByName(object)
            : real.getByName(object, options);
      }
      const value: unknown = Reflect.get(real, name);
      return typeof value === "function" ? value.bind(real) : value;
    },
  });
  return { ...env, REGION };
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf([{ id: "api-health", name: "API health", url: "/api/health" }]));
});

describe("a probe now", () => {
  it("comes back from every region asked, by way of the service", async () => {
    const answer = probeNowAnswerSchema.parse(await exports.ProbeService.probeNow(await request()));
    expect(Object.keys(answer).sort()).toEqual(["eu-west", "us-east", "us-west"]);
    for (const entry of Object.values(answer)) {
      expect(entry).toMatchObject({ kind: "probed", transcript: { result: { outcome: "up" } } });
    }
  });

  it("records nothing", async () => {
    await exports.ProbeService.probeNow(await request());
    expect(await select(z.object({ n: z.int() }), "SELECT count(*) AS n FROM results")).toEqual([
      { n: 0 },
    ]);
  });

  it("says of a region that fails that it does, and has the others'", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await probeNow(withBrokenRegion("eu-west"), systemClock, await request());
    logged.mockRestore();
    expect(answer).toMatchObject({
      "us-east": { kind: "probed" },
      "us-west": { kind: "probed" },
      "eu-west": { kind: "failed", reason: "region-unreachable" },
    });
  });

  it("does not wait longer for a region than a probe may take", async () => {
    const impatient: Clock = { now: () => 0, sleep: () => Promise.resolve() };
    const answer = await probeNow(env, impatient, await request());
    expect(answer["us-east"]).toEqual({
      kind: "failed",
      reason: "region-unreachable",
      detail: "no answer within 4000 ms",
    });
  });

  it("refuses what is not a request", async () => {
    await expect(probeNow(env, systemClock, { monitor: "api-health" })).rejects.toThrow(z.ZodError);
  });
});
