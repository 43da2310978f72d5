import { describe, expect, it } from "vitest";
import { randomFrom } from "../lab/random.ts";
import type { Evidence, MinuteRun } from "./evidence.ts";
import { judge } from "./laws.ts";
import { drawScript, paths, regions, type ScriptedMinute, truthOf } from "./script.ts";

const window = { from: 600, to: 780 };
const everywhere = { kind: "target", how: "status", path: "/", region: null } as const;

const minute = (index: number, more: Partial<MinuteRun> = {}): MinuteRun => ({
  index,
  time: window.from + index * 60,
  cron: "once",
  killed: false,
  disturbances: [],
  ended: 1,
  rounds: [{ outcome: "recorded", newResults: 12, rowsRead: 17, rowsWritten: 16 }],
  arrivals: [],
  signsOfLife: 1,
  ...more,
});

const key = (kind: string, sequence: number) => `outage/home/660/webhook/${sequence}/${kind}`;

/** Three minutes: in the second one target fails everywhere, and its end is told in the third. */
function good(): Evidence {
  const minutes = [
    minute(0),
    minute(1, {
      disturbances: [everywhere],
      arrivals: [{ key: key("trigger", 0), wasTaken: true }],
    }),
    minute(2, { arrivals: [{ key: key("resolve", 1), wasTaken: true }] }),
  ];
  const notification = (kind: string, sequence: number) => ({
    ...{ id: key(kind, sequence), incident: "outage/home/660", kind, state: "sent" },
  });
  const overall = (downSeconds: number) => ({ downSeconds, unknownSeconds: 0 });
  return {
    minutes,
    restFrom: 2,
    window,
    sla: paths.map((name) => ({ name, overall: overall(name === "/" ? 60 : 0) })),
    record: {
      results: minutes.flatMap(({ time, disturbances }) =>
        paths.flatMap((path) =>
          regions.map((region) => {
            const outcome = truthOf(disturbances, path, region) ?? "unknown";
            return { time, path, region, outcome };
          }),
        ),
      ),
      transitions: paths.flatMap((path) => [
        { path, at: 600, to: "up" as const },
        ...(path === "/"
          ? [
              { path, at: 660, to: "down" as const },
              { path, at: 720, to: "up" as const },
            ]
          : []),
      ]),
      outages: [{ monitor: "home", startedAt: 660, endedAt: 720 }],
      notifications: [notification("trigger", 0), notification("resolve", 1)],
      handledAs: new Map([["outage/home/660", "outage/home/660"]]),
      rulesFired: [],
      dropped: 0,
      rolledUp: { counted: 36, there: 36 },
    },
    answers: { count: 4, secrets: 0, asked: 2, stale: 2 },
    lines: { count: 3, secrets: 0 },
    reports: { count: 6, secrets: 0 },
    exports: { count: 4, secrets: 0 },
    files: { files: 5, found: [] },
  };
}

const brokenIn = (evidence: Evidence) =>
  judge(evidence)
    .filter(({ kept }) => !kept)
    .map(({ law }) => law);

const recordOf = (change: Partial<Evidence["record"]>): Evidence => {
  const evidence = good();
  return { ...evidence, record: { ...evidence.record, ...change } };
};

const minuteOf = (at: number, change: Partial<MinuteRun>): Evidence => {
  const evidence = good();
  return {
    ...evidence,
    minutes: evidence.minutes.map((one) => (one.index === at ? { ...one, ...change } : one)),
  };
};

