import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  falseAlarmBodySchema,
  falseAlarmSchema,
  outageParamsSchema,
} from "../../../shared/contract/api/reports.ts";
import { type FalseAlarm, markFalseAlarm } from "../../../shared/storage/outage-measures.ts";
import type { ApiEnv } from "../context.ts";
import { requireAdmin } from "../middleware/require-admin.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { answer, failures, forbidden, invalid, noSuchOutage, unauthorized } from "./responses.ts";

const path = "/api/monitoring/outages/{number}/false-alarm";

const responses = {
  200: answer("What is said of the outage now", falseAlarmSchema),
  ...invalid,
  ...unauthorized,
  ...forbidden,
  ...noSuchOutage,
  ...failures,
};

const markRoute = createRoute({
  method: "post",
  path,
  summary: "Marks an outage as a false alarm; repeating it changes nothing",
  request: {
    params: outageParamsSchema,
    body: { content: { "application/json": { schema: falseAlarmBodySchema } } },
  },
  responses,
});

const unmarkRoute = createRoute({
  method: "delete",
  path,
  summary: "Takes the mark back",
  request: { params: outageParamsSchema },
  responses,
});

/** POST and DELETE /api/monitoring/outages/{number}/false-alarm. */
export function addFalseAlarms(app: OpenAPIHono<ApiEnv>): void {
  // Before the routes' validators: who may not mark learns nothing of what would be valid.
  app.use("/api/monitoring/outages/:number/false-alarm", async (context, next) => {
    if (context.req.method === "POST" || context.req.method === "DELETE") requireAdmin(context);
    await next();
  });

  app.openapi(markRoute, async (context) => {
    const { number } = context.req.valid("param");
    const { by } = context.req.valid("json");
    const mark = { at: context.get("now"), by };
    return context.json(await say(context.get("environment").DB, number, mark), 200);
  });

  app.openapi(unmarkRoute, async (context) => {
    const { number } = context.req.valid("param");
    return context.json(await say(context.get("environment").DB, number, null), 200);
  });
}

async function say(db: D1Database, number: number, mark: FalseAlarm | null) {
  const marked = await fromDatabase(markFalseAlarm(db, number, mark));
  if (marked.kind === "no-such-outage") {
    throw new ProblemError("not-found", `There is no outage ${number}.`);
  }
  const { falseAlarm } = marked;
  return {
    number,
    falseAlarm: falseAlarm === null ? null : { at: instant(falseAlarm.at), by: falseAlarm.by },
  };
}
