import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  authorQuerySchema,
  documentParamsSchema,
  removedSchema,
  ruleBodySchema,
  ruleListSchema,
  rulePatchSchema,
  singleRuleSchema,
} from "../../../shared/contract/api/rules.ts";
import type { AlertRule } from "../../../shared/domain/alerting/rule.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { changesOf } from "../alerting/documents.ts";
import {
  noSuchRule,
  patchedRule,
  type RuleChange,
  removeRule,
  writeRule,
} from "../alerting/rule-writes.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { jsonBody, noSuchRuleThere } from "./alert-responses.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/rules";
const one = { ...unauthorized, ...invalid, ...failures };
const writing = { ...forbidden, ...conflict };
const single = (description: string) => answer(description, singleRuleSchema);

const list = createRoute({
  method: "get",
  path,
  operationId: "listRules",
  tags: ["rules"],
  summary: "Alert rules",
  responses: { 200: answer("Every rule, by id", ruleListSchema), ...one },
});

const read = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getRule",
  tags: ["rules"],
  summary: "One rule, and who changed it",
  request: { params: documentParamsSchema },
  responses: { 200: single("The rule"), ...noSuchRuleThere, ...one },
});

const create = createRoute({
  method: "post",
  path,
  operationId: "createRule",
  tags: ["rules"],
  summary: "Creates a rule",
  request: { query: authorQuerySchema, ...jsonBody(ruleBodySchema) },
  responses: { 201: single("The new rule"), ...writing, ...one },
});

const replace = createRoute({
  method: "put",
  path: `${path}/{id}`,
  operationId: "putRule",
  tags: ["rules"],
  summary: "Replaces a rule, or creates it",
  request: { params: documentParamsSchema, query: authorQuerySchema, ...jsonBody(ruleBodySchema) },
  responses: { 200: single("The rule"), 201: single("The new rule"), ...writing, ...one },
});

const change = createRoute({
  method: "patch",
  path: `${path}/{id}`,
  operationId: "changeRule",
  tags: ["rules"],
  summary: "Changes some fields of a rule",
  request: { params: documentParamsSchema, query: authorQuerySchema, ...jsonBody(rulePatchSchema) },
  responses: { 200: single("The rule"), ...writing, ...noSuchRuleThere, ...one },
});

const remove = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  operationId: "deleteRule",
  tags: ["rules"],
  summary: "Deletes a rule; what fires by it ends",
  request: { params: documentParamsSchema, query: authorQuerySchema },
  responses: { 200: answer("Gone", removedSchema), ...writing, ...noSuchRuleThere, ...one },
});

/** GET POST /api/monitoring/rules, GET PUT PATCH DELETE …/{id}. */
export function addRules(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { rules } = await fromDatabase(readAlertingDocuments(context.get("environment").DB));
    return context.json({ rules: rules.map(shown) }, 200);
  });

  app.openapi(read, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const { rules } = await fromDatabase(readAlertingDocuments(DB));
    const rule = rules.find((known) => known.id === id);
    if (!rule) throw noSuchRule(rules);
    return context.json(await singleOf(DB, rule), 200);
  });

  app.openapi(create, async (context) => {
    const rule = context.req.valid("json");
    const { by } = context.req.valid("query");
    const onlyNew: RuleChange = (before) => {
      if (before === null) return rule;
      throw new ProblemError("conflict", "There is a rule of this id: PUT replaces it.");
    };
    const document = await putRule(context, rule.id, onlyNew, by);
    return context.json(document.answer, 201);
  });

  app.openapi(replace, async (context) => {
    const { id } = context.req.valid("param");
    const rule = context.req.valid("json");
    if (rule.id !== id) throw invalidRequest([{ field: "id", message: "the id in the address" }]);
    const { by } = context.req.valid("query");
    const { answer: document, created } = await putRule(context, id, () => rule, by);
    return context.json(document, created ? 201 : 200);
  });

  app.openapi(change, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const patch = context.req.valid("json");
    const { rules } = await fromDatabase(readAlertingDocuments(DB));
    const patched: RuleChange = (before) => {
      if (before === null) throw noSuchRule(rules);
      return patchedRule(before, patch);
    };
    const document = await putRule(context, id, patched, context.req.valid("query").by);
    return context.json(document.answer, 200);
  });

  app.openapi(remove, async (context) => {
    const { id } = context.req.valid("param");
    return context.json(await dropRule(context, id, context.req.valid("query").by), 200);
  });
}

/** Writes a rule as a request asks for it. */
export async function putRule(
  context: Context<ApiEnv>,
  id: string,
  change: RuleChange,
  by: string | undefined,
) {
  const { DB } = context.get("environment");
  const act = { now: context.get("now"), by: by ?? context.get("identity").name };
  const { rule, created } = await writeRule(DB, id, change, act);
  return { answer: await singleOf(DB, rule), created };
}

/** Deletes a rule as a request asks for it. */
export async function dropRule(context: Context<ApiEnv>, id: string, author: string | undefined) {
  const now = context.get("now");
  const by = author ?? context.get("identity").name;
  await removeRule(context.get("environment").DB, id, { now, by });
  return { removed: { id, at: instant(now), by } };
}

async function singleOf(db: D1Database, rule: AlertRule) {
  return { rule: shown(rule), changes: await changesOf(db, "rule", rule.id) };
}

/** A copy that may be written to, as answers are typed. */
function shown(rule: AlertRule) {
  return ruleBodySchema.parse(rule);
}
