import type { Plan } from "../../../shared/domain/plan.ts";
import { planRounds } from "../../../shared/domain/plan.ts";
import {
  decideRecording,
  type RegionReport,
  type RoundReport,
} from "../../../shared/domain/recording.ts";
import { isSameRound, type Round } from "../../../shared/domain/schedule.ts";
import { chance } from "./chance.ts";
import { confirm } from "./confirm.ts";
import type { SimulatedDatabase, Versioned } from "./database.ts";
import type { EventQueue } from "./event-queue.ts";
import { type Collected, type Delivery, fanOut } from "./fan-out.ts";
import type { RegionObject } from "./region-object.ts";
import type { DatabaseFault, RegionFault } from "./script.ts";

/** What an isolate remembers between ticks; it dies with the isolate. */
export interface Isolate {
  memory: Versioned | null;
}

/** What a tick meets. */
export interface TickWorld {
  readonly plan: Plan;
  readonly queue: EventQueue;
  /** Epoch ms at which the queue's clock starts. */
  readonly epochMs: number;
  /** By region and shard. */
  readonly objects: readonly (readonly RegionObject[])[];
  readonly database: SimulatedDatabase;
  /** Of what is left to chance. */
  readonly seed: number;
  /** The fault of one of our objects at a time, if it has one. */
  readonly faultOf: (region: number, shard: number, at: number) => RegionFault["how"] | null;
  readonly databaseFaultAt: (at: number) => DatabaseFault["how"] | null;
  /** Told what the database refused, which must never happen. */
  readonly onRefused: (message: string) => void;
}

export interface Tick {
  readonly isolate: Isolate;
  /** When it dies, ms since the script's start; Infinity for one that lives. */
  readonly diesAt: number;
}

/** As in workers/probe/tick/record.ts. */
const recordAttempts = 8;

/** Runs the rounds of a minute (epoch seconds) from now on: workers/probe/tick/tick.ts. */
export function runTick(world: TickWorld, minute: number, tick: Tick): void {
  const { queue, epochMs, plan } = world;
  for (const round of planRounds(plan, minute)) {
    queue.at(round.time * 1000 - epochMs, () => {
      if (queue.now >= tick.diesAt) return;
      if (queue.now >= endOf(world, round)) return;
      runRound(world, round, tick);
    });
  }
}

function runRound(world: TickWorld, round: Round, tick: Tick): void {
  fanOut(world, round, tick, (answered) =>
    confirm(world, tick, answered, (collected) => record(world, collected, tick, 1)),
  );
}

function record(world: TickWorld, collected: Collected, tick: Tick, attempt: number): void {
  const { plan, queue, database, seed } = world;
  if (queue.now >= tick.diesAt || attempt > recordAttempts) return;
  const { isolate } = tick;
  if (isolate.memory === null && world.databaseFaultAt(queue.now) !== null) return;
  const before = isolate.memory ?? database.read();
  const recording = decideRecording(
    plan,
    before.memory,
    // A round that waits behind others has its confirmations in the objects, for later.
    merge([...collected.deliveries, ...(collected.more ? [] : collected.confirmed)]),
  );
  queue.at(queue.now + 5 + Math.floor(chance(seed, queue.now, 8) * 60), () => {
    const fault = world.databaseFaultAt(queue.now);
    // A batch that has left is carried out also when its tick has died.
    if (fault === "away") {
      isolate.memory = null;
      return;
    }
    let after: Versioned | null;
    try {
      after = database.commit(before.version, recording, queue.now);
    } catch (error) {
      world.onRefused(error instanceof Error ? error.message : String(error));
      isolate.memory = null;
      return;
    }
    isolate.memory = fault === null && queue.now < tick.diesAt ? after : null;
    if (fault !== null || queue.now >= tick.diesAt) return;
    if (after === null) record(world, collected, tick, attempt + 1);
    else acknowledge(world, collected, tick);
  });
}

function acknowledge(world: TickWorld, collected: Collected, tick: Tick): void {
  const { queue, objects, seed } = world;
  const { round, deliveries, more, unheard } = collected;
  let open = 1;
  const close = () => {
    open -= 1;
    if (open > 0 || !more || queue.now >= tick.diesAt) return;
    // After a long time without the database the backlog is taken in pieces, oldest first.
    if (queue.now < endOf(world, round)) runRound(world, round, tick);
  };
  for (const { region, shard, rounds } of deliveries) {
    open += 1;
    queue.at(queue.now + 5 + Math.floor(chance(seed, round.time, region, shard, 9) * 40), () => {
      const isHeard = world.faultOf(region, shard, queue.now) !== "unreachable";
      if (queue.now >= tick.diesAt) return;
      // Who was not heard may have confirmed all the same.
      const held = unheard.has(`${region}/${shard}`) ? round : null;
      const gone = rounds.map((kept) => kept.round);
      const acknowledged = gone.filter((one) => held === null || !isSameRound(one, held));
      if (isHeard) objects[region]?.[shard]?.acknowledge(acknowledged);
      close();
    });
  }
  close();
}

/** ms since the script's start. */
function endOf({ epochMs }: TickWorld, { time, step }: Round): number {
  return (time + step) * 1000 - epochMs;
}

function merge(deliveries: readonly Delivery[]): RoundReport[] {
  const byRound = new Map<string, { round: Round; regions: Map<number, RegionReport> }>();
  for (const { region: index, rounds } of deliveries) {
    const region = index + 1;
    for (const { round, results } of rounds) {
      const key = `${round.time}/${round.step}`;
      const entry = byRound.get(key) ?? { round, regions: new Map<number, RegionReport>() };
      byRound.set(key, entry);
      const before = entry.regions.get(region)?.results ?? [];
      entry.regions.set(region, { region, results: [...before, ...results] });
    }
  }
  return [...byRound.values()].map(({ round, regions }) => {
    return { round, regions: [...regions.values()] };
  });
}
