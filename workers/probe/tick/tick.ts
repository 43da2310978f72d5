/**
 * The tick: every minute, from what is due to what is recorded. Read this file to know the product.
 *
 *   1. load-plan    what is to be probed, from the database or as last known
 *   2. fan-out      every region's objects probe what is due in a round …
 *   3. region/      … each target with retries, and keep the results until they are recorded;
 *      confirm      under round-robin, a failure is confirmed by all other regions at once
 *      heartbeats   what NetPost's own jobs said is reported beside it,
 *      vantage-points  and what other services see, which were asked meanwhile
 *   4. record       results → verdict → status → transitions and outages (shared/domain) …
 *   5.              … in one batch that changes nothing if another tick was faster
 *   6. acknowledge  the objects let go of what the database has
 *   7. alert        what was recorded → alerts, incidents, notifications
 *   8. deliver      notifications → people
 *   9. upkeep       rollups, deletion of what is old, and whatever else follows from the record
 *  10. dead-man     a watch outside hears that the minute was recorded, or notices that it was not
 *  11. watch-self   what failed of all this is noted: the next tick's alert rules look at it
 *
 * A minute has one round for monitors with intervals of whole minutes, and six for faster ones.
 */
import { type Plan, planRounds } from "../../../shared/domain/plan.ts";
import { type Round, roundEndMs } from "../../../shared/domain/schedule.ts";
import { acknowledge } from "./acknowledge.ts";
import { type Alerted, alert } from "./alert.ts";
import { confirm } from "./confirm.ts";
import { type AliveOutcome, tellAlive } from "./dead-man.ts";
import { type DeliveryOutcome, deliver } from "./deliver.ts";
import { fanOut, type RegionFault } from "./fan-out.ts";
import { addHeartbeats } from "./heartbeats.ts";
import { type LoadedPlan, loadPlan } from "./load-plan.ts";
import { meterDatabase } from "./meter-database.ts";
import { type Recorded, record } from "./record.ts";
import type { TickSurroundings } from "./surroundings.ts";
import { type UpkeepOutcome, upkeep } from "./upkeep.ts";
import { addOpinions, askServices, type Seen } from "./vantage-points.ts";
import { type NotedOutcome, watchSelf } from "./watch-self.ts";

/** What became of one round. */
export type RoundOutcome =
  | {
      readonly kind: "run";
      readonly round: Round;
      readonly faults: readonly RegionFault[];
      /** Objects that answered, by the numbers of their regions. */
      readonly answered: readonly { readonly region: number; readonly shard: number }[];
      readonly recorded: Recorded;
      /** Null where nothing was recorded: nothing is decided from what is not kept. */
      readonly told: { readonly alerted: Alerted; readonly delivered: DeliveryOutcome } | null;
    }
  /** Its time was over before it could begin: the next one shows what is true then. */
  | { readonly kind: "missed"; readonly round: Round };

/** What became of a tick. */
export interface TickOutcome {
  readonly minute: number;
  readonly plan: LoadedPlan;
  readonly rounds: readonly RoundOutcome[];
  /** Null where the database did not even give the plan. */
  readonly upkeep: UpkeepOutcome | null;
  readonly alive: AliveOutcome;
  /** Whether what failed of all this was noted. */
  readonly noted: NotedOutcome;
}

/**
 * Runs the rounds of one minute, each at its time.
 *
 * @param minute epoch seconds, a multiple of 60. Running the same minute twice, or two at once,
 *   changes nothing more.
 */
export async function tick(surroundings: TickSurroundings, minute: number): Promise<TickOutcome> {
  const { database, meter } = meterDatabase(surroundings.env.DB);
  const metered = { ...surroundings, env: { ...surroundings.env, DB: database } };
  const outcome = await runTick(metered, minute);
  return { ...outcome, noted: await watchSelf(metered, outcome, meter) };
}

async function runTick(
  surroundings: TickSurroundings,
  minute: number,
): Promise<Omit<TickOutcome, "noted">> {
  const loaded = await loadPlan(surroundings);
  if (loaded.kind === "none") {
    const alive = await tellAlive(surroundings, null);
    return { minute, plan: loaded, rounds: [], upkeep: null, alive };
  }
  const { plan } = loaded;
  const seen = askServices(surroundings, plan, minute);
  const running = planRounds(plan, minute).map((round) =>
    runRound(surroundings, plan, round, seen),
  );
  const [rounds, upkept] = await Promise.all([
    Promise.all(running),
    // Beside the fast rounds: the last of them ends when the next minute begins.
    loaded.kind === "loaded"
      ? Promise.resolve(running[0]).then(() => upkeep(surroundings, plan, minute))
      : null,
  ]);
  const alive = await tellAlive(surroundings, rounds);
  return { minute, plan: loaded, rounds, upkeep: upkept, alive };
}

async function runRound(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
  seen: Promise<Seen>,
): Promise<RoundOutcome> {
  const { clock } = surroundings;
  const earlyMs = round.time * 1000 - clock.now();
  if (earlyMs > 0) await clock.sleep(earlyMs);
  if (clock.now() >= roundEndMs(round)) return { kind: "missed", round };

  for (;;) {
    const answered = await fanOut(surroundings, plan, round);
    const confirmed = await confirm(surroundings, plan, round, answered);
    const judged = await addHeartbeats(surroundings, plan, round, confirmed);
    const collected = addOpinions(await seen, plan, round, judged);
    const recorded = await record(surroundings, plan, collected);
    if (recorded.kind === "recorded") await acknowledge(surroundings, collected.deliveries);

    // After a long time without the database the backlog is taken in pieces, oldest first.
    const goOn = collected.more && recorded.kind === "recorded" && clock.now() < roundEndMs(round);
    if (goOn) continue;
    const told = recorded.kind === "recorded" ? await tell(surroundings, plan, round) : null;
    return {
      kind: "run",
      round,
      faults: collected.faults,
      answered: collected.states,
      recorded,
      told,
    };
  }
}

async function tell(surroundings: TickSurroundings, plan: Plan, round: Round) {
  const alerted = await alert(surroundings, plan, round);
  const delivered = await deliver(surroundings, plan);
  return { alerted, delivered };
}
