import { afterAll, beforeAll, describe, expect, test } from "vitest";
import netpostConfig from "../../netpost.config.ts";
import { compile } from "../../shared/config/compile.ts";
import { parseConfig } from "../../shared/config/parse.ts";
import type { Monitor } from "../../shared/domain/monitor.ts";
import { judge } from "../../workers/probe/probers/conditions.ts";
import { type StandIn, startStandIn } from "../stand-in/index.ts";

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.stop());

const ids = netpostConfig.monitors.map(({ id }) => id);

describe("netpost.config.ts", () => {
  test("names three regions, each with its own location hint", () => {
    const hints = Object.entries(netpostConfig.regions).map(([id, { locationHint }]) => [
      id,
      locationHint,
    ]);
    expect(hints).toEqual([
      ["us-east", "enam"],
      ["us-west", "wnam"],
      ["eu-west", "weur"],
    ]);
  });

  test("has a monitor in every group that NetPost asked for", () => {
    const groups = new Set(netpostConfig.monitors.map(({ group }) => group));
    expect([...groups]).toEqual(["Health", "Dashboard", "Authentication", "Core"]);
  });

  test.each(ids)("%s is up when NetPost is well", async (id) => {
    expect(await probe(monitorNamed(id))).toEqual({ outcome: "up" });
  });

  test.each(ids)("%s is down when NetPost answers 503", async (id) => {
    await standIn.setFaults([{ kind: "status", status: 503 }]);
    expect(await probe(monitorNamed(id))).toMatchObject({ outcome: "down", reason: "status" });
    await standIn.clearFaults();
  });

  test.each(ids)("%s is degraded when NetPost takes longer than two seconds", async (id) => {
    expect(await probe(monitorNamed(id), 2_001)).toMatchObject({ outcome: "degraded" });
  });
});

function monitorNamed(id: string): Monitor {
  const parsed = parseConfig({ ...netpostConfig, baseUrl: standIn.url });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const numbers = (of: readonly string[]) => of.map((name, index) => [name, index + 1] as const);
  const plan = compile(
    parsed.config,
    {
      monitors: new Map(numbers(ids).map(([name, number]) => [name, { number, addedAt: 0 }])),
      regions: new Map(numbers(Object.keys(parsed.config.regions))),
    },
    1,
  );
  const monitor = plan.monitors.find((candidate) => candidate.id === id);
  if (monitor === undefined) throw new Error(`no monitor ${id}`);
  return monitor;
}

/** Asks as a region would, and judges the answer by the region's own rules. */
async function probe(
  { probe: { url, method, headers, body, conditions } }: Monitor,
  latencyMs = 5,
) {
  const answer = await fetch(url, { method, headers, body, redirect: "manual" });
  const text = await answer.text();
  return judge(conditions, { status: answer.status, latencyMs, body: text, truncated: false });
}
