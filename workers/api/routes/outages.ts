import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { outageListSchema, outageQuerySchema } from "../../../shared/contract/api/outages.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { outageDocument, readPage } from "../reads/outage-documents.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/outages",
  operationId: "listOutages",
  tags: ["outages"],
  summary: "Outages, newest first",
  request: { query: outageQuerySchema },
  responses: {
    200: answer("One page", outageListSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/outages. */
export function addOutages(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const [plan, { outages, next }] = await Promise.all([
      fromDatabase(readPlan(DB)),
      readPage(DB, context.req.valid("query")),
    ]);
    const now = context.get("now");
    return context.json(
      {
        outages: outages.map((outage) => outageDocument(outage, plan, now)),
        nextCursor: next === null ? null : String(next),
      },
      200,
    );
  });
}
