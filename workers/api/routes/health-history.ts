import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  defaultHistoryWindow,
  healthHistoryQuerySchema,
  healthHistorySchema,
} from "../../../shared/contract/api/health-score.ts";
import { parseDuration } from "../../../shared/contract/api/window.ts";
import { readHealthHistory } from "../../../shared/measure/health-history.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, invalid, unauthorized } from "./responses.ts";

const route = createRoute({
  method: "get",
  path: "/api/monitoring/health/history",
  operationId: "getHealthHistory",
  tags: ["health"],
  summary: "NetPost's health score over time",
  request: { query: healthHistoryQuerySchema },
  responses: {
    200: answer("Every five minutes, or by day over more than three days", healthHistorySchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

/** GET /api/monitoring/health/history. */
export function addHealthHistory(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(route, async (context) => {
    const { DB } = context.get("environment");
    const { window } = context.req.valid("query");
    const seconds = window ?? parseDuration(defaultHistoryWindow) ?? 0;
    const history = await fromDatabase(readHealthHistory(DB, seconds, context.get("now")));
    return context.json(history, 200);
  });
}
