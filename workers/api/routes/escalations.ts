import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  policyBodySchema,
  policyListSchema,
  rotationBodySchema,
  rotationListSchema,
  singlePolicySchema,
  singleRotationSchema,
} from "../../../shared/contract/api/escalations.ts";
import {
  authorQuerySchema,
  documentParamsSchema,
  removedSchema,
} from "../../../shared/contract/api/rules.ts";
import type { EscalationPolicy, Rotation } from "../../../shared/domain/alerting/escalation.ts";
import { onCallOf } from "../../../shared/domain/alerting/on-call.ts";
import { localDaysBetween } from "../../../shared/local-days.ts";
import {
  type AlertingDocuments,
  readAlertingDocuments,
} from "../../../shared/storage/alerting/documents.ts";
import { changesOf } from "../alerting/documents.ts";
import {
  noSuchPolicy as noPolicy,
  noSuchRotation as noRotation,
  removePolicy,
  removeRotation,
  usedByPolicies,
  usedByRules,
  writePolicy,
  writeRotation,
} from "../alerting/escalation-writes.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest } from "../problems.ts";
import { askChannels } from "../reads/ask-channels.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant, instantOrNull } from "../reads/instant.ts";
import { jsonBody, noSuchPolicy, noSuchRotation } from "./alert-responses.ts";
import { actOf } from "./alerts.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const policies = "/api/monitoring/escalations";
const rotations = "/api/monitoring/rotations";
const one = { ...unauthorized, ...invalid, ...failures };
const writing = { ...forbidden, ...conflict };
const named = { params: documentParamsSchema, query: authorQuerySchema };

const listPolicies = createRoute({
  method: "get",
  path: policies,
  operationId: "listPolicies",
  tags: ["escalations"],
  summary: "Escalation policies, and the rules that name them",
  responses: { 200: answer("Every policy", policyListSchema), ...one },
});

const readPolicy = createRoute({
  method: "get",
  path: `${policies}/{id}`,
  operationId: "getPolicy",
  tags: ["escalations"],
  summary: "One policy, and who changed it",
  request: { params: documentParamsSchema },
  responses: { 200: answer("The policy", singlePolicySchema), ...noSuchPolicy, ...one },
});

const putPolicy = createRoute({
  method: "put",
  path: `${policies}/{id}`,
  operationId: "putPolicy",
  tags: ["escalations"],
  summary: "Creates or replaces a policy",
  request: { ...named, ...jsonBody(policyBodySchema) },
  responses: {
    200: answer("The policy", singlePolicySchema),
    201: answer("The new policy", singlePolicySchema),
    ...writing,
    ...one,
  },
});

const deletePolicy = createRoute({
  method: "delete",
  path: `${policies}/{id}`,
  operationId: "deletePolicy",
  tags: ["escalations"],
  summary: "Deletes a policy that no rule names",
  request: named,
  responses: { 200: answer("Gone", removedSchema), ...noSuchPolicy, ...writing, ...one },
});

const listRotations = createRoute({
  method: "get",
  path: rotations,
  operationId: "listRotations",
  tags: ["escalations"],
  summary: "Rotations, and who is on call now",
  responses: { 200: answer("Every rotation", rotationListSchema), ...one },
});

const readRotation = createRoute({
  method: "get",
  path: `${rotations}/{id}`,
  operationId: "getRotation",
  tags: ["escalations"],
  summary: "One rotation, who is on call, and who changed it",
  request: { params: documentParamsSchema },
  responses: { 200: answer("The rotation", singleRotationSchema), ...noSuchRotation, ...one },
});

const putRotation = createRoute({
  method: "put",
  path: `${rotations}/{id}`,
  operationId: "putRotation",
  tags: ["escalations"],
  summary: "Creates or replaces a rotation",
  request: { ...named, ...jsonBody(rotationBodySchema) },
  responses: {
    200: answer("The rotation", singleRotationSchema),
    201: answer("The new rotation", singleRotationSchema),
    ...writing,
    ...one,
  },
});

