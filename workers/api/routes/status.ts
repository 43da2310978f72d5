import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  statusDocumentSchema,
  statusQuerySchema,
  usualDays,
} from "../../../shared/contract/api/status.ts";
import { readDailyAvailability } from "../../../shared/measure/daily-availability.ts";
import {
  readOpenPublicIncidents,
  readPublicIncidents,
} from "../../../shared/storage/alerting/public-incidents.ts";
import { readMaintenance } from "../../../shared/storage/maintenance.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { readLatestResults } from "../reads/latest-results.ts";
import { goesStaleAt, readSnapshot } from "../reads/snapshot.ts";
import { agedStatusDocument, statusDocument } from "../reads/status-document.ts";
import { isPublic, publicIncidents } from "../reads/status-incidents.ts";
import type { KeptDocuments } from "../reads/status-kept.ts";
import { maintenanceAheadSeconds, publicMaintenance } from "../reads/status-maintenance.ts";
import { answer, failures, invalid, notModified } from "./responses.ts";
import { answerPublic, type Made, nextDay } from "./status-answer.ts";

/** How many incidents that are over a status page shows, and how many open ones at most. */
const recentIncidents = 10;
const mostOpenIncidents = 100;
const recentSeconds = 90 * 86_400;
/** Of those that are over some may be about monitors that the page does not show. */
const readForRecent = 50;

const route = createRoute({
  method: "get",
  path: "/api/status",
  operationId: "getStatus",
  tags: ["status"],
  summary: "What a status page needs",
  request: { query: statusQuerySchema },
  responses: {
    200: answer("Statuses, bars, incidents, planned maintenance", statusDocumentSchema),
    ...notModified,
    ...invalid,
    ...failures,
  },
});

/** GET /api/status. */
export function addStatus(app: OpenAPIHono<ApiEnv>, documents: KeptDocuments): void {
  app.openapi(route, (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const days = context.req.valid("query").days ?? usualDays;
    return answerPublic(context, documents, {
      name: `status/${days}`,
      contentType: "application/json",
      dependsOn: ["recorded", "plan", "alerts", "maintenance"],
      maxAge: 10,
      make: () => makeStatus(DB, days, now),
      show: (kept, stale) =>
        stale
          ? JSON.stringify(agedStatusDocument(statusDocumentSchema.parse(JSON.parse(kept)), now))
          : kept,
    });
  });
}

async function makeStatus(db: D1Database, days: number, now: number): Promise<Made> {
  const snapshot = await readSnapshot(db, now);
  const monitors = snapshot.plan.monitors.filter(isPublic);
  const [latest, daily, open, recent, windows] = await fromDatabase(
    Promise.all([
      readLatestResults(db, snapshot, monitors),
      readDailyAvailability(db, snapshot, monitors, days),
      readOpenPublicIncidents(db, mostOpenIncidents),
      readPublicIncidents(db, { from: now - recentSeconds, to: now + 1 }, "closed", readForRecent),
      readMaintenance(db, { from: now, to: now + maintenanceAheadSeconds }),
    ]),
  );
  const incidents = await publicIncidents(db, snapshot.plan, [...open, ...recent]);
  const maintenance = publicMaintenance(windows, monitors, now);
  const document = statusDocument(snapshot, {
    latest,
    days,
    daily,
    incidents: {
      open: incidents.filter(({ state }) => state === "open"),
      recent: incidents.filter(({ state }) => state === "closed").slice(0, recentIncidents),
    },
    maintenance,
  });
  const planned = maintenance.flatMap(({ from, to }) => [Date.parse(from), Date.parse(to)]);
  const turns = [nextDay(now), goesStaleAt(snapshot), ...planned.map((at) => at / 1000)];
  const until = Math.min(...turns.filter((at) => at > now));
  return { body: JSON.stringify(document), until };
}
