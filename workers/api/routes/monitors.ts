import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  monitorListSchema,
  monitorParamsSchema,
  singleMonitorSchema,
} from "../../../shared/contract/api/monitors.ts";
import type { ApiEnv } from "../context.ts";
import { readHeartbeat } from "../heartbeats/heartbeat-document.ts";
import { ProblemError } from "../problems.ts";
import { instantOrNull } from "../reads/instant.ts";
import { readLatestResults } from "../reads/latest-results.ts";
import { monitorDocument } from "../reads/monitor-documents.ts";
import { readSnapshot, type Snapshot } from "../reads/snapshot.ts";
import { answer, failures, invalid, missing, unauthorized } from "./responses.ts";

const list = createRoute({
  method: "get",
  path: "/api/monitoring/monitors",
  operationId: "listMonitors",
  tags: ["monitors"],
  summary: "Every monitor: configuration, status, latest result per region",
  responses: { 200: answer("All monitors", monitorListSchema), ...unauthorized, ...failures },
});

const single = createRoute({
  method: "get",
  path: "/api/monitoring/monitors/{id}",
  operationId: "getMonitor",
  tags: ["monitors"],
  summary: "One monitor",
  request: { params: monitorParamsSchema },
  responses: {
    200: answer("The monitor", singleMonitorSchema),
    ...invalid,
    ...unauthorized,
    ...missing,
    ...failures,
  },
});

/** GET /api/monitoring/monitors and /api/monitoring/monitors/{id}. */
export function addMonitors(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB } = context.get("environment");
    const snapshot = await readSnapshot(DB, context.get("now"));
    const { monitors } = snapshot.plan;
    const latest = await readLatestResults(DB, snapshot, monitors);
    const documents = monitors.map((monitor) => monitorDocument(snapshot, latest, monitor));
    return context.json({ ...recency(snapshot), monitors: documents }, 200);
  });

  app.openapi(single, async (context) => {
    const { DB, HEARTBEAT_SECRET: secret } = context.get("environment");
    const { id } = context.req.valid("param");
    const snapshot = await readSnapshot(DB, context.get("now"));
    const monitor = snapshot.plan.monitors.find((one) => one.id === id);
    if (!monitor) throw new ProblemError("unknown-monitor", `There is no monitor ${id}.`);
    const latest = await readLatestResults(DB, snapshot, [monitor]);
    const document = monitorDocument(snapshot, latest, monitor);
    const isAdmin = context.get("identity").scopes.includes("admin");
    const address = isAdmin ? { origin: new URL(context.req.url).origin, secret } : null;
    const heartbeat = await readHeartbeat(DB, monitor, address);
    return context.json(
      { ...recency(snapshot), monitor: document, ...(heartbeat === null ? {} : { heartbeat }) },
      200,
    );
  });
}

function recency({ freshness }: Snapshot) {
  return { asOf: instantOrNull(freshness.asOf), stale: freshness.stale };
}