const deleteRotation = createRoute({
  method: "delete",
  path: `${rotations}/{id}`,
  operationId: "deleteRotation",
  tags: ["escalations"],
  summary: "Deletes a rotation that no policy names",
  request: named,
  responses: { 200: answer("Gone", removedSchema), ...noSuchRotation, ...writing, ...one },
});

/** GET /api/monitoring/escalations and /rotations, GET PUT DELETE …/{id} of both. */
export function addEscalations(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(listPolicies, async (context) => {
    const documents = await readAll(context);
    const all = documents.policies.map((policy) => shownPolicy(policy, documents));
    return context.json({ policies: all }, 200);
  });

  app.openapi(readPolicy, async (context) => {
    return context.json(await singlePolicy(context, context.req.valid("param").id), 200);
  });

  app.openapi(putPolicy, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const { id } = context.req.valid("param");
    const policy = context.req.valid("json");
    requireId(policy.id, id);
    const channels = async () =>
      (await askChannels(PROBE, context.get("clock"))).map((channel) => channel.id);
    const act = actOf(context, context.req.valid("query").by);
    const { created } = await writePolicy(DB, policy, channels, act);
    return context.json(await singlePolicy(context, id), created ? 201 : 200);
  });

  app.openapi(deletePolicy, async (context) => {
    const { id } = context.req.valid("param");
    const act = actOf(context, context.req.valid("query").by);
    await removePolicy(context.get("environment").DB, id, act);
    return context.json({ removed: { id, at: instant(act.now), by: act.by } }, 200);
  });

  app.openapi(listRotations, async (context) => {
    const documents = await readAll(context);
    const now = context.get("now");
    const all = documents.rotations.map((rotation) => shownRotation(rotation, documents, now));
    return context.json({ rotations: all }, 200);
  });

  app.openapi(readRotation, async (context) => {
    return context.json(await singleRotation(context, context.req.valid("param").id), 200);
  });

  app.openapi(putRotation, async (context) => {
    const { id } = context.req.valid("param");
    const rotation = context.req.valid("json");
    requireId(rotation.id, id);
    const act = actOf(context, context.req.valid("query").by);
    const { created } = await writeRotation(context.get("environment").DB, rotation, act);
    return context.json(await singleRotation(context, id), created ? 201 : 200);
  });

  app.openapi(deleteRotation, async (context) => {
    const { id } = context.req.valid("param");
    const act = actOf(context, context.req.valid("query").by);
    await removeRotation(context.get("environment").DB, id, act);
    return context.json({ removed: { id, at: instant(act.now), by: act.by } }, 200);
  });
}

function requireId(given: string, inAddress: string): void {
  if (given === inAddress) return;
  throw invalidRequest([{ field: "id", message: "the id in the address" }]);
}

function readAll(context: Context<ApiEnv>): Promise<AlertingDocuments> {
  return fromDatabase(readAlertingDocuments(context.get("environment").DB));
}

async function singlePolicy(context: Context<ApiEnv>, id: string) {
  const documents = await readAll(context);
  const policy = documents.policies.find((known) => known.id === id);
  if (!policy) throw noPolicy(documents);
  const changes = await changesOf(context.get("environment").DB, "policy", id);
  return { ...shownPolicy(policy, documents), changes };
}

async function singleRotation(context: Context<ApiEnv>, id: string) {
  const documents = await readAll(context);
  const rotation = documents.rotations.find((known) => known.id === id);
  if (!rotation) throw noRotation(documents);
  const changes = await changesOf(context.get("environment").DB, "rotation", id);
  return { ...shownRotation(rotation, documents, context.get("now")), changes };
}

function shownPolicy(policy: EscalationPolicy, documents: AlertingDocuments) {
  // Parsed for a copy that may be written to, as answers are typed.
  return { policy: policyBodySchema.parse(policy), usedBy: usedByRules(documents, policy.id) };
}

function shownRotation(rotation: Rotation, documents: AlertingDocuments, now: number) {
  const { person, until, next, override } = onCallOf(rotation, now, localDaysBetween);
  return {
    rotation: rotationBodySchema.parse(rotation),
    onCall: { person, until: instantOrNull(until), next, override },
    usedBy: usedByPolicies(documents, rotation.id),
  };
}
