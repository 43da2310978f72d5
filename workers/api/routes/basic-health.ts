import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { basicHealthSchema } from "../../../shared/contract/api/health.ts";
import type { ApiEnv } from "../context.ts";
import { basicHealth } from "../reads/health-documents.ts";
import { readSnapshot } from "../reads/snapshot.ts";
import { answer, failures } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/health",
  operationId: "getHealth",
  tags: ["status"],
  summary: "NetPost's basic health",
  responses: {
    200: answer("NetPost as monitored", basicHealthSchema),
    304: { description: "It is as it was, by If-None-Match" },
    ...failures,
  },
});

/** GET /api/health. */
export function addBasicHealth(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const snapshot = await readSnapshot(DB, context.get("now"));
    return context.json(basicHealth(snapshot), 200);
  });
}
