import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { monitorParamsSchema } from "../../../shared/contract/api/monitors.ts";
import {
  probeNowBodySchema,
  probeNowResponseSchema,
} from "../../../shared/contract/api/probe-now.ts";
import type { Monitor, Region } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { askForProbe } from "../reads/probe-now.ts";
import { unknownRegion } from "../reads/unknown-id.ts";
import { answer, failures, forbidden, invalid, missing, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "post",
  path: "/api/monitoring/monitors/{id}/probe",
  operationId: "probeMonitor",
  tags: ["monitors"],
  summary: "Runs one probe now from each chosen region and tells how it went",
  request: {
    params: monitorParamsSchema,
    body: { content: { "application/json": { schema: probeNowBodySchema } } },
  },
  responses: {
    200: answer("A transcript by region; nothing is recorded", probeNowResponseSchema),
    ...invalid,
    ...unauthorized,
    ...forbidden,
    ...missing,
    ...failures,
  },
});

/** POST /api/monitoring/monitors/{id}/probe. */
export function addProbeNow(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const { id } = context.req.valid("param");
    const { regions: wanted } = context.req.valid("json");
    const plan = await fromDatabase(readPlan(DB));
    const monitor = plan.monitors.find((one) => one.id === id);
    if (!monitor) throw new ProblemError("unknown-monitor", `There is no monitor ${id}.`);
    if (monitor.probe.kind === "heartbeat") {
      throw new ProblemError("invalid-request", "A heartbeat is not probed: its job calls in.");
    }
    const regions = chooseRegions(plan, monitor, wanted);
    const transcripts = await askForProbe(PROBE, context.get("clock"), { monitor, regions });
    const askedAt = instant(context.get("now"));
    return context.json({ monitor: id, askedAt, regions: transcripts }, 200);
  });
}

/** A body of another type would be passed over in silence, and every region be asked. */
function chooseRegions(plan: Plan, monitor: Monitor, wanted: string[] | undefined): Region[] {
  const ids = wanted ?? monitor.regions;
  const chosen = plan.regions.filter((region) => ids.includes(region.id));
  if (chosen.length === ids.length) return chosen;
  throw invalidRequest([{ ...unknownRegion(plan), field: "regions" }]);
}
