import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { z } from "zod";
import { byBodySchema } from "../../../shared/contract/api/authored.ts";
import {
  assignBodySchema,
  handledListSchema,
  handledParamsSchema,
  handledQuerySchema,
  mergeBodySchema,
  priorityBodySchema,
  reviewBodySchema,
  singleHandledSchema,
  snoozeBodySchema,
  updateBodySchema,
} from "../../../shared/contract/api/incident-handling.ts";
import { readHandledPage } from "../../../shared/storage/alerting/incident-pages.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  acknowledgeIncident,
  addUpdate,
  assign,
  markFalse,
  mergeIncident,
  prioritiseIncident,
  resolveIncident,
  snoozeIncident,
  writeReview,
} from "../alerting/incident-actions.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { handledDocuments, reviewPage, singleHandled } from "../reads/handled-documents.ts";
import { jsonBody, optionalBody } from "./alert-responses.ts";
import { actOf } from "./alerts.ts";
import {
  answer,
  conflict,
  failures,
  forbidden,
  invalid,
  noSuchIncident,
  text,
  unauthorized,
} from "./responses.ts";

const path = "/api/monitoring/incidents";
const one = `${path}/{number}`;
const reading = { ...unauthorized, ...invalid, ...failures };
const shown = { 200: answer("The incident", singleHandledSchema), ...noSuchIncident, ...reading };
const params = { params: handledParamsSchema };

const list = createRoute({
  method: "get",
  path,
  operationId: "listIncidents",
  tags: ["incidents"],
  summary: "Incidents that people handle, newest first; what was merged is part of another",
  request: { query: handledQuerySchema },
  responses: { 200: answer("One page", handledListSchema), ...reading },
});

const read = createRoute({
  method: "get",
  path: one,
  operationId: "getIncident",
  tags: ["incidents"],
  summary: "One incident: members, deadlines, timeline, review",
  request: params,
  responses: shown,
});

const readReview = createRoute({
  method: "get",
  path: `${one}/review.md`,
  operationId: "getIncidentReview",
  tags: ["incidents"],
  summary: "The incident and its review as Markdown",
  request: params,
  responses: {
    200: text("Markdown", "text/markdown"),
    ...noSuchIncident,
    ...reading,
  },
});

const action = <
  Method extends "post" | "put" | "delete",
  Name extends string,
  Body extends z.ZodType,
>(
  method: Method,
  name: Name,
  operationId: string,
  summary: string,
  body: { body: { content: { "application/json": { schema: Body } }; required: boolean } },
) =>
  createRoute({
    method,
    path: `/api/monitoring/incidents/{number}/${name}` as const,
    operationId,
    tags: ["incidents"],
    summary,
    request: { ...params, ...body },
    responses: { ...shown, ...forbidden, ...conflict },
  });

const acknowledging = action(
  "post",
  "acknowledge",
  "acknowledgeIncident",
  "Takes it on",
  optionalBody(byBodySchema),
);
const resolving = action(
  "post",
  "resolve",
  "resolveIncident",
  "Ends what was triggered by hand",
  optionalBody(byBodySchema),
);
const snoozing = action(
  "post",
  "snooze",
  "snoozeIncident",
  "Nobody is told until then",
  jsonBody(snoozeBodySchema),
);
const assigning = action(
  "post",
  "assign",
  "assignIncident",
  "Gives it to somebody",
  jsonBody(assignBodySchema),
);
const merging = action(
  "post",
  "merge",
  "mergeIncident",
  "Makes it part of another",
  jsonBody(mergeBodySchema),
);
const rating = action(
  "post",
  "priority",
  "setIncidentPriority",
  "Sets its priority for good",
  jsonBody(priorityBodySchema),
);
const updating = action(
  "post",
  "updates",
  "addIncidentUpdate",
  "Tells how it goes",
  jsonBody(updateBodySchema),
);
const marking = action(
  "post",
  "false-alarm",
  "markFalseAlarm",
  "There was nothing",
  optionalBody(byBodySchema),
);
const unmarking = action(
  "delete",
  "false-alarm",
  "unmarkFalseAlarm",
  "There was something",
  optionalBody(byBodySchema),
);
const reviewing = action(
  "put",
  "review",
  "writeIncidentReview",
  "Writes its review",
  jsonBody(reviewBodySchema),
);

/** GET /api/monitoring/incidents, GET …/{number}, …/review.md, and what people do with them. */
export function addIncidentActions(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB } = context.get("environment");
    const { state, limit, cursor } = context.req.valid("query");
    // One more than asked for tells whether there is another page.
    const [plan, found] = await Promise.all([
      fromDatabase(readPlan(DB)),
      fromDatabase(readHandledPage(DB, { state, before: cursor ?? null }, limit + 1)),
    ]);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const incidents = await handledDocuments(DB, plan, page, context.get("now"));
    const nextCursor = found.length > limit && last ? String(last.number) : null;
    return context.json({ incidents, nextCursor }, 200);
  });

  app.openapi(read, async (context) => {
    const { number } = context.req.valid("param");
    return context.json(await answered(context, number), 200);
  });

  app.openapi(readReview, async (context) => {
    const { number } = context.req.valid("param");
    const text = await reviewPage(context.get("environment").DB, number, context.get("now"));
    return context.body(text, 200, { "Content-Type": "text/markdown; charset=utf-8" });
  });

  app.openapi(acknowledging, async (context) => {
    const { number } = context.req.valid("param");
    const { by } = context.req.valid("json");
    await acknowledgeIncident(context.get("environment").DB, number, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(resolving, async (context) => {
    const { number } = context.req.valid("param");
    const { by } = context.req.valid("json");
    await resolveIncident(context.get("environment").DB, number, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(snoozing, async (context) => {
    const { number } = context.req.valid("param");
    const { until, minutes = 0, by } = context.req.valid("json");
    const act = actOf(context, by);
    const end = until ?? act.now + minutes * 60;
    await snoozeIncident(context.get("environment").DB, number, end, act);
    return context.json(await answered(context, number), 200);
  });

  app.openapi(assigning, async (context) => {
    const { number } = context.req.valid("param");
    const { to, by } = context.req.valid("json");
    await assign(context.get("environment").DB, number, to, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(merging, async (context) => {
    const { number } = context.req.valid("param");
    const { into, by } = context.req.valid("json");
    await mergeIncident(context.get("environment").DB, number, into, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(rating, async (context) => {
    const { number } = context.req.valid("param");
    const { priority, by } = context.req.valid("json");
    await prioritiseIncident(context.get("environment").DB, number, priority, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(updating, async (context) => {
    const { number } = context.req.valid("param");
    const { text, public: isPublic, by } = context.req.valid("json");
    await addUpdate(context.get("environment").DB, number, text, isPublic, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(marking, async (context) => {
    const { number } = context.req.valid("param");
    const { by } = context.req.valid("json");
    await markFalse(context.get("environment").DB, number, true, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(unmarking, async (context) => {
    const { number } = context.req.valid("param");
    const { by } = context.req.valid("json");
    await markFalse(context.get("environment").DB, number, false, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });

  app.openapi(reviewing, async (context) => {
    const { number } = context.req.valid("param");
    const { by, ...fields } = context.req.valid("json");
    await writeReview(context.get("environment").DB, number, fields, actOf(context, by));
    return context.json(await answered(context, number), 200);
  });
}

function answered(context: Context<ApiEnv>, number: number) {
  return singleHandled(context.get("environment").DB, number, context.get("now"));
}
