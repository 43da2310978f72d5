import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { statusDocumentSchema } from "../../../shared/contract/api/status.ts";
import type { ApiEnv } from "../context.ts";
import { readLatestResults } from "../reads/latest-results.ts";
import { readOutages } from "../reads/outage-documents.ts";
import { readSnapshot } from "../reads/snapshot.ts";
import { statusDocument } from "../reads/status-document.ts";
import { answer, failures } from "./responses.ts";

/** How many incidents that are over a status page shows, and how many open ones at most. */
const recentIncidents = 10;
const mostOpenIncidents = 100;

const route = createRoute({
  method: "get",
  path: "/api/status",
  summary: "What a status page needs",
  responses: { 200: answer("Statuses, regions, incidents", statusDocumentSchema), ...failures },
});

/** GET /api/status. */
export function addStatus(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const snapshot = await readSnapshot(DB, context.get("now"));
    const [latest, open, recent] = await Promise.all([
      readLatestResults(DB, snapshot, snapshot.plan.monitors),
      readOutages(DB, { state: "open", before: null }, mostOpenIncidents),
      readOutages(DB, { state: "closed", before: null }, recentIncidents),
    ]);
    return context.json(statusDocument(snapshot, latest, { open, recent }), 200);
  });
}
