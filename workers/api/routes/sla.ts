import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { slaDocumentSchema, slaQuerySchema } from "../../../shared/contract/api/sla.ts";
import { slaDocument } from "../../../shared/measure/sla.ts";
import type { ApiEnv } from "../context.ts";
import { readAsked } from "../reads/asked-window.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/sla",
  operationId: "getSla",
  tags: ["availability"],
  summary: "Availability by monitor, region and group over any window",
  request: { query: slaQuerySchema },
  responses: {
    200: answer("Availability, to the second", slaDocumentSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/sla. */
export function addSla(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const query = context.req.valid("query");
    const { present, ...asked } = await readAsked(DB, query, context.get("now"));
    const request = { ...asked, listOutages: query.outages };
    return context.json(await fromDatabase(slaDocument(DB, present, request)), 200);
  });
}
