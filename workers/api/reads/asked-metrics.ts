/** What a query about metrics means, against the plan. */
import {
  defaultMetricsWindow,
  type MetricsDocument,
  type MetricsQuery,
} from "../../../shared/contract/api/metrics.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { parseDuration } from "../../../shared/contract/api/window.ts";
import { definitionsOf, metricNamesOf } from "../../../shared/domain/metric.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { day } from "../../../shared/domain/rollup.ts";
import { readMetrics } from "../../../shared/measure/metrics.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { invalidRequest } from "../problems.ts";
import { fromDatabase } from "./from-database.ts";
import { unknownMonitor } from "./unknown-id.ts";

/** A series by hour has no more points than a chart shows. */
const longestByHour = 14 * day;

/** A message names no more metrics than a person reads. */
const mostNamed = 20;

/**
 * Answers a query about metrics.
 *
 * @param now epoch seconds
 * @throws ProblemError `invalid-request` with all that is wrong with the query
 */
export async function readAskedMetrics(
  db: D1Database,
  query: MetricsQuery,
  now: number,
): Promise<MetricsDocument> {
  const plan = await fromDatabase(readPlan(db));
  const { name, by, monitor } = query;
  const windowSeconds = query.window ?? parseDuration(defaultMetricsWindow) ?? 0;
  const errors: FieldError[] = [];
  if (by !== undefined && name === undefined) {
    errors.push({ field: "name", message: "needed where by is given" });
  }
  if (by === "hour" && windowSeconds > longestByHour) {
    errors.push({ field: "window", message: `at most ${longestByHour / day}d by hour` });
  }
  if (monitor !== undefined && !plan.monitors.some(({ id }) => id === monitor)) {
    errors.push(unknownMonitor(plan));
  }
  if (errors.length > 0) throw invalidRequest(errors);
  const request = {
    windowSeconds,
    ...(name !== undefined && { name }),
    ...(by !== undefined && { by }),
    ...(monitor !== undefined && { monitor }),
  };
  const document = await fromDatabase(readMetrics(db, plan, request, now));
  if (name !== undefined && document.metrics.length === 0) {
    throw invalidRequest([{ field: "name", message: unknownMetric(plan) }]);
  }
  return document;
}

/** Names in the plan; those of pushed metrics are not looked up for a message. */
function unknownMetric(plan: Plan): string {
  const names = [
    ...new Set([
      ...definitionsOf(plan).map(({ name }) => name),
      ...plan.monitors.flatMap(({ probe }) => metricNamesOf(probe)),
    ]),
  ].sort();
  const more = names.length - mostNamed;
  const listed = names.slice(0, mostNamed).join(", ");
  return `no such metric; allowed: one that was pushed, ${listed}${more > 0 ? ` and ${more} more` : ""}`;
}
