import type { Monitor } from "../../../shared/domain/monitor.ts";
import { dueIn } from "../../../shared/domain/plan.ts";
import { isSameRound, type Round } from "../../../shared/domain/schedule.ts";
import { controlsMs, roundBudgetMs, worstCaseMs } from "../../../shared/domain/shard.ts";
import { chance } from "./chance.ts";
import type { Answer, KeptRound, RegionObject } from "./region-object.ts";
import type { Tick, TickWorld } from "./tick.ts";

/** What an object handed over. */
export interface Delivery {
  readonly region: number;
  readonly shard: number;
  readonly rounds: readonly KeptRound[];
  /** It has more, which comes next. */
  readonly more: boolean;
}

/** What came back from all objects. */
export interface Collected {
  readonly round: Round;
  readonly deliveries: readonly Delivery[];
  /** Some object has more to hand over. */
  readonly more: boolean;
  /** As they answered, with the round asked for also where others have to be decided first. */
  readonly asked: readonly Delivery[];
  /** Under round-robin: what the others saw of what one saw fail. */
  readonly confirmed: readonly Delivery[];
  /** Objects that were not heard when they were to confirm, `region/shard`. */
  readonly unheard: ReadonlySet<string>;
}

interface Asked {
  readonly region: number;
  readonly shard: number;
  readonly object: RegionObject;
  readonly due: readonly Monitor[];
}

/** As in workers/probe/tick/fan-out.ts. */
const messageMs = 3_000;

/**
 * Asks the objects that a round concerns. Where some hand over rounds that had waited, the others
 * are asked too: a round is decided once, so it is decided on what all of them have.
 */
export function fanOut(
  world: TickWorld,
  round: Round,
  tick: Tick,
  done: (collected: Collected) => void,
): void {
  const all = objectsOf(world, round);
  const isWanted = ({ shard, due }: Asked) => shard === 0 || due.length > 0;
  askAll(world, round, tick, all.filter(isWanted), (first) => {
    const isCatchingUp = first.some(({ rounds }) =>
      rounds.some((kept) => kept.round.time < round.time),
    );
    if (!isCatchingUp) return done(collect(round, first));
    const others = all.filter((asked) => !isWanted(asked));
    askAll(world, round, tick, others, (second) => done(collect(round, [...first, ...second])));
  });
}

/** Where an object has more, what is newer than what it gave waits until it has given all. */
function collect(round: Round, deliveries: readonly Delivery[]): Collected {
  const withMore = deliveries.filter(({ more }) => more);
  const horizon = Math.min(
    ...withMore.map(({ rounds }) => {
      const overdue = rounds.filter((kept) => !isSameRound(kept.round, round));
      return Math.max(...overdue.map((kept) => kept.round.time));
    }),
  );
  return {
    round,
    deliveries: deliveries.map((delivery) => {
      return { ...delivery, rounds: delivery.rounds.filter((kept) => kept.round.time <= horizon) };
    }),
    more: withMore.length > 0,
    asked: deliveries,
    confirmed: [],
    unheard: new Set(),
  };
}

function objectsOf({ plan, objects }: TickWorld, round: Round): Asked[] {
  const due = dueIn(plan, round);
  return objects.flatMap((shards, region) =>
    shards.map((object, shard) => {
      return { region, shard, object, due: due.filter((monitor) => monitor.shard === shard) };
    }),
  );
}

function askAll(
  world: TickWorld,
  round: Round,
  tick: Tick,
  objects: readonly Asked[],
  done: (deliveries: readonly Delivery[]) => void,
): void {
  const deliveries: Delivery[] = [];
  let open = objects.length + 1;
  const close = (delivery: Delivery | null) => {
    if (delivery !== null) deliveries.push(delivery);
    open -= 1;
    if (open === 0 && world.queue.now < tick.diesAt) done(deliveries);
  };
  for (const asked of objects) ask(world, round, asked, close);
  close(null);
}

function ask(
  world: TickWorld,
  round: Round,
  { region, shard, object, due }: Asked,
  done: (delivery: Delivery | null) => void,
): void {
  const { queue, epochMs, seed } = world;
  const draw = (what: number) => chance(seed, round.time, region, shard, what);
  const lateMs = queue.now - (round.time * 1000 - epochMs);
  const budgetMs = Math.max(1, roundBudgetMs[round.step] - Math.max(0, lateMs));
  // The lab's monitors of one target are one probe, so that is what a shard's load is.
  const worstMs = worstCaseMs(due.slice(0, 1), round.step);
  send<Answer>(
    world,
    {
      ...{ region, shard, draw },
      patienceMs: Math.min(budgetMs, worstMs) + controlsMs[round.step] + messageMs,
      ask: (answer) => object.run({ round, budgetMs }, answer),
    },
    (answer) => done(answer === null ? null : { region, shard, ...answer }),
  );
}

interface Message<A> {
  readonly region: number;
  readonly shard: number;
  readonly draw: (what: number) => number;
  readonly patienceMs: number;
  readonly ask: (answer: (answer: A) => void) => void;
}

/** A message to an object and back: null where no answer came in time, or none at all. */
export function send<A>(
  world: TickWorld,
  { region, shard, draw, patienceMs, ask }: Message<A>,
  done: (answer: A | null) => void,
): void {
  const { queue } = world;
  let answered = false;
  const conclude = (answer: A | null) => {
    if (answered) return;
    answered = true;
    done(answer);
  };
  queue.at(queue.now + patienceMs, () => conclude(null));
  const wayMs = (what: number) => 10 + Math.floor(draw(what) * 80);
  queue.at(queue.now + wayMs(5), () => {
    if (world.faultOf(region, shard, queue.now) === "unreachable") {
      // Some objects fail at once, some never answer.
      if (draw(6) < 0.5) conclude(null);
      return;
    }
    ask((answer) => {
      if (world.faultOf(region, shard, queue.now) === "answer-lost") return;
      queue.at(queue.now + wayMs(7), () => conclude(answer));
    });
  });
}
