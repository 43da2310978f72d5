import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import {
  newReportSchema,
  type ReportFormatQuery,
  reportFormatSchema,
  reportHeadSchema,
  reportListSchema,
  reportParamsSchema,
  reportQuerySchema,
  storedReportSchema,
  verificationSchema,
} from "../../../shared/contract/api/reports.ts";
import { usualReports } from "../../../shared/domain/report.ts";
import { reportCsv } from "../../../shared/measure/report-csv.ts";
import { reportHtml, reportStyleSource } from "../../../shared/measure/report-html.ts";
import {
  basisOfStored,
  documentOfStored,
  makeReport,
  verifyReport,
} from "../../../shared/measure/reports.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { orderedPeriod } from "../reads/ordered-period.ts";
import { readHeads, readNumbered, reportHead } from "../reads/report-documents.ts";
import { jsonBody } from "./alert-responses.ts";
import { answer, failures, forbidden, invalid, noSuchReport, unauthorized } from "./responses.ts";

const path = "/api/monitoring/reports";

const listRoute = createRoute({
  method: "get",
  path,
  operationId: "listReports",
  tags: ["reports"],
  summary: "Reports that were made, newest first",
  request: { query: reportQuerySchema },
  responses: {
    200: answer("One page", reportListSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

const makeRoute = createRoute({
  method: "post",
  path,
  operationId: "makeReport",
  tags: ["reports"],
  summary: "Makes the report of a period that is over, now",
  request: jsonBody(newReportSchema),
  responses: {
    200: answer("There was one already, with the same numbers", reportHeadSchema),
    201: answer("It was made: the first, or another edition", reportHeadSchema),
    ...invalid,
    ...unauthorized,
    ...forbidden,
    ...failures,
  },
});

const readRoute = createRoute({
  method: "get",
  path: `${path}/{number}`,
  operationId: "getReport",
  tags: ["reports"],
  summary: "One report as JSON, as CSV or as a page to print",
  request: { params: reportParamsSchema, query: reportFormatSchema },
  responses: {
    200: {
      description: "The report, as it was stored",
      content: {
        "application/json": { schema: storedReportSchema },
        "text/csv": { schema: { type: "string" } },
        "text/html": { schema: { type: "string" } },
      },
    },
    ...invalid,
    ...unauthorized,
    ...noSuchReport,
    ...failures,
  },
});

const verifyRoute = createRoute({
  method: "get",
  path: `${path}/{number}/verify`,
  operationId: "verifyReport",
  tags: ["reports"],
  summary: "Computes a report again and says what differs, and why",
  request: { params: reportParamsSchema },
  responses: {
    200: answer("What came of it", verificationSchema),
    ...invalid,
    ...unauthorized,
    ...noSuchReport,
    ...failures,
  },
});

/** Everything under /api/monitoring/reports. */
export function addReports(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(listRoute, async (context) => {
    const { DB } = context.get("environment");
    const { reports, next } = await readHeads(DB, context.req.valid("query"));
    return context.json({ reports, nextCursor: next === null ? null : String(next) }, 200);
  });

  app.openapi(makeRoute, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const plan = await fromDatabase(readPlan(DB));
    const since = Math.min(...plan.monitors.map(({ addedAt }) => addedAt));
    const order = context.req.valid("json");
    const ordered = orderedPeriod(order, plan.reports ?? usualReports, since, now);
    if (!ordered.ok) throw invalidRequest(ordered.errors);
    const made = await fromDatabase(
      makeReport(DB, plan, ordered.of, { by: context.get("identity").name, at: now, again: true }),
    );
    const { report } = await readNumbered(DB, made.number);
    context.header("Location", `${path}/${made.number}`);
    return context.json(reportHead(report), made.kind === "made" ? 201 : 200);
  });

  app.openapi(readRoute, async (context) => {
    const { DB } = context.get("environment");
    const { number } = context.req.valid("param");
    const { format, table } = wantedFormat(context, context.req.valid("query"));
    const packed = await readNumbered(DB, number);
    const report = await documentOfStored(packed);
    const head = reportHead(packed.report);
    const basis = basisOfStored(packed.report);
    context.header("Vary", "Accept");
    if (format === "csv") {
      const name = `sla-${head.kind}-${head.name}-${table}.csv`;
      context.header("Content-Type", "text/csv; charset=utf-8; header=present");
      context.header("Content-Disposition", `attachment; filename="${name}"`);
      return context.body(reportCsv(report, table), 200);
    }
    if (format === "html") {
      const style = await reportStyleSource();
      context.header(
        "Content-Security-Policy",
        `default-src 'none'; style-src ${style}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      );
      return context.html(reportHtml(report, { ...head, basis }), 200);
    }
    return context.json({ ...head, basis, report }, 200);
  });

  app.openapi(verifyRoute, async (context) => {
    const { DB } = context.get("environment");
    const { number } = context.req.valid("param");
    const packed = await readNumbered(DB, number);
    return context.json(await fromDatabase(verifyReport(DB, packed)), 200);
  });
}

const mediaTypes = { json: "application/json", csv: "text/csv", html: "text/html" } as const;

/** What is asked for by name goes before what Accept prefers. */
function wantedFormat(context: Context<ApiEnv>, { format, table }: ReportFormatQuery) {
  const preferred = accepts(context, {
    header: "Accept",
    supports: Object.values(mediaTypes),
    default: mediaTypes.json,
  });
  const negotiated = (["csv", "html"] as const).find((one) => mediaTypes[one] === preferred);
  const wanted = format ?? negotiated ?? "json";
  if (table !== undefined && wanted !== "csv") {
    throw invalidRequest([{ field: "table", message: "only together with format=csv" }]);
  }
  return { format: wanted, table: table ?? "availability" };
}
