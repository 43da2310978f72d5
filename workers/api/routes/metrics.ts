import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import {
  keySchema,
  metricsDocumentSchema,
  metricsQuerySchema,
  pushedSchema,
  pushSchema,
} from "../../../shared/contract/api/metrics.ts";
import { mostActiveSeries, pushPoints } from "../../../shared/storage/metrics.ts";
import type { ApiEnv } from "../context.ts";
import { familiesOf } from "../exposition/families.ts";
import { negotiateFormat } from "../exposition/negotiate.ts";
import { expositionTypes, render } from "../exposition/render.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { readAskedMetrics } from "../reads/asked-metrics.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { digestOf, pointsOf } from "../reads/pushed-points.ts";
import { readScrape } from "../reads/scrape.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/metrics";

const read = createRoute({
  method: "get",
  path,
  operationId: "getMetrics",
  tags: ["metrics"],
  summary: "Metrics: present values against their thresholds, statistics, series",
  request: { query: metricsQuerySchema },
  responses: {
    200: {
      description: "Every metric, or the one asked for; as text, all that Prometheus may want",
      content: {
        "application/json": { schema: metricsDocumentSchema },
        "text/plain": { schema: { type: "string" } },
        "application/openmetrics-text": { schema: { type: "string" } },
      },
    },
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

const push = createRoute({
  method: "post",
  path,
  operationId: "pushMetrics",
  tags: ["metrics"],
  summary: "Takes values of metrics that NetPost pushes",
  description: "Needs the admin token. All points are taken, or none.",
  request: {
    headers: z.object({ "idempotency-key": keySchema.optional() }),
    body: { required: true, content: { "application/json": { schema: pushSchema } } },
  },
  responses: {
    200: answer("They were taken, now or before under the same key", pushedSchema),
    ...invalid,
    ...unauthorized,
    ...forbidden,
    ...conflict,
    ...failures,
  },
});

/** GET and POST /api/monitoring/metrics. */
export function addMetrics(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(read, async (context) => {
    const { DB } = context.get("environment");
    const { format: asked, ...query } = context.req.valid("query");
    const format = asked ?? negotiateFormat(context.req.header("Accept"));
    context.header("Vary", "Accept");
    if (format === "json") {
      return context.json(await readAskedMetrics(DB, query, context.get("now")), 200);
    }
    refuseBeside(query, format);
    const families = familiesOf(await readScrape(DB, context.get("now")));
    context.header("Content-Type", expositionTypes[format]);
    return context.body(render(families, format), 200);
  });

  app.openapi(push, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const body = context.req.valid("json");
    const header = context.req.valid("header")["idempotency-key"];
    if (header !== undefined && body.key !== undefined && header !== body.key) {
      throw invalidRequest([
        { field: "key", message: "the same as Idempotency-Key, or one of them" },
      ]);
    }
    const key = header ?? body.key;
    const points = pointsOf(body.points, now);
    const under = key === undefined ? null : { key, digest: await digestOf(body.points) };
    const outcome = await fromDatabase(pushPoints(DB, points, under, now));
    switch (outcome.kind) {
      case "accepted":
      case "repeated":
        return context.json({ accepted: outcome.accepted }, 200);
      case "key-reused":
        throw new ProblemError("conflict", "Other points were pushed under this key before.");
      case "too-many-series":
        throw new ProblemError(
          "conflict",
          `At most ${mostActiveSeries} series, each a name with its labels, may have points at a time.`,
        );
    }
  });
}

/** A text has every metric as it is now: what else was asked for must not be passed over in silence. */
function refuseBeside(query: Readonly<Record<string, unknown>>, format: string): void {
  const fields = Object.keys(query).filter((field) => query[field] !== undefined);
  if (fields.length === 0) return;
  throw invalidRequest(
    fields.map((field) => ({ field, message: `not with ${format}; format=json has it` })),
  );
}
