import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  standingClock,
  start,
} from "../testing/harness.ts";
import { record } from "./record.ts";

let minute = 0;

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM region_objects").run();
  await applyConfig(configOf([{ id: "home", name: "Home", url: "/" }]));
});

/** Records a round in which region 1's object (asked for in eastern North America) said where it is. */
async function seenIn(colo: string, country: string, droppedRounds = 0): Promise<unknown[]> {
  minute += 1;
  const time = start + minute * 60;
  const lines: unknown[] = [];
  const write = (line: string) => lines.push(JSON.parse(line));
  const spies = [
    vi.spyOn(console, "warn").mockImplementation(write),
    vi.spyOn(console, "info").mockImplementation(write),
  ];
  // Nothing is remembered between them, as where each runs in an isolate of its own.
  await record(freshSurroundings(standingClock(time + 1)), await readPlan(env.DB), {
    reports: [{ round: { time, step: 60 }, regions: [{ region: 1, results: [] }] }],
    asked: null,
    deliveries: [],
    faults: [],
    states: [{ region: 1, shard: 0, colo, country, droppedRounds }],
    more: false,
  });
  for (const spy of spies) spy.mockRestore();
  return lines;
}

const elsewhere = {
  level: "warn",
  event: "region-placement",
  region: "us-east",
  shard: 0,
  locationHint: "enam",
  placement: "elsewhere",
};

describe("a region's object that wanders", () => {
  it("is reported once when it turns up on another continent, and once when it is back", async () => {
    expect(await seenIn("IAD", "US")).toEqual([]);
    expect(await seenIn("FRA", "DE")).toEqual([{ ...elsewhere, colo: "FRA", country: "DE" }]);
    expect(await seenIn("FRA", "DE")).toEqual([]);
    expect(await seenIn("FRA", "DE", 3)).toEqual([]);
    expect(await seenIn("CDG", "FR", 3)).toEqual([]);
    expect(await seenIn("YYZ", "CA", 3)).toEqual([
      { ...elsewhere, level: "info", placement: "as-asked", colo: "YYZ", country: "CA" },
    ]);
  });

  it("is reported where it was never anywhere else", async () => {
    expect(await seenIn("FRA", "DE")).toHaveLength(1);
  });

  it("is not held to be back where its country is not known", async () => {
    expect(await seenIn("FRA", "DE")).toHaveLength(1);
    expect(await seenIn("XXX", "XX")).toEqual([]);
  });
});
