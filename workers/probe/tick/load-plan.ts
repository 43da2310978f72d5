import { planSchema } from "../../../shared/contract/plan.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { describeError, logIds } from "../../../shared/log.ts";
import { readHead } from "../../../shared/storage/ledger.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** The plan to go by, and what the database had to say. */
export type LoadedPlan =
  | { readonly kind: "loaded"; readonly plan: Plan }
  /** The database does not answer; this plan is the last known. */
  | { readonly kind: "last-known"; readonly plan: Plan; readonly fault: string }
  | { readonly kind: "none"; readonly fault: string };

/** Step 1: finds out what is to be probed, without the database if need be. */
export async function loadPlan(surroundings: TickSurroundings): Promise<LoadedPlan> {
  try {
    return { kind: "loaded", plan: await planInForce(surroundings) };
  } catch (error) {
    const fault = describeError(error);
    const plan = surroundings.recollection.plan ?? (await keptPlan(surroundings));
    return plan === null ? { kind: "none", fault } : { kind: "last-known", plan, fault };
  }
}

async function planInForce({ env, recollection }: TickSurroundings): Promise<Plan> {
  const { planRevision } = await readHead(env.DB);
  if (recollection.plan?.revision === planRevision) return recollection.plan;
  const plan = await readPlan(env.DB);
  recollection.plan = plan;
  await keeper(env).keep(plan, logIds());
  return plan;
}

async function keptPlan({ env }: TickSurroundings): Promise<Plan | null> {
  return planSchema.nullable().parse(await keeper(env).last(logIds()));
}

function keeper(env: TickSurroundings["env"]) {
  return env.PLAN_KEEPER.getByName("plan");
}
