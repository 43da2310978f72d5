/** Which monitors and regions a query means. */
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { Monitor, Region } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { unknownGroup, unknownMonitor, unknownRegion } from "./unknown-id.ts";

/** What may narrow a query down. */
export interface SelectionQuery {
  readonly monitor?: string | undefined;
  readonly group?: string | undefined;
  readonly region?: string | undefined;
}

/** In the plan's order; `errors` are what is wrong with the query. */
export interface Selection {
  readonly monitors: readonly Monitor[];
  readonly regions: readonly Region[];
  readonly errors: readonly FieldError[];
}

/** Finds what a query names in the plan; all of it where it names nothing. */
export function select(plan: Plan, { monitor, group, region }: SelectionQuery): Selection {
  const errors: FieldError[] = [];
  if (monitor !== undefined && group !== undefined) {
    errors.push({ field: "group", message: "either monitor or group, not both" });
  }
  if (monitor !== undefined && !plan.monitors.some(({ id }) => id === monitor)) {
    errors.push(unknownMonitor(plan));
  }
  if (group !== undefined && !plan.monitors.some((one) => one.group === group)) {
    errors.push(unknownGroup(plan));
  }
  if (region !== undefined && !plan.regions.some(({ id }) => id === region)) {
    errors.push(unknownRegion(plan));
  }
  return {
    monitors: plan.monitors.filter(
      (one) => (monitor ?? one.id) === one.id && (group ?? one.group) === one.group,
    ),
    regions: plan.regions.filter(({ id }) => (region ?? id) === id),
    errors,
  };
}
