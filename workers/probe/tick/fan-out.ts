import {
  type ObjectState,
  type RoundResults,
  type RunRequest,
  runAnswerSchema,
} from "../../../shared/contract/region.ts";
import type { Monitor, Region } from "../../../shared/domain/monitor.ts";
import { isProbedFrom, type Plan } from "../../../shared/domain/plan.ts";
import type { RegionReport, RoundReport } from "../../../shared/domain/recording.ts";
import { isDue, isSameRound, type Round, roundEndMs } from "../../../shared/domain/schedule.ts";
import { controlsMs, roundBudgetMs, worstCaseMs } from "../../../shared/domain/shard.ts";
import { describeError, logIds } from "../../../shared/log.ts";
import { objectName } from "../region/object-name.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** An object that did not report: its monitors are unknown there (law 1). */
export interface RegionFault {
  readonly region: string;
  readonly shard: number;
  readonly fault: string;
}

/** What an object handed over, to be acknowledged once it is recorded. */
export interface Delivery {
  readonly object: RegionObject;
  readonly rounds: readonly Round[];
}

/** What came back from all regions. */
export interface Collected {
  /** The round asked for and those that had waited, by round. */
  readonly reports: readonly RoundReport[];
  readonly deliveries: readonly Delivery[];
  /** What was seen of the round asked for, also where it waits behind others to be decided. */
  readonly asked: RoundReport | null;
  readonly faults: readonly RegionFault[];
  readonly states: readonly ReportedState[];
  /** Some object has more to hand over than fits one answer. */
  readonly more: boolean;
}

/** How an object said that it fares. */
export interface ReportedState extends ObjectState {
  /** The region's number. */
  readonly region: number;
  readonly shard: number;
}

/** One object: a region's shard, and the monitors of the plan that it probes. */
export interface RegionObject {
  readonly region: Region;
  readonly shard: number;
  readonly monitors: readonly Monitor[];
}

/** Time for a message to and from an object, ms. */
const messageMs = 3_000;

/** Results handed over in one answer of all objects together, about: they are decided at once. */
const mostResults = 20_000;
const mostOverdueRounds = 60;

/** Steps 2 and 3: has every region probe what is due in a round, each in its own objects. */
export async function fanOut(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
): Promise<Collected> {
  const objects = objectsOf(plan);
  const wanted = objects.filter((object) => isWanted(object, round));
  const askAll = (some: readonly RegionObject[]) =>
    Promise.all(some.map((object) => ask(surroundings, plan, object, round)));
  const answers = await askAll(wanted);
  // Where something waited, the others may hold the rest of the same rounds.
  const waited = answers.some((answer) => "rounds" in answer && hasOverdue(answer.rounds, round));
  if (waited) answers.push(...(await askAll(objects.filter((one) => !wanted.includes(one)))));
  return collect(answers, round);
}

function hasOverdue(rounds: readonly RoundResults[], asked: Round): boolean {
  return rounds.some(({ round }) => !isSameRound(round, asked));
}

function collect(answers: readonly Answer[], asked: Round): Collected {
  const reported = answers.flatMap((answer) => ("rounds" in answer ? [answer] : []));
  // Who has more to hand over stopped somewhere; beyond that, a round would be decided without it.
  const until = Math.min(
    ...reported.map(({ more, rounds }) => {
      const overdue = rounds.filter(({ round }) => !isSameRound(round, asked));
      return more ? (overdue.at(-1)?.round.time ?? 0) : Number.POSITIVE_INFINITY;
    }),
  );
  const deliveries = reported.map((answer) => {
    return { ...answer, rounds: answer.rounds.filter(({ round }) => round.time <= until) };
  });
  return {
    reports: merge(deliveries),
    asked: merge(reported).find(({ round }) => isSameRound(round, asked)) ?? null,
    deliveries: deliveries.map(({ object, rounds }) => ({
      object,
      rounds: rounds.map((results) => results.round),
    })),
    states: deliveries.map(({ object, state }) => {
      return { ...state, region: object.region.number, shard: object.shard };
    }),
    more: reported.some(({ more }) => more),
    faults: answers.flatMap((answer) => ("fault" in answer ? [answer] : [])),
  };
}

