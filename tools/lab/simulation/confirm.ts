import type { Result } from "../../../shared/domain/result.ts";
import { isSameRound, type Round, roundEndMs } from "../../../shared/domain/schedule.ts";
import { confirmationReserveMs, controlsMs, worstCaseMs } from "../../../shared/domain/shard.ts";
import { chance } from "./chance.ts";
import { type Collected, type Delivery, send } from "./fan-out.ts";
import type { Tick, TickWorld } from "./tick.ts";

/**
 * Where the region whose turn it was saw a failure, has the others look at once:
 * workers/probe/tick/confirm.ts.
 */
export function confirm(
  world: TickWorld,
  tick: Tick,
  collected: Collected,
  done: (collected: Collected) => void,
): void {
  const { queue, objects } = world;
  const { round } = collected;
  const questions = questionsOf(world, round, collected.asked);
  const confirmed: Delivery[] = [];
  const unheard = new Set<string>();
  let open = questions.length + 1;
  const close = () => {
    open -= 1;
    if (open > 0 || queue.now >= tick.diesAt) return;
    done({ ...collected, confirmed, unheard });
  };
  for (const { region, shard, monitors } of questions) {
    const object = objects[region]?.[shard];
    const load = world.plan.monitors.filter(({ number }) => monitors.includes(number));
    const leftMs = roundEndMs(round) - (queue.now + world.epochMs) - confirmationReserveMs;
    // All monitors of a target are one probe here.
    const budgetMs = Math.max(1, Math.min(worstCaseMs(load.slice(0, 1), round.step), leftMs));
    send<readonly Result[]>(
      world,
      {
        ...{ region, shard, patienceMs: budgetMs + controlsMs[round.step] + confirmationReserveMs },
        draw: (what) => chance(world.seed, round.time, region, shard, what, 10),
        ask: (answer) => object?.confirm({ round, monitors, budgetMs }, answer),
      },
      (results) => {
        if (results === null) unheard.add(`${region}/${shard}`);
        const rounds = results === null ? [] : [{ round, results }];
        confirmed.push({ region, shard, rounds, more: false });
        close();
      },
    );
  }
  close();
}

interface Question {
  readonly region: number;
  readonly shard: number;
  readonly monitors: readonly number[];
}

/** Which object has to confirm which monitors: all but the one that saw them fail. */
function questionsOf(
  { plan, objects }: TickWorld,
  round: Round,
  deliveries: readonly Delivery[],
): Question[] {
  const inTurn = new Map(
    plan.monitors.flatMap((one) => (one.mode === "round-robin" ? [[one.number, one]] : [])),
  );
  const seenFrom = new Map<number, Set<number>>();
  for (const { region, rounds } of deliveries) {
    for (const { monitor, outcome } of rounds
      .filter((kept) => isSameRound(kept.round, round))
      .flatMap(({ results }) => results)) {
      if (!inTurn.has(monitor) || outcome.outcome === "up") continue;
      seenFrom.set(monitor, (seenFrom.get(monitor) ?? new Set()).add(region));
    }
  }
  return objects.flatMap((shards, region) =>
    shards.flatMap((_, shard) => {
      const monitors = [...seenFrom].flatMap(([monitor, regions]) =>
        inTurn.get(monitor)?.shard === shard && !regions.has(region) ? [monitor] : [],
      );
      return monitors.length === 0 ? [] : [{ region, shard, monitors }];
    }),
  );
}
