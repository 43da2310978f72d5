import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  type StatusHistory,
  statusHistoryQuerySchema,
  statusHistorySchema,
} from "../../../shared/contract/api/status-history.ts";
import {
  parsePeriodName,
  periodName,
  periodSpan,
  shiftPeriod,
} from "../../../shared/domain/calendar.ts";
import { readPublicIncidents } from "../../../shared/storage/alerting/public-incidents.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { publicIncidents } from "../reads/status-incidents.ts";
import type { KeptDocuments } from "../reads/status-kept.ts";
import { answer, failures, invalid, notModified } from "./responses.ts";
import { answerPublic, nextDay } from "./status-answer.ts";

const mostIncidents = 200;

const route = createRoute({
  method: "get",
  path: "/api/status/history",
  operationId: "getStatusHistory",
  tags: ["status"],
  summary: "Incidents of a month, with what was published about them",
  request: { query: statusHistoryQuerySchema },
  responses: {
    200: answer("Incidents", statusHistorySchema),
    ...notModified,
    ...invalid,
    ...failures,
  },
});

/** GET /api/status/history. */
export function addStatusHistory(app: OpenAPIHono<ApiEnv>, documents: KeptDocuments): void {
  app.openapi(route, (context) => {
    const { DB } = context.get("environment");
    const month = context.req.valid("query").month ?? instant(context.get("now")).slice(0, 7);
    return answerPublic(context, documents, {
      name: `history/${month}`,
      contentType: "application/json",
      dependsOn: ["plan", "alerts", "maintenance"],
      maxAge: 60,
      make: async () => ({
        body: JSON.stringify(await readHistory(DB, month)),
        until: nextDay(context.get("now")),
      }),
    });
  });
}

async function readHistory(db: D1Database, month: string): Promise<StatusHistory> {
  const date = parsePeriodName("month", month);
  if (date === null) throw new RangeError(`a month that is none: ${month}`);
  const began = periodSpan("month", date, "UTC");
  const [plan, rows] = await fromDatabase(
    Promise.all([readPlan(db), readPublicIncidents(db, began, "all", mostIncidents + 1)]),
  );
  return {
    month,
    previous: periodName("month", shiftPeriod("month", date, -1)),
    incidents: await publicIncidents(db, plan, rows.slice(0, mostIncidents)),
    truncated: rows.length > mostIncidents,
  };
}
