import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  benchmarkBodySchema,
  benchmarkResponseSchema,
  defaultPerformanceWindow,
  type PerformanceQuery,
  performanceDocumentSchema,
  performanceQuerySchema,
} from "../../../shared/contract/api/performance.ts";
import { parseDuration } from "../../../shared/contract/api/window.ts";
import { performanceDocument } from "../../../shared/measure/performance.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest } from "../problems.ts";
import { readAsked } from "../reads/asked-window.ts";
import { runBenchmark } from "../reads/benchmark.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/performance";

const readRoute = createRoute({
  method: "get",
  path,
  operationId: "getPerformance",
  tags: ["performance"],
  summary: "Response times, error rate and throughput by monitor and region over any window",
  request: { query: performanceQuerySchema },
  responses: {
    200: answer("Figures, and where asked for a series", performanceDocumentSchema),
    ...invalid,
    ...unauthorized,
    ...failures,
  },
});

const benchmarkRoute = createRoute({
  method: "post",
  path,
  operationId: "runBenchmark",
  tags: ["performance"],
  summary: "Asks an endpoint many times in a row from a region, and compares with its baseline",
  request: {
    body: { content: { "application/json": { schema: benchmarkBodySchema } }, required: true },
  },
  responses: {
    200: answer("How it went", benchmarkResponseSchema),
    ...invalid,
    ...unauthorized,
    ...forbidden,
    ...failures,
  },
});

/** GET and POST /api/monitoring/performance. */
export function addPerformance(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(readRoute, async (context) => {
    const { DB } = context.get("environment");
    const query = context.req.valid("query");
    const { present, window, monitors, regions } = await readAsked(
      DB,
      { ...query, window: query.window ?? usualWindow(query) },
      context.get("now"),
    );
    if (query.monitor !== undefined && monitors.every(({ probe }) => probe.kind === "heartbeat")) {
      const message = "one that is probed: a heartbeat calls in by itself, and nobody times it";
      throw invalidRequest([{ field: "monitor", message }]);
    }
    const request = { window, monitors, regions, by: query.by ?? null };
    const performance = await fromDatabase(performanceDocument(DB, present, request));
    if (!performance.ok) throw invalidRequest(performance.errors);
    return context.json(performance.measured, 200);
  });

  app.openapi(benchmarkRoute, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const outcome = await runBenchmark(
      { db: DB, probe: PROBE, clock: context.get("clock"), now: context.get("now") },
      context.req.valid("json"),
    );
    if (!outcome.ok) throw invalidRequest(outcome.errors);
    return context.json(outcome.response, 200);
  });
}

/** A day, unless the query says a window in some way. */
function usualWindow({ from, to, period, of, zone }: PerformanceQuery): number | undefined {
  const said = [from, to, period, of, zone].some((value) => value !== undefined);
  return said ? undefined : (parseDuration(defaultPerformanceWindow) ?? undefined);
}
