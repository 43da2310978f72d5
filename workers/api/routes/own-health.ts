import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Clock } from "../../../shared/clock.ts";
import {
  type DatabasePart,
  detailedHealthSchema,
  livenessSchema,
  notReadyProblemSchema,
  readinessSchema,
} from "../../../shared/contract/api/health.ts";
import { log } from "../../../shared/log.ts";
import { readHealthScore } from "../../../shared/measure/health-score.ts";
import { readOutboxState } from "../../../shared/storage/alerting/outbox-state.ts";
import { readOwnState } from "../../../shared/storage/own-watch.ts";
import { readAppliedMigration } from "../../../shared/storage/schema-version.ts";
import { readServiceStates } from "../../../shared/storage/service-states.ts";
import { version } from "../../../shared/version.ts";
import type { ApiEnv } from "../context.ts";
import { problemOf } from "../problems.ts";
import { askChannels } from "../reads/ask-channels.ts";
import { askProbe } from "../reads/ask-probe.ts";
import { DatabaseUnavailableError, fromDatabase } from "../reads/from-database.ts";
import { detailedHealth, isReady, readinessParts } from "../reads/health-documents.ts";
import { faultsSeconds } from "../reads/own-parts.ts";
import { readSnapshot, type Snapshot } from "../reads/snapshot.ts";
import { answer, failures, unauthorized } from "./responses.ts";

/** Dead letters of so long are counted. */
const deadSeconds = 86_400;

const live = createRoute({
  method: "get",
  path: "/api/monitoring/health/live",
  operationId: "getLiveness",
  tags: ["health"],
  summary: "Whether the api Worker runs",
  responses: { 200: answer("It runs", livenessSchema), ...unauthorized },
});

const ready = createRoute({
  method: "get",
  path: "/api/monitoring/health/ready",
  operationId: "getReadiness",
  tags: ["health"],
  summary: "Whether the monitoring can say anything about the present",
  responses: {
    200: answer("It can", readinessSchema),
    ...unauthorized,
    500: failures[500],
    503: {
      description: "It cannot; `parts` says why",
      content: { "application/problem+json": { schema: notReadyProblemSchema } },
    },
  },
});

const detailed = createRoute({
  method: "get",
  path: "/api/monitoring/health/detailed",
  operationId: "getDetailedHealth",
  tags: ["health"],
  summary: "The parts of the monitoring, and NetPost's full assessment",
  responses: { 200: answer("Both", detailedHealthSchema), ...unauthorized, ...failures },
});

/** GET /api/monitoring/health/{live,ready,detailed}. */
export function addOwnHealth(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(live, (context) => context.json({ status: "live", version } as const, 200));

  app.openapi(ready, async (context) => {
    const { DB } = context.get("environment");
    const seen = await examineDatabase(DB, context.get("now"), context.get("clock"));
    if (seen.snapshot === null) log("error", "database-unavailable", {}, seen.error.cause);
    const parts = readinessParts(seen);
    if (isReady(parts)) return context.json({ status: "ready", parts } as const, 200);
    const problem = problemOf(context, "not-ready", "A part is not ready; `parts` says which.");
    return context.json({ ...problem, parts }, 503, {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
    });
  });

  app.openapi(detailed, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const clock = context.get("clock");
    const [seen, probe, channels] = await Promise.all([
      examineDatabase(DB, context.get("now"), clock),
      askProbe(PROBE, clock),
      // Why it does not say is logged where it is asked.
      askChannels(PROBE, clock).catch(() => null),
    ]);
    if (seen.snapshot === null) throw seen.error;
    const { snapshot, part, migration } = seen;
    const { now } = snapshot;
    const [health, outbox, own, services] = await Promise.all([
      fromDatabase(readHealthScore(DB, snapshot.plan, snapshot)),
      fromDatabase(readOutboxState(DB, now - deadSeconds)),
      fromDatabase(readOwnState(DB, now - faultsSeconds, now)),
      fromDatabase(readServiceStates(DB)),
    ]);
    const found = { snapshot, database: part, migration, probe, channels, outbox, own, services };
    return context.json(detailedHealth(found, health), 200);
  });
}

type Examined =
  | { readonly snapshot: Snapshot; readonly part: DatabasePart; readonly migration: string | null }
  | {
      readonly snapshot: null;
      readonly part: DatabasePart;
      readonly error: DatabaseUnavailableError;
    };

/** Reads the present, and how long the database took; a database that fails is a value here. */
async function examineDatabase(db: D1Database, now: number, clock: Clock): Promise<Examined> {
  const startedAt = clock.now();
  try {
    const [snapshot, migration] = await Promise.all([
      readSnapshot(db, now),
      fromDatabase(readAppliedMigration(db)),
    ]);
    return { snapshot, migration, part: { ok: true, latencyMs: clock.now() - startedAt } };
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    return { snapshot: null, part: { ok: false, reason: "no-answer" }, error };
  }
}
