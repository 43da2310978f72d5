/** The api, from the outside in: what every request passes, then the routes. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { except } from "hono/combine";
import { cors } from "hono/cors";
import { etag, RETAINED_304_HEADERS } from "hono/etag";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { Clock } from "../../shared/clock.ts";
import { authorise } from "./access.ts";
import type { ApiEnv } from "./context.ts";
import { answerError } from "./middleware/answer-error.ts";
import { audit } from "./middleware/audit.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { cacheControl } from "./middleware/cache-control.ts";
import { refuseInvalid } from "./middleware/invalid-request.ts";
import { limitAddress, limitKey, tellRateLimits } from "./middleware/rate-limit.ts";
import { reportErrors } from "./middleware/report-errors.ts";
import { requestContext } from "./middleware/request-context.ts";
import { selectFields } from "./middleware/select-fields.ts";
import { answerProblem } from "./problems.ts";
import { type KeptDocuments, keptDocuments } from "./reads/status-kept.ts";
import { addAlerts } from "./routes/alerts.ts";
import { addAudit } from "./routes/audit.ts";
import { addBacktest } from "./routes/backtest.ts";
import { addBasicHealth } from "./routes/basic-health.ts";
import { addDeliveries } from "./routes/deliveries.ts";
import { addEscalations } from "./routes/escalations.ts";
import { addHealthHistory } from "./routes/health-history.ts";
import { addIncidentActions } from "./routes/incident-actions.ts";
import { addKeys } from "./routes/keys.ts";
import { addKpis } from "./routes/kpis.ts";
import { addMaintenance } from "./routes/maintenance.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addMonitors } from "./routes/monitors.ts";
import { addOpenApi } from "./routes/openapi.ts";
import { addOutages } from "./routes/outages.ts";
import { addOwnHealth } from "./routes/own-health.ts";
import { addPerformance } from "./routes/performance.ts";
import { addKeyedPings, addPings } from "./routes/pings.ts";
import { addProbeNow } from "./routes/probe-now.ts";
import { addReports } from "./routes/reports.ts";
import { addRules } from "./routes/rules.ts";
import { addSilences } from "./routes/silences.ts";
import { addSla } from "./routes/sla.ts";
import { addSlo } from "./routes/slo.ts";
import { addStatus } from "./routes/status.ts";
import { addStatusBadges } from "./routes/status-badges.ts";
import { addStatusCalendar } from "./routes/status-calendar.ts";
import { addStatusFeeds } from "./routes/status-feeds.ts";
import { addStatusHistory } from "./routes/status-history.ts";

/** No request of ours is longer, bytes. */
const largestBody = 65_536;

/** Whoever may ask from a page of theirs, without a key. */
const openPaths = ["/api/health", "/api/status/*", "/api/openapi.json", "/api/docs"];

/** What a page on another site may read of an open answer, beside what any answer shows. */
const exposedHeaders = [
  "Age",
  "ETag",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Warning",
  "X-Request-Id",
];

/**
 * Makes the application. Time comes from the clock, everything else with the request.
 *
 * @param documents where public documents are kept between requests
 */
export function createApp(
  clock: Clock,
  documents: KeptDocuments = keptDocuments(),
): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });

  app.use(reportErrors(clock));
  app.use(requestContext(clock));
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      // A printed report brings a policy of its own.
      overwrite: false,
    }),
  );
  // The inner one comes to its turn first, so an open path keeps its own.
  app.use(cacheControl("no-store"));
  for (const path of openPaths) {
    app.use(
      path,
      cors({
        origin: "*",
        allowMethods: ["GET", "HEAD"],
        exposeHeaders: exposedHeaders,
        maxAge: 86_400,
      }),
    );
    app.use(path, cacheControl("public, max-age=10"));
    app.use(path, async (context, next) => {
      await next();
      // Otherwise no page but ours could show a badge.
      context.header("Cross-Origin-Resource-Policy", "cross-origin");
    });
  }
  app.use(tellRateLimits);
  app.use(except(["/api/monitoring/*", "/api/ping/*"], limitAddress("LIMIT_PUBLIC")));
  app.use("/api/ping/*", limitAddress("LIMIT_PING"));
  app.use("/api/monitoring/*", limitAddress("LIMIT_ADDRESS"));
  app.use("/api/monitoring/*", authenticate());
  app.use("/api/monitoring/*", limitKey);
  app.use(
    // A ping is taken however much output the job sends along: none of it is read.
    except(
      "/api/ping/*",
      bodyLimit({
        maxSize: largestBody,
        onError: (context) =>
          answerProblem(context, "body-too-large", `At most ${largestBody} bytes.`),
      }),
    ),
  );
  // No stale answer stands in for it: a check of health that hides a failure is none.
  app.use("/api/health", etag({ retainedHeaders: [...RETAINED_304_HEADERS, "x-request-id"] }));
  app.use("/api/monitoring/*", authorise);
  app.use(selectFields(app));
  app.use(
    "/api/monitoring/*",
    audit((request, environment) => app.fetch(request, environment)),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) => {
        const allow = methods.join(", ");
        context.header("Allow", allow);
        return answerProblem(context, "method-not-allowed", `Allowed: ${allow}.`);
      },
    }),
  );

  addBasicHealth(app);
  addStatus(app, documents);
  addStatusHistory(app, documents);
  addStatusFeeds(app, documents);
  addStatusCalendar(app, documents);
  addStatusBadges(app, documents);
  addOwnHealth(app);
  addMonitors(app);
  addProbeNow(app);
  addOutages(app);
  addPings(app);
  addKeyedPings(app);
  addMetrics(app);
  addHealthHistory(app);
  addSla(app);
  addKpis(app);
  addReports(app);
  addPerformance(app);
  addSlo(app);
  addMaintenance(app);
  addAlerts(app);
  addRules(app);
  addBacktest(app);
  addEscalations(app);
  addSilences(app);
  addIncidentActions(app);
  addDeliveries(app);
  addKeys(app);
  addAudit(app);
  addOpenApi(app);

  app.notFound((context) => answerProblem(context, "not-found", "Nothing is served here."));
  app.onError(answerError);
  return app;
}
