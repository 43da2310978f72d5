import { describe, expect, it } from "vitest";
import { planDocumentSchema } from "../../contract/plan.ts";
import { compile } from "../compile.ts";
import { parseConfig } from "../parse.ts";

const fileWith = (settings: object, regions: object = { "us-east": { locationHint: "enam" } }) => ({
  baseUrl: "https://netpost.example",
  regions,
  defaults: { intervalSeconds: 300, failuresToOpen: 3, quorum: "any", sloTarget: 0.99 },
  monitors: [{ id: "backup", name: "Backup", type: "heartbeat", ...settings }],
});

function mistakesOf(file: object): readonly string[] {
  const parsed = parseConfig(file);
  return parsed.ok ? [] : parsed.mistakes;
}

function compiled(settings: object) {
  const parsed = parseConfig(fileWith(settings));
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const plan = compile(
    parsed.config,
    {
      monitors: new Map([["backup", { number: 7, addedAt: 60 }]]),
      regions: new Map([["us-east", 1]]),
    },
    1,
  );
  expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  return plan.monitors[0];
}

describe("a heartbeat in the configuration", () => {
  it("is judged every minute, by what came in, whatever the defaults of probes", () => {
    expect(compiled({ every: 3_600 })).toEqual({
      id: "backup",
      number: 7,
      name: "Backup",
      group: "NetPost",
      probe: {
        kind: "heartbeat",
        timetable: { kind: "every", seconds: 3_600 },
        graceSeconds: 300,
        maxRunSeconds: null,
      },
      schedule: { intervalSeconds: 60, phaseSeconds: 0 },
      regions: ["inbound"],
      mode: "parallel",
      retry: { attempts: 1, timeoutMs: 1, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 1 },
      verdict: { quorum: { kind: "majority" }, failuresToOpen: 1, successesToClose: 1 },
      sloTarget: 0.99,
      category: null,
      tags: [],
      weight: 1,
      dependsOn: [],
      addedAt: 60,
      shard: 0,
    });
  });

  it("runs by cron in UTC, or in a zone of its own", () => {
    expect(compiled({ cron: " 0  3 * * * ", graceSeconds: 0 })?.probe).toMatchObject({
      timetable: { kind: "cron", expression: "0 3 * * *", timeZone: "UTC" },
      graceSeconds: 0,
    });
    const there = { cron: "0 3 * * *", timeZone: "Europe/Berlin", maxRunSeconds: 7_200 };
    expect(compiled(there)?.probe).toMatchObject({
      timetable: { timeZone: "Europe/Berlin" },
      maxRunSeconds: 7_200,
    });
  });

  it("takes no room in the shards of the regions", () => {
    const slow = { url: "/", intervalSeconds: 60, timeoutMs: 30_000, budgetMs: 50_000 };
    const file = fileWith({ every: 60 });
    const probed = Array.from({ length: 6 }, (_, index) => ({
      id: `slow-${index}`,
      name: "Slow",
      ...slow,
    }));
    const parsed = parseConfig({ ...file, monitors: [...file.monitors, ...probed] });
    if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
    const ids = parsed.config.monitors.map(({ id }, index) => {
      return [id, { number: index + 1, addedAt: 0 }] as const;
    });
    const identities = { monitors: new Map(ids), regions: new Map([["us-east", 1]]) };
    expect(compile(parsed.config, identities, 1).shards).toBe(1);
  });

  const cronForm = "five fields as in a crontab: minute, hour, day of month, month, day of week";
  it.each([
    ["no timetable", {}, "every: when it is to call in: either every (seconds) or cron"],
    ["two timetables", { every: 60, cron: "0 3 * * *" }, "cron: either every or cron"],
    ["a bad expression", { cron: "0 25 * * *" }, `cron: not a cron expression; ${cronForm}`],
    ["six fields", { cron: "0 0 3 * * *" }, `cron: ${cronForm}, for example 0 3 * * *`],
    ["a day that never comes", { cron: "0 0 30 2 *" }, "cron: a time that never comes"],
    [
      "a bad zone",
      { cron: "0 3 * * *", timeZone: "Berlin" },
      "timeZone: an IANA time zone, for example UTC or Europe/Berlin",
    ],
    ["a zone for an interval", { every: 60, timeZone: "UTC" }, "timeZone: only with cron"],
    ["too short an interval", { every: 59 }, "every: Too small: expected number to be >=60"],
    ["a negative grace", { every: 60, graceSeconds: -1 }, "graceSeconds: Too small"],
    ["a setting of probes", { every: 60, timeoutMs: 100 }, "no such setting: timeoutMs; allowed: "],
  ])("is refused with %s, in words that say what is allowed", (_, settings, message) => {
    const mistakes = mistakesOf(fileWith(settings));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^monitors\[0\]/);
    expect(mistakes[0]).toContain(message);
  });

  it("keeps the name of its place to itself", () => {
    const file = fileWith({ every: 60 }, { inbound: { locationHint: "enam" } });
    expect(mistakesOf(file)).toEqual(["regions: inbound is where heartbeats come in"]);
  });
});
