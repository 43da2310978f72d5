import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { kpiDocumentSchema, kpiQuerySchema } from "../../../shared/contract/api/kpis.ts";
import { kpiDocument } from "../../../shared/measure/kpis.ts";
import type { ApiEnv } from "../context.ts";
import { readAsked } from "../reads/asked-window.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/kpis",
  operationId: "getKpis",
  tags: ["availability"],
  summary: "Indicators against their targets; what is not known is null with a reason",
  request: { query: kpiQuerySchema },
  responses: {
    200: answer("Every indicator", kpiDocumentSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/kpis. */
export function addKpis(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const asked = await readAsked(DB, context.req.valid("query"), context.get("now"));
    const document = await fromDatabase(kpiDocument(DB, asked.present, asked.window));
    return context.json(document, 200);
  });
}
