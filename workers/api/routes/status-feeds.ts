import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readPublicIncidents } from "../../../shared/storage/alerting/public-incidents.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { type FeedFormat, feedPath, incidentFeed } from "../reads/status-feed.ts";
import { publicIncidents } from "../reads/status-incidents.ts";
import type { KeptDocuments } from "../reads/status-kept.ts";
import { failures, notModified, text } from "./responses.ts";
import { answerPublic, nextDay } from "./status-answer.ts";

const mostEntries = 50;
const backSeconds = 90 * 86_400;

const types = { atom: "application/atom+xml", rss: "application/rss+xml" } as const;

const routeOf = (format: FeedFormat) =>
  createRoute({
    method: "get",
    path: feedPath(format),
    operationId: format === "atom" ? "getAtomFeed" : "getRssFeed",
    tags: ["status"],
    summary: `Incidents of the last 90 days as ${format === "atom" ? "Atom" : "RSS"}`,
    responses: { 200: text("A feed", types[format]), ...notModified, ...failures },
  });

/** GET /api/status/feed.atom and /api/status/feed.rss. */
export function addStatusFeeds(app: OpenAPIHono<ApiEnv>, documents: KeptDocuments): void {
  for (const format of ["atom", "rss"] as const) {
    app.openapi(routeOf(format), (context) => {
      const { DB } = context.get("environment");
      const now = context.get("now");
      const { origin } = new URL(context.req.url);
      return answerPublic(context, documents, {
        name: `feed/${format}/${origin}`,
        contentType: `${types[format]}; charset=utf-8`,
        dependsOn: ["plan", "alerts", "maintenance"],
        maxAge: 60,
        make: async () => {
          const began = { from: now - backSeconds, to: now + 1 };
          const [plan, rows] = await fromDatabase(
            Promise.all([readPlan(DB), readPublicIncidents(DB, began, "all", mostEntries)]),
          );
          const incidents = await publicIncidents(DB, plan, rows);
          return { body: incidentFeed(incidents, origin, format), until: nextDay(now) };
        },
      });
    });
  }
}
