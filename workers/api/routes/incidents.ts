import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { incidentListSchema, incidentQuerySchema } from "../../../shared/contract/api/incidents.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { incidentDocument, readPage } from "../reads/incident-documents.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/incidents",
  summary: "Incidents, newest first",
  request: { query: incidentQuerySchema },
  responses: {
    200: answer("One page", incidentListSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/incidents. */
export function addIncidents(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const [plan, { incidents, next }] = await Promise.all([
      fromDatabase(readPlan(DB)),
      readPage(DB, context.req.valid("query")),
    ]);
    const now = context.get("now");
    return context.json(
      {
        incidents: incidents.map((incident) => incidentDocument(incident, plan, now)),
        nextCursor: next === null ? null : String(next),
      },
      200,
    );
  });
}
