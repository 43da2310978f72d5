import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readCalledOffMaintenance, readMaintenance } from "../../../shared/storage/maintenance.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import {
  calendarBackSeconds,
  calendarSpan,
  maintenanceCalendar,
} from "../reads/status-calendar.ts";
import { isPublic } from "../reads/status-incidents.ts";
import type { KeptDocuments } from "../reads/status-kept.ts";
import { failures, notModified, text } from "./responses.ts";
import { answerPublic, nextDay } from "./status-answer.ts";

const route = createRoute({
  method: "get",
  path: "/api/status/maintenance.ics",
  operationId: "getMaintenanceCalendar",
  tags: ["status"],
  summary: "Planned maintenance of the next 90 days as iCalendar",
  responses: { 200: text("A calendar", "text/calendar"), ...notModified, ...failures },
});

/** GET /api/status/maintenance.ics. */
export function addStatusCalendar(app: OpenAPIHono<ApiEnv>, documents: KeptDocuments): void {
  app.openapi(route, (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    return answerPublic(context, documents, {
      name: "maintenance.ics",
      contentType: "text/calendar; charset=utf-8",
      dependsOn: ["plan", "maintenance"],
      maxAge: 300,
      make: async () => {
        const [plan, planned, calledOff] = await fromDatabase(
          Promise.all([
            readPlan(DB),
            readMaintenance(DB, calendarSpan(now)),
            readCalledOffMaintenance(DB, now - calendarBackSeconds),
          ]),
        );
        const windows = new Map([...planned, ...calledOff].map((one) => [one.number, one]));
        const monitors = plan.monitors.filter(isPublic);
        const body = maintenanceCalendar([...windows.values()], monitors, now);
        return { body, until: nextDay(now) };
      },
    });
  });
}
