/** Random scripts for property tests: few faults in few minutes, so that they shrink well. */
import fc from "fast-check";
import {
  type DatabaseFault,
  describeScript,
  type Fault,
  type RegionFault,
  type Script,
  type TargetFault,
  type TickFault,
} from "../simulation/script.ts";

const minutes = 12;
/** On quarters of a minute and a little after, where checks begin and end. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: minutes * 4 }), fc.constantFrom(0, 200, 7_000))
  .map(([quarters, more]) => quarters * 15_000 + more);
const span = fc.tuple(moment, moment).map(([a, b]) => {
  return { from: Math.min(a, b), to: Math.max(a, b) + 100 };
});
const minute = fc.integer({ min: 1, max: minutes - 1 });
const regions = fc.subarray([0, 1, 2], { minLength: 1 });
const target = fc.constantFrom(0, 1);

export const targetFaults: fc.Arbitrary<TargetFault> = fc
  .tuple(fc.constantFrom("refuse", "hang", "error", "wrong", "slow"), target, regions, span)
  .map(([how, on, from, when]) => ({ kind: "target", target: on, regions: from, how, ...when }));

export const regionFaults: fc.Arbitrary<RegionFault> = fc
  .tuple(
    fc.constantFrom("unreachable", "answer-lost"),
    fc.constantFrom(0, 1, 2),
    fc.constantFrom(null, 0, 1),
    span,
  )
  .map(([how, region, shard, when]) => ({ kind: "region", region, shard, how, ...when }));

/** Regions that reach nothing, control targets neither. */
export const cutOffs: fc.Arbitrary<RegionFault> = fc
  .tuple(fc.constantFrom(0, 1, 2), span)
  .map(([region, when]) => {
    return { kind: "region", region, shard: null, how: "no-network", ...when };
  });

export const databaseFaults: fc.Arbitrary<DatabaseFault> = fc
  .tuple(fc.constantFrom("away", "answer-lost"), span)
  .map(([how, when]) => ({ kind: "database", how, ...when }));

export const doubledTicks: fc.Arbitrary<TickFault> = fc
  .tuple(minute, fc.integer({ min: 0, max: 20_000 }))
  .map(([at, afterMs]) => ({ kind: "tick", minute: at, how: "doubled", afterMs }));

/** Ticks that die once every object was asked: what is probed is probed as if they had lived. */
export const lateDeaths: fc.Arbitrary<TickFault> = fc
  .tuple(minute, fc.integer({ min: 200, max: 30_000 }))
  .map(([at, afterMs]) => ({ kind: "tick", minute: at, how: "killed", afterMs, objects: false }));

export const tickFaults: fc.Arbitrary<TickFault> = fc.oneof(
  doubledTicks,
  lateDeaths,
  minute.map((at): TickFault => ({ kind: "tick", minute: at, how: "missing" })),
  fc
    .tuple(minute, fc.integer({ min: 1_000, max: 90_000 }))
    .map(([at, byMs]): TickFault => ({ kind: "tick", minute: at, how: "late", byMs })),
  fc.tuple(minute, fc.integer({ min: 0, max: 20_000 })).map(([at, afterMs]): TickFault => {
    return { kind: "tick", minute: at, how: "killed", afterMs, objects: true };
  }),
);

/** Everything of ours that can fail. */
export const ourFaults: fc.Arbitrary<Fault> = fc.oneof(
  regionFaults,
  cutOffs,
  databaseFaults,
  tickFaults,
);

/** Scripts with these faults, on monitors of these intervals; they print as people read them. */
export function scriptsOf(
  faults: readonly fc.Arbitrary<Fault>[],
  intervals: readonly (readonly number[])[] = [
    [60, 60],
    [60, 30],
    [60, 120],
  ],
): fc.Arbitrary<Script> {
  return fc
    .record({
      seed: fc.nat(1_000),
      intervals: fc.constantFrom(...intervals),
      faults: fc.array(fc.oneof(...faults), { maxLength: 6, size: "max" }),
    })
    .map((drawn) => readable({ ...drawn, minutes }));
}

/** fast-check prints a counterexample by this. */
export function readable(script: Script): Script {
  return Object.assign(script, { [fc.toStringMethod]: () => `\n${describeScript(script)}\n` });
}
