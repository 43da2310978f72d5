import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { Plan } from "../../../shared/domain/plan.ts";

/** A message names no more ids than a person reads. */
const mostNamed = 20;

/** What to say to a monitor that the plan does not have. */
export function unknownMonitor(plan: Plan): FieldError {
  return { field: "monitor", message: `no such monitor; ${allowed(plan.monitors)}` };
}

/** What to say to a region that the plan does not have. */
export function unknownRegion(plan: Plan): FieldError {
  return { field: "region", message: `no such region; ${allowed(plan.regions)}` };
}

/** What to say to a group that no monitor of the plan is in. */
export function unknownGroup(plan: Plan): FieldError {
  const groups = [...new Set(plan.monitors.map(({ group }) => group))].map((id) => ({ id }));
  return { field: "group", message: `no such group; ${allowed(groups)}` };
}

function allowed(named: readonly { readonly id: string }[]): string {
  if (named.length === 0) return "there is none: no plan was applied";
  const ids = named.slice(0, mostNamed).map(({ id }) => id);
  const more = named.length - ids.length;
  return `allowed: ${ids.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
