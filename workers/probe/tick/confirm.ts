import { type ConfirmRequest, roundResultsSchema } from "../../../shared/contract/region.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { RoundReport } from "../../../shared/domain/recording.ts";
import { isSameRound, type Round, roundEndMs } from "../../../shared/domain/schedule.ts";
import { confirmationReserveMs, controlsMs, worstCaseMs } from "../../../shared/domain/shard.ts";
import { describeError, logIds } from "../../../shared/log.ts";
import {
  type Collected,
  type Delivery,
  expire,
  merge,
  objectsOf,
  patience,
  type RegionFault,
  type RegionObject,
  regionStub,
} from "./fan-out.ts";
import type { TickSurroundings } from "./surroundings.ts";

/**
 * Step 3 under round-robin: where the region whose turn it was saw a failure, all the others probe
 * at once, so that the very same check is decided by a majority.
 *
 * @returns what was collected, with the confirmations; a failure that could not be confirmed
 *   decides nothing (see `decideRecording`)
 */
export async function confirm(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
  collected: Collected,
): Promise<Collected> {
  const suspects = suspectsOf(plan, collected.asked);
  if (suspects.size === 0) return collected;
  const objects = objectsOf(plan)
    .map((object) => ({ object, numbers: unasked(object, suspects) }))
    .filter(({ numbers }) => numbers.length > 0);
  const answers = await Promise.all(
    objects.map(({ object, numbers }) => ask(surroundings, object, round, numbers)),
  );
  const confirmed = answers.flatMap((answer) => ("rounds" in answer ? [answer] : []));
  const faults = answers.flatMap((answer) => ("fault" in answer ? [answer] : []));
  return {
    ...collected,
    deliveries: collected.deliveries.map((delivery) => withoutUnheard(delivery, round, faults)),
    reports: join(collected.reports, merge(confirmed)),
    faults: [...collected.faults, ...faults],
  };
}

/**
 * An object that was not heard may have confirmed all the same: the round is not acknowledged, and
 * comes again with what it has of it (law 2).
 */
function withoutUnheard(
  { object, rounds }: Delivery,
  round: Round,
  faults: readonly RegionFault[],
): Delivery {
  const isUnheard = faults.some(
    ({ region, shard }) => region === object.region.id && shard === object.shard,
  );
  return { object, rounds: isUnheard ? rounds.filter((one) => !isSameRound(one, round)) : rounds };
}

/** Monitors whose check failed where it was their region's turn, and the regions that know. */
function suspectsOf(plan: Plan, asked: RoundReport | null): Map<number, Set<number>> {
  const inTurn = new Set(
    plan.monitors.filter(({ mode }) => mode === "round-robin").map(({ number }) => number),
  );
  const suspects = new Map<number, Set<number>>();
  for (const { region, results } of asked?.regions ?? []) {
    for (const { monitor, outcome } of results) {
      if (!inTurn.has(monitor) || outcome.outcome === "up") continue;
      suspects.set(monitor, (suspects.get(monitor) ?? new Set()).add(region));
    }
  }
  return suspects;
}

function unasked(object: RegionObject, suspects: ReadonlyMap<number, ReadonlySet<number>>) {
  return object.monitors
    .map(({ number }) => number)
    .filter((number) => suspects.get(number)?.has(object.region.number) === false);
}

type Answer =
  | { object: RegionObject; rounds: ReturnType<typeof roundResultsSchema.parse>[] }
  | RegionFault;

async function ask(
  { env, clock }: TickSurroundings,
  object: RegionObject,
  round: Round,
  monitors: number[],
): Promise<Answer> {
  const { region, shard } = object;
  const leftMs = roundEndMs(round) - clock.now() - confirmationReserveMs;
  const load = object.monitors.filter(({ number }) => monitors.includes(number));
  const budgetMs = Math.max(1, Math.min(worstCaseMs(load, round.step), leftMs));
  const request: ConfirmRequest = { round, monitors, budgetMs };
  const neededMs = budgetMs + controlsMs[round.step] + confirmationReserveMs;
  const patienceMs = patience(round, clock.now(), neededMs);
  try {
    const answer = await Promise.race([
      regionStub(env, region, shard).confirm(request, logIds()),
      expire(clock.sleep(patienceMs), patienceMs),
    ]);
    return { object, rounds: [roundResultsSchema.parse(answer)] };
  } catch (error) {
    return { region: region.id, shard, fault: describeError(error) };
  }
}

/** Adds the confirmations to the round's report, region by region. */
function join(reports: readonly RoundReport[], more: readonly RoundReport[]): RoundReport[] {
  return reports.map((report) => {
    const added = more.find(({ round }) => isSameRound(round, report.round));
    if (!added) return report;
    const regions = new Map(report.regions.map((one) => [one.region, one.results]));
    for (const { region, results } of added.regions) {
      regions.set(region, [...(regions.get(region) ?? []), ...results]);
    }
    return {
      ...report,
      regions: [...regions].map(([region, results]) => ({ region, results })),
    };
  });
}
