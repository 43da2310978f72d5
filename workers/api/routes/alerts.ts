import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  alertIdOf,
  alertKeyOf,
  alertListSchema,
  alertParamsSchema,
  alertQuerySchema,
  explanationSchema,
  removeRuleQuerySchema,
  singleAlertSchema,
  triggerBodySchema,
} from "../../../shared/contract/api/alerts.ts";
import { byBodySchema } from "../../../shared/contract/api/authored.ts";
import {
  authorQuerySchema,
  removedSchema,
  ruleBodySchema,
  singleRuleSchema,
} from "../../../shared/contract/api/rules.ts";
import { readAlerts } from "../../../shared/storage/alerting/alert-list.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { resolveAlert, triggerAlert } from "../alerting/manual-alerts.ts";
import type { ApiEnv } from "../context.ts";
import { ProblemError } from "../problems.ts";
import { alertDocument, isAsked } from "../reads/alert-documents.ts";
import { readExplanation } from "../reads/explanation.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { jsonBody, noSuchAlert, noSuchRuleThere, optionalBody } from "./alert-responses.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";
import { dropRule, putRule } from "./rules.ts";

const path = "/api/monitoring/alerts";
const one = { ...unauthorized, ...invalid, ...failures };
const writing = { ...forbidden, ...conflict };

const list = createRoute({
  method: "get",
  path,
  operationId: "listAlerts",
  tags: ["alerts"],
  summary: "Alerts: the active ones, unless asked otherwise",
  request: { query: alertQuerySchema },
  responses: { 200: answer("The worst first", alertListSchema), ...one },
});

const read = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getAlert",
  tags: ["alerts"],
  summary: "One alert",
  request: { params: alertParamsSchema },
  responses: { 200: answer("The alert", singleAlertSchema), ...noSuchAlert, ...one },
});

const triggering = createRoute({
  method: "post",
  path,
  operationId: "triggerAlert",
  tags: ["alerts"],
  summary: "Triggers an alert by hand",
  request: jsonBody(triggerBodySchema),
  responses: {
    200: answer("It fires already", singleAlertSchema),
    201: answer("The new alert", singleAlertSchema),
    ...writing,
    ...one,
  },
});

const resolving = createRoute({
  method: "post",
  path: `${path}/{id}/resolve`,
  operationId: "resolveAlert",
  tags: ["alerts"],
  summary: "Ends an alert that was triggered by hand",
  request: { params: alertParamsSchema, ...optionalBody(byBodySchema) },
  responses: { 200: answer("The alert", singleAlertSchema), ...noSuchAlert, ...writing, ...one },
});

const explaining = createRoute({
  method: "get",
  path: `${path}/{id}/explain`,
  operationId: "explainAlert",
  tags: ["alerts"],
  summary: "Why people were told of an alert, or were not",
  request: { params: alertParamsSchema },
  responses: { 200: answer("In words and data", explanationSchema), ...noSuchAlert, ...one },
});

const putting = createRoute({
  method: "put",
  path,
  operationId: "putRuleByBody",
  tags: ["rules"],
  summary: "Creates or replaces a rule",
  request: { query: authorQuerySchema, ...jsonBody(ruleBodySchema) },
  responses: {
    200: answer("The rule", singleRuleSchema),
    201: answer("The new rule", singleRuleSchema),
    ...writing,
    ...one,
  },
});

const removing = createRoute({
  method: "delete",
  path,
  operationId: "deleteRuleByQuery",
  tags: ["rules"],
  summary: "Deletes a rule",
  request: { query: removeRuleQuerySchema },
  responses: { 200: answer("Gone", removedSchema), ...noSuchRuleThere, ...writing, ...one },
});

/** GET POST PUT DELETE /api/monitoring/alerts, GET …/{id}, …/{id}/explain, POST …/{id}/resolve. */
export function addAlerts(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB, RUNBOOK_URL } = context.get("environment");
    const query = context.req.valid("query");
    const [plan, all] = await Promise.all([
      fromDatabase(readPlan(DB)),
      fromDatabase(readAlerts(DB)),
    ]);
    const alerts = all
      .filter((alert) => isAsked(alert, query))
      .map((alert) => alertDocument(alert, plan, RUNBOOK_URL))
      .toSorted((a, b) => rank(a) - rank(b) || b.since.localeCompare(a.since));
    return context.json({ alerts }, 200);
  });

  app.openapi(read, async (context) => {
    const { id } = context.req.valid("param");
    return context.json(await singleOf(context, alertKeyOf(id)), 200);
  });

  app.openapi(triggering, async (context) => {
    const body = context.req.valid("json");
    const { DB } = context.get("environment");
    const { key, repeated } = await triggerAlert(DB, body, actOf(context, body.by));
    return context.json(await singleOf(context, key), repeated ? 200 : 201);
  });

  app.openapi(resolving, async (context) => {
    const { id } = context.req.valid("param");
    const { by } = context.req.valid("json");
    await resolveAlert(context.get("environment").DB, alertKeyOf(id), actOf(context, by));
    return context.json(await singleOf(context, alertKeyOf(id)), 200);
  });

  app.openapi(explaining, async (context) => {
    const { DB, RUNBOOK_URL } = context.get("environment");
    const { id } = context.req.valid("param");
    const explanation = await readExplanation(DB, alertKeyOf(id), context.get("now"), RUNBOOK_URL);
    if (explanation === null) throw nothingKnown(id);
    return context.json(explanation, 200);
  });

  app.openapi(putting, async (context) => {
    const rule = context.req.valid("json");
    const { by } = context.req.valid("query");
    const { answer: document, created } = await putRule(context, rule.id, () => rule, by);
    return context.json(document, created ? 201 : 200);
  });

  app.openapi(removing, async (context) => {
    const { rule, by } = context.req.valid("query");
    return context.json(await dropRule(context, rule, by), 200);
  });
}

/** Who does what a request asks for, and when. */
export function actOf(context: Context<ApiEnv>, by: string | undefined) {
  return { now: context.get("now"), by: by ?? context.get("identity").name };
}

async function singleOf(context: Context<ApiEnv>, key: string) {
  const { DB, RUNBOOK_URL } = context.get("environment");
  const [plan, [alert]] = await Promise.all([
    fromDatabase(readPlan(DB)),
    fromDatabase(readAlerts(DB, key)),
  ]);
  if (!alert) throw nothingKnown(alertIdOf(key));
  return { alert: alertDocument(alert, plan, RUNBOOK_URL) };
}

function nothingKnown(id: string): ProblemError {
  return new ProblemError("not-found", `There is no alert ${id} that fires or did lately.`);
}

function rank({ state, level }: { readonly state: string; readonly level: string }): number {
  return (state === "firing" ? 0 : state === "pending" ? 2 : 4) + (level === "critical" ? 0 : 1);
}