describe("the laws", () => {
  it("are kept by a run in which all is as it must be", () => {
    expect(brokenIn(good())).toEqual([]);
  });

  const { results, transitions, notifications } = good().record;

  it.each<[string, number[], Evidence]>([
    [
      "a region without network that is called down",
      [1],
      minuteOf(1, {
        disturbances: [everywhere, { kind: "region-network", region: "us-east" }],
      }),
    ],
    ["a result that is lost", [2], recordOf({ results: results.slice(1) })],
    [
      "a result of a minute that had no tick",
      [2],
      minuteOf(0, { cron: "never", ended: 0, rounds: [], signsOfLife: 0 }),
    ],
    ["rollups that count twice", [2], recordOf({ rolledUp: { counted: 37, there: 36 } })],
    ["a round that was dropped", [2], recordOf({ dropped: 1 })],
    ["a change that is missed", [3], recordOf({ transitions: transitions.slice(1) })],
    [
      "a change that never was",
      [3],
      recordOf({ transitions: [...transitions, { path: "/", at: 680, to: "down" }] }),
    ],
    ["a message that never came", [4], minuteOf(2, { arrivals: [] })],
    [
      "one that was refused and not sent again",
      [4],
      minuteOf(1, { arrivals: [{ key: key("trigger", 0), wasTaken: false }] }),
    ],
    [
      "one that came twice without a kill",
      [4],
      minuteOf(2, {
        arrivals: [key("trigger", 0), key("resolve", 1)].map((one) => ({
          key: one,
          wasTaken: true,
        })),
      }),
    ],
    [
      "one that is dead",
      [4],
      recordOf({
        notifications: notifications.map((one) => ({ ...one, state: "dead" })),
        outages: [],
      }),
    ],
    ["an outage that nobody was told of", [4], recordOf({ handledAs: new Map() })],
    ["a sign of life of what was not recorded", [5], minuteOf(2, { rounds: [] })],
    ["no sign of life of what was", [5], minuteOf(2, { signsOfLife: 0 })],
    [
      "minutes without a tick that nobody is told of",
      [5],
      {
        ...good(),
        minutes: Array.from({ length: 70 }, (_, at) => minute(at)).filter(
          ({ index }) => index % 10 !== 5,
        ),
      },
    ],
    [
      "a status that is not stale",
      [5],
      { ...good(), answers: { count: 4, secrets: 0, asked: 2, stale: 1 } },
    ],
    ["a secret in a log line", [6], { ...good(), lines: { count: 3, secrets: 1 } }],
    ["a secret in what a service was told", [6], { ...good(), exports: { count: 4, secrets: 1 } }],
    ["no service told of anything", [6], { ...good(), exports: { count: 0, secrets: 0 } }],
    ["a secret in an error report", [6], { ...good(), reports: { count: 6, secrets: 1 } }],
    ["a secret in a file", [6], { ...good(), files: { files: 5, found: ["db.sqlite"] } }],
    [
      "a second of downtime too many",
      [7],
      {
        ...good(),
        sla: good().sla.map((one) => ({
          ...one,
          overall: { ...one.overall, downSeconds: one.overall.downSeconds + 1 },
        })),
      },
    ],
    [
      "a round that reads more the longer it runs",
      [8],
      minuteOf(2, {
        rounds: [{ outcome: "recorded", newResults: 12, rowsRead: 18, rowsWritten: 16 }],
      }),
    ],
  ])("are broken by %s", (_name, laws, evidence) => {
    expect(brokenIn(evidence)).toEqual(expect.arrayContaining(laws));
  });
});

describe("the script", () => {
  const draw = (seed: number, count: number): ScriptedMinute[] => {
    const script = drawScript(randomFrom(seed));
    return Array.from({ length: count }, () => script.next().value);
  };

  it("is the same for the same seed, and has everything in it sooner or later", () => {
    const minutes = draw(1, 2_000);
    expect(draw(1, 2_000)).toEqual(minutes);
    const kinds = minutes.flatMap(({ disturbances }) => disturbances.map(({ kind }) => kind));
    expect([...new Set(kinds)].sort()).toEqual([
      "database",
      "receiver",
      "region-disk",
      "region-network",
      "target",
    ]);
    expect([...new Set(minutes.map(({ cron }) => cron))].sort()).toEqual([
      "again",
      "late",
      "never",
      "once",
      "twice",
    ]);
    expect(minutes.some(({ killAfterMs }) => killAfterMs !== null)).toBe(true);
    expect(minutes.at(-1)?.index).toBeGreaterThan(2_000);
  });
});
