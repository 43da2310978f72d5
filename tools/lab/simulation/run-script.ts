import { chance } from "./chance.ts";
import { resultKey, SimulatedDatabase } from "./database.ts";
import { EventQueue } from "./event-queue.ts";
import { type LabPlan, scriptStart } from "./lab-plan.ts";
import { RegionObject } from "./region-object.ts";
import { type RegionFault, regionIds, type Script, type TickFault } from "./script.ts";
import { Targets } from "./target.ts";
import { type Isolate, runTick, type TickWorld } from "./tick.ts";

/** What a script left in the database, and what was seen to go wrong on the way. */
export interface Run {
  readonly script: Script;
  readonly lab: LabPlan;
  readonly database: SimulatedDatabase;
  /**
   * Results that a region had on disk, of every target's first monitor and of those whose regions
   * take turns: none may be lost, but for those that were dropped at the bound.
   */
  readonly kept: ReadonlyMap<string, number>;
  readonly dropped: ReadonlySet<string>;
  /** Rounds that objects dropped, as they count them themselves, and as was seen. */
  readonly droppedRounds: { readonly counted: number; readonly seen: number };
  /** What the database refused; must be empty. */
  readonly refused: readonly string[];
  /** Whether the objects have let go of everything. */
  readonly isDrained: boolean;
}

/** Undisturbed minutes after the last fault, at most, in which all that waited gets recorded. */
const quietMinutes = 10;

/** Runs a script through the pipeline on a simulated clock. The same script, the same run. */
export function runScript(script: Script, lab: LabPlan): Run {
  const queue = new EventQueue();
  const epochMs = scriptStart * 1000;
  const targets = new Targets(script);
  const isTracked = new Set(
    lab.monitorsOf.flatMap(([first, ...others]) => {
      const inTurn = others.filter(({ mode }) => mode === "round-robin");
      return [first, ...inTurn].map((monitor) => monitor?.number);
    }),
  );
  const dropped = new Set<string>();
  let droppedRounds = 0;
  const kept = new Map<string, number>();
  const refused: string[] = [];
  const database = new SimulatedDatabase((monitor) => isTracked.has(monitor));
  const objects = regionIds.map((_, region) =>
    lab.monitorsOf.map(
      (_, shard) =>
        new RegionObject({
          region,
          target: shard,
          monitors: lab.monitorsOf[shard] ?? [],
          targets,
          queue,
          onDropped: (_, { round, results }) => {
            droppedRounds += 1;
            for (const { monitor } of results) {
              if (isTracked.has(monitor)) dropped.add(resultKey(round.time, monitor, region + 1));
            }
          },
          onKept: (_, { round, results }) => {
            for (const { monitor } of results) {
              if (!isTracked.has(monitor)) continue;
              const key = resultKey(round.time, monitor, region + 1);
              kept.set(key, (kept.get(key) ?? 0) + 1);
            }
          },
        }),
    ),
  );
  const regionFaults = script.faults.filter((fault): fault is RegionFault => {
    return fault.kind === "region" && fault.how !== "no-network";
  });
  const databaseFaults = script.faults.filter((fault) => fault.kind === "database");
  const world: TickWorld = {
    plan: lab.plan,
    queue,
    epochMs,
    objects,
    database,
    seed: script.seed,
    faultOf: (region, shard, at) =>
      regionFaults.find(
        (fault) =>
          fault.region === region &&
          (fault.shard === null || fault.shard === shard) &&
          at >= fault.from &&
          at < fault.to,
      )?.how ?? null,
    databaseFaultAt: (at) =>
      databaseFaults.find(({ from, to }) => at >= from && at < to)?.how ?? null,
    onRefused: (message) => refused.push(message),
  };
  scheduleTicks(world, script);
  queue.run();
  return {
    script,
    lab,
    database,
    kept,
    dropped,
    droppedRounds: {
      counted: objects.flat().reduce((total, object) => total + object.dropped, 0),
      seen: droppedRounds,
    },
    refused,
    isDrained: objects.flat().every(({ isEmpty }) => isEmpty),
  };
}

function scheduleTicks(world: TickWorld, script: Script): void {
  const faults = new Map<number, TickFault[]>();
  for (const fault of script.faults) {
    if (fault.kind !== "tick") continue;
    faults.set(fault.minute, [...(faults.get(fault.minute) ?? []), fault]);
  }
  const isolates: Isolate[] = [{ memory: null }, { memory: null }];
  const lastFaultMs = Math.max(0, ...script.faults.map((fault) => ("to" in fault ? fault.to : 0)));
  const minutes = Math.max(script.minutes, Math.ceil(lastFaultMs / 60_000)) + quietMinutes;
  for (let minute = 0; minute < minutes; minute += 1) {
    world.queue.at(minute * 60_000, () => {
      const isDone =
        minute > script.minutes && world.objects.flat().every(({ isEmpty }) => isEmpty);
      if (!isDone) fire(world, minute, faults.get(minute) ?? [], isolates);
    });
  }
}

function fire(
  world: TickWorld,
  minute: number,
  faults: readonly TickFault[],
  isolates: readonly Isolate[],
): void {
  const { queue, seed } = world;
  if (faults.some(({ how }) => how === "missing")) return;
  const late = faults.find((fault) => fault.how === "late");
  const killed = faults.find((fault) => fault.how === "killed");
  const doubled = faults.find((fault) => fault.how === "doubled");
  const time = scriptStart + minute * 60;
  const firstAt = queue.now + (late?.byMs ?? Math.floor(chance(seed, minute, 3) * 400));
  const start = (diesAt: number) => {
    const isolate = isolates[chance(seed, queue.now, 4) < 0.9 ? 0 : 1];
    if (isolate) runTick(world, time, { isolate, diesAt });
  };
  queue.at(firstAt, () => {
    const diesAt = killed ? firstAt + killed.afterMs : Number.POSITIVE_INFINITY;
    start(diesAt);
    if (killed === undefined) return;
    queue.at(diesAt, () => {
      for (const isolate of isolates) isolate.memory = null;
      if (killed.objects) for (const object of world.objects.flat()) object.die();
    });
  });
  if (doubled) queue.at(firstAt + doubled.afterMs, () => start(Number.POSITIVE_INFINITY));
}
