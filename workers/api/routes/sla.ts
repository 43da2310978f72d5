import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { slaDocumentSchema, slaQuerySchema } from "../../../shared/contract/api/sla.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest } from "../problems.ts";
import { readSla } from "../reads/sla-document.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/sla",
  summary: "Availability by monitor and region over any window",
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
    const sla = await readSla(DB, context.req.valid("query"), context.get("now"));
    if (!sla.ok) throw invalidRequest(sla.errors);
    return context.json(sla.document, 200);
  });
}