export function objectsOf(plan: Plan): RegionObject[] {
  return plan.regions.flatMap((region) =>
    Array.from({ length: plan.shards }, (_, shard) => ({
      region,
      shard,
      monitors: plan.monitors.filter(
        (monitor) => monitor.shard === shard && monitor.regions.includes(region.id),
      ),
    })),
  );
}

/** The first shard shows that the region is looking; an empty one may still hold old results. */
function isWanted({ shard, monitors }: RegionObject, round: Round): boolean {
  if (shard === 0 || monitors.length === 0) return true;
  return monitors.some((monitor) => isDue(monitor.schedule, round));
}

type Answer =
  | { object: RegionObject; rounds: RoundResults[]; more: boolean; state: ObjectState }
  | RegionFault;

async function ask(
  { env, clock }: TickSurroundings,
  plan: Plan,
  object: RegionObject,
  round: Round,
): Promise<Answer> {
  const { region, shard, monitors } = object;
  const { revision, controls } = plan;
  // The objects' time ends with the round's: a tick that comes late has less of it.
  const elapsedMs = clock.now() - round.time * 1000;
  const budgetMs = Math.max(1, roundBudgetMs[round.step] - Math.max(0, elapsedMs));
  const request: RunRequest = {
    round,
    revision,
    slice: null,
    budgetMs,
    overdueBefore: round.time,
    mostOverdue: mostOverdue(plan),
    readsPlain: true,
  };
  const stub = regionStub(env, region, shard);
  const exchange = async (): Promise<Answer> => {
    const answer = runAnswerSchema.parse(await stub.run(request, logIds()));
    if (answer.kind === "reported") return { object, ...answer };
    const slice = { revision, region: region.id, monitors: [...monitors], controls: [...controls] };
    const second = runAnswerSchema.parse(await stub.run({ ...request, slice }, logIds()));
    if (second.kind === "reported") return { object, ...second };
    throw new Error("the object asked twice for its slice of the plan");
  };
  const due = monitors.filter((monitor) => isProbedFrom(monitor, region.id, round));
  const patienceMs = patience(
    round,
    clock.now(),
    Math.min(budgetMs, worstCaseMs(due, round.step)) + controlsMs[round.step] + messageMs,
  );
  try {
    return await Promise.race([exchange(), expire(clock.sleep(patienceMs), patienceMs)]);
  } catch (error) {
    return { region: region.id, shard, fault: describeError(error) };
  }
}

/** What deciding and recording a round takes, ms: the next one's would come before it otherwise. */
const recordMs = 500;
const leastPatienceMs = 250;

/**
 * How long an object is waited for, ms: what it may need, but not beyond its round, whose decision
 * must not come after the next one's. What it finds out later it hands over with the next round.
 */
export function patience(round: Round, now: number, neededMs: number): number {
  return Math.max(leastPatienceMs, Math.min(neededMs, roundEndMs(round) - now - recordMs));
}

/** So many that a large plan's backlog is taken in pieces that fit the memory of a Worker. */
function mostOverdue({ monitors, regions }: Plan): number {
  const results = Math.max(1, monitors.length * regions.length);
  return Math.min(mostOverdueRounds, Math.max(1, Math.floor(mostResults / results)));
}

export async function expire(sleep: Promise<void>, ms: number): Promise<never> {
  await sleep;
  throw new Error(`no answer within ${ms} ms`);
}

/** The object of a region's shard, made near the region if it does not exist yet. */
export function regionStub(env: TickSurroundings["env"], region: Region, shard: number) {
  const { locationHint } = region;
  return env.REGION.getByName(objectName(region, shard), { locationHint });
}

export function merge(
  answers: readonly { object: RegionObject; rounds: readonly RoundResults[] }[],
): RoundReport[] {
  const byRound = new Map<string, { round: Round; regions: Map<number, RegionReport> }>();
  for (const { object, rounds } of answers) {
    const region = object.region.number;
    for (const { round, results } of rounds) {
      const key = `${round.time}/${round.step}`;
      const entry = byRound.get(key) ?? { round, regions: new Map<number, RegionReport>() };
      byRound.set(key, entry);
      const before = entry.regions.get(region)?.results ?? [];
      entry.regions.set(region, { region, results: [...before, ...results] });
    }
  }
  return [...byRound.values()].map(({ round, regions }) => ({
    round,
    regions: [...regions.values()],
  }));
}
