import { type Fault, flapping, regionIds, type Script, type TargetFault } from "./script.ts";

/** Scripts that all show one thing, at every phase and in every way that matters. */
export interface Scenario {
  readonly name: string;
  readonly scripts: readonly Script[];
}

const minute = 60_000;
const everywhere = regionIds.map((_, region) => region);
const hows = ["refuse", "hang", "error", "wrong"] as const;
/** Where in a minute a fault begins, ms. */
const phases = [0, 1, 150, 7_000, 29_000, 59_000];

/** The scripted part of the lab. */
export function scenarios(seed: number): Scenario[] {
  const script = (minutes: number, faults: readonly Fault[], intervals = [60, 60]): Script => {
    return { seed, minutes, intervals, faults };
  };
  const outage = (from: number, length: number, how: TargetFault["how"] = "hang"): TargetFault => {
    return { kind: "target", target: 0, regions: everywhere, how, from, to: from + length };
  };
  const seenFrom = (regions: readonly number[], how: TargetFault["how"], target = 0): Fault => {
    return { kind: "target", target, regions, how, from: 5 * minute, to: 35 * minute };
  };
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  const eachHow = <T>(make: (how: (typeof hows)[number]) => T): T[] => hows.map(make);
  return [
    {
      name: "one region's way to a target is lost",
      scripts: everywhere.flatMap((region) =>
        eachHow((how) => script(40, [seenFrom([region], how)])),
      ),
    },
    {
      name: "every region's way to another target is lost",
      scripts: pairs.flatMap(([a, b]) =>
        eachHow((how) => script(40, [seenFrom([a], how), seenFrom([b], "hang", 1)])),
      ),
    },
    {
      name: "two regions' way to a target is lost",
      scripts: pairs.flatMap((pair) => eachHow((how) => script(40, [seenFrom(pair, how)]))),
    },
    {
      name: "a target is slow, or fails now and then in one region",
      scripts: [
        script(40, [seenFrom(everywhere, "slow")]),
        ...everywhere.map((region) => script(120, [seenFrom([region], "flaky")])),
      ],
    },
    {
      name: "blips of 30 s",
      scripts: phases.flatMap((phase) =>
        eachHow((how) => script(10, [outage(3 * minute + phase, 30_000, how)])),
      ),
    },
    {
      name: "outages of 1 to 10 intervals",
      scripts: [60, 30, 300].flatMap((interval) =>
        phases.flatMap((phase) =>
          [1, 2, 3, 5, 10].map((count) => {
            const length = count * interval * 1000;
            const how = hows[count % hows.length];
            const minutes = 10 + Math.ceil(length / minute);
            return script(minutes + 10, [outage(6 * minute + phase, length, how)], [interval]);
          }),
        ),
      ),
    },
    {
      name: "a target flaps",
      scripts: [20_000, 45_000, 90_000, 150_000].map((badMs) => {
        const fault = { target: 0, regions: everywhere, how: "refuse" as const };
        return script(70, flapping({ ...fault, from: 5 * minute, to: 65 * minute }, 75_000, badMs));
      }),
    },
    {
      name: "a region of ours fails, with and without an outage",
      scripts: everywhere.flatMap((region) =>
        (["unreachable", "answer-lost", "no-network"] as const).flatMap((how) => {
          const lost: Fault = {
            ...{ kind: "region", region, shard: null, how },
            ...{ from: 4 * minute + 7_000, to: 20 * minute },
          };
          return [script(30, [lost]), script(30, [lost, outage(8 * minute, 5 * minute)])];
        }),
      ),
    },
    {
      name: "one of a region's objects fails",
      scripts: everywhere.map((region) => {
        const lost = { kind: "region" as const, region, shard: 0, how: "unreachable" as const };
        return script(30, [
          { ...lost, from: 4 * minute, to: 20 * minute },
          outage(8 * minute, 5 * minute),
        ]);
      }),
    },
    {
      name: "the database is away for 10 and 100 minutes",
      scripts: [10, 100].flatMap((length) =>
        [[60], [60, 10]].flatMap((intervals) =>
          (["away", "answer-lost"] as const).map((how) =>
            script(
              length + 20,
              [
                { kind: "database", how, from: 5 * minute, to: (5 + length) * minute },
                outage(8 * minute + 500, 4 * minute),
              ],
              intervals,
            ),
          ),
        ),
      ),
    },
    {
      // The bound is a day of minute rounds, or four hours of fast ones.
      name: "the database is away for longer than the regions' bound",
      scripts: [
        { intervals: [60], hours: 26 },
        { intervals: [60, 10], hours: 6 },
      ].map(({ intervals, hours }) =>
        script(
          hours * 60 + 40,
          [
            { kind: "database", how: "away", from: 5 * minute, to: (5 + hours * 60) * minute },
            // One outage is dropped, one is kept, in the middle is a fault of one region's way.
            outage(20 * minute, 10 * minute),
            outage((hours * 60 - 60) * minute, 10 * minute),
            {
              ...{ kind: "target", target: 0, regions: [1], how: "error" },
              ...{ from: (hours * 60 - 40) * minute, to: (hours * 60 - 30) * minute },
            },
          ],
          intervals,
        ),
      ),
    },
    {
      name: "ticks come late, twice, not at all, or die",
      scripts: [...ticks(0), ...ticks(1)].map((faults) =>
        script(30, [outage(8 * minute + 500, 6 * minute, "error"), ...faults]),
      ),
    },
    {
      name: "fast and slow monitors together, a slow one hangs",
      scripts: [
        [60, 10],
        [60, 30],
        [300, 10],
      ].flatMap((intervals) =>
        [everywhere, ...pairs].map((regions) => script(40, [seenFrom(regions, "hang")], intervals)),
      ),
    },
  ];
}

/** Every kind of fault of the cron, on every other minute or on all. */
function ticks(offset: number): Fault[][] {
  const minutes = Array.from({ length: 10 }, (_, index) => 5 + offset + 2 * index);
  const kind = "tick" as const;
  return [
    minutes.map((at) => ({ kind, minute: at, how: "missing" })),
    minutes.map((at) => ({ kind, minute: at, how: "late", byMs: 20_000 })),
    minutes.map((at) => ({ kind, minute: at, how: "late", byMs: 58_000 })),
    minutes.map((at) => ({ kind, minute: at, how: "late", byMs: 75_000 })),
    ...[0, 3, 40, 2_000, 30_000].map((afterMs) =>
      minutes.map((at): Fault => ({ kind, minute: at, how: "doubled", afterMs })),
    ),
    ...[0, 50, 150, 300, 500, 700, 5_000].flatMap((afterMs) =>
      [false, true].map((objects) =>
        minutes.map((at): Fault => ({ kind, minute: at, how: "killed", afterMs, objects })),
      ),
    ),
  ];
}
