import { compile } from "../../shared/config/compile.ts";
import type { Config } from "../../shared/config/schema.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import { loadOf } from "./arithmetic.ts";
import { assumptions } from "./assumptions.ts";
import type { Case, Load } from "./load.ts";
import { nothingOutside, type Outside } from "./outside.ts";
import { type PlanName, planNames } from "./platform.ts";
import { costOf, judgeLimits, type LimitVerdict } from "./verdicts.ts";

/** What a configuration takes, and how that stands to the limits. */
export interface Assessment {
  readonly outside: Outside;
  readonly monitors: number;
  readonly regions: number;
  /** Objects in each region. */
  readonly shards: number;
  readonly loads: Readonly<Record<Case, Load>>;
  /** By plan: every limit, in the typical and in the worst case. */
  readonly limits: Readonly<Record<PlanName, readonly LimitVerdict[]>>;
  /** On the paid plan, a month. */
  readonly costs: Readonly<Record<Case, ReturnType<typeof costOf>>>;
  readonly assumptions: typeof assumptions;
}

/**
 * Assesses a configuration as if it were applied to an empty database.
 *
 * @param outside what is told to services outside
 */
export function assess(config: Config, outside: Outside = nothingOutside): Assessment {
  const plan = planOf(config);
  const loads = {
    typical: loadOf(plan, "typical", outside),
    worst: loadOf(plan, "worst", outside),
  };
  const judge = (name: PlanName) => [
    ...judgeLimits(loads.typical, "typical", name),
    ...judgeLimits(loads.worst, "worst", name),
  ];
  const [free, paid] = planNames;
  return {
    outside,
    monitors: plan.monitors.length,
    regions: plan.regions.length,
    shards: plan.shards,
    loads,
    limits: { [free]: judge(free), [paid]: judge(paid) },
    costs: { typical: costOf(loads.typical), worst: costOf(loads.worst) },
    assumptions,
  };
}

/** The limits of a plan that are exceeded, in the typical or in the worst case. */
export function exceededOf({ limits }: Assessment, plan: PlanName): readonly LimitVerdict[] {
  return limits[plan].filter(({ state }) => state === "exceeded");
}

function planOf(config: Config): Plan {
  const numbered = (ids: readonly string[]) => ids.map((id, index) => [id, index + 1] as const);
  const monitors = numbered(config.monitors.map(({ id }) => id));
  const document = compile(
    config,
    {
      monitors: new Map(monitors.map(([id, number]) => [id, { number, addedAt: 0 }])),
      regions: new Map(numbered(Object.keys(config.regions))),
    },
    1,
  );
  return { ...document, revision: 1 };
}
