import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { sloDocumentSchema, sloQuerySchema } from "../../../shared/contract/api/slo.ts";
import { sloDocument } from "../../../shared/measure/slo.ts";
import type { ApiEnv } from "../context.ts";
import { readAsked } from "../reads/asked-window.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/slo",
  operationId: "getSlo",
  tags: ["availability"],
  summary: "Error budgets, burn rates and their signals, and when budgets run out",
  request: { query: sloQuerySchema },
  responses: {
    200: answer("A budget for each monitor", sloDocumentSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/slo. */
export function addSlo(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const { present, ...asked } = await readAsked(
      DB,
      context.req.valid("query"),
      context.get("now"),
    );
    return context.json(await fromDatabase(sloDocument(DB, present, asked)), 200);
  });
}
