import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { z } from "zod";
import {
  changeMaintenanceSchema,
  createMaintenanceSchema,
  maintenanceListSchema,
  maintenanceParamsSchema,
  maintenanceQuerySchema,
  singleMaintenanceSchema,
  withdrawQuerySchema,
} from "../../../shared/contract/api/maintenance.ts";
import { mutedListSchema } from "../../../shared/contract/api/muted.ts";
import { endOfTime, type MaintenanceWindow } from "../../../shared/domain/maintenance.ts";
import { readMaintained } from "../../../shared/storage/alerting/timeline.ts";
import {
  readMaintenance,
  readMaintenancePage,
  readMaintenanceWindow,
} from "../../../shared/storage/maintenance.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { maintenanceDocument } from "../maintenance/document.ts";
import {
  type Act,
  changeMaintenance,
  createMaintenance,
  endMaintenance,
  removeMaintenance,
} from "../maintenance/writes.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { mostMuted, mutedDocuments } from "../reads/muted-documents.ts";
import {
  answer,
  conflict,
  failures,
  forbidden,
  invalid,
  noSuchWindow,
  unauthorized,
} from "./responses.ts";

const path = "/api/monitoring/maintenance";
const one = { ...unauthorized, ...invalid, ...failures };
const writing = { ...forbidden, ...noSuchWindow, ...conflict };
const json = <T extends z.ZodType>(schema: T) => ({
  body: { content: { "application/json": { schema } }, required: true },
});
const single = (description: string) => answer(description, singleMaintenanceSchema);

const list = createRoute({
  method: "get",
  path,
  operationId: "listMaintenance",
  tags: ["maintenance"],
  summary: "Maintenance windows and exclusions, with what is upcoming",
  request: { query: maintenanceQuerySchema },
  responses: { 200: answer("Windows", maintenanceListSchema), ...one },
});

const read = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getMaintenance",
  tags: ["maintenance"],
  summary: "One of them",
  request: { params: maintenanceParamsSchema },
  responses: { 200: single("The window"), ...noSuchWindow, ...one },
});

const readMuted = createRoute({
  method: "get",
  path: `${path}/{id}/muted`,
  operationId: "listMutedByMaintenance",
  tags: ["maintenance"],
  summary: "What it muted: alerts that nobody was told of",
  request: { params: maintenanceParamsSchema },
  responses: { 200: answer("What it muted", mutedListSchema), ...noSuchWindow, ...one },
});

const create = createRoute({
  method: "post",
  path,
  operationId: "createMaintenance",
  tags: ["maintenance"],
  summary: "Declares one, also of a time that is past",
  request: json(createMaintenanceSchema),
  responses: { 201: single("The new window"), ...forbidden, ...one },
});

const change = createRoute({
  method: "patch",
  path: `${path}/{id}`,
  operationId: "changeMaintenance",
  tags: ["maintenance"],
  summary: "Changes one from now on",
  request: { params: maintenanceParamsSchema, ...json(changeMaintenanceSchema) },
  responses: { 200: single("The window"), ...writing, ...one },
});

const remove = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  operationId: "cancelMaintenance",
  tags: ["maintenance"],
  summary: "Cancels what is still to come of one",
  request: { params: maintenanceParamsSchema, query: withdrawQuerySchema },
  responses: { 200: single("The window"), ...writing, ...one },
});

const end = createRoute({
  method: "post",
  path: `${path}/{id}/end`,
  operationId: "endMaintenance",
  tags: ["maintenance"],
  summary: "Ends early what is in force now of one",
  request: { params: maintenanceParamsSchema },
  responses: { 200: single("The window"), ...writing, ...one },
});

/** GET POST /api/monitoring/maintenance, GET PATCH DELETE …/{id}, POST …/{id}/end. */
export function addMaintenance(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB } = context.get("environment");
    const { state, limit, cursor } = context.req.valid("query");
    const now = context.get("now");
    if (state === "current") {
      const windows = await fromDatabase(readMaintenance(DB, { from: now, to: endOfTime }));
      const documents = windows.map((window) => maintenanceDocument(window, now));
      const current = documents.filter((document) => document.state !== "over");
      return context.json({ windows: current, nextCursor: null }, 200);
    }
    // One more than asked for tells whether there is another page.
    const windows = await fromDatabase(readMaintenancePage(DB, cursor ?? null, limit + 1));
    const page = windows.slice(0, limit);
    const last = windows.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : String(last.number);
    const documents = page.map((window) => maintenanceDocument(window, now));
    return context.json({ windows: documents, nextCursor }, 200);
  });

  app.openapi(read, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const stored = await fromDatabase(readMaintenanceWindow(DB, id));
    if (stored === null) throw nothingThere(id);
    return context.json(shown(context, stored.window), 200);
  });

  app.openapi(readMuted, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const [stored, { count, latest }] = await Promise.all([
      fromDatabase(readMaintenanceWindow(DB, id)),
      fromDatabase(readMaintained(DB, id, mostMuted)),
    ]);
    if (stored === null) throw nothingThere(id);
    return context.json({ count, muted: mutedDocuments(latest) }, 200);
  });

  app.openapi(create, async (context) => {
    const { DB } = context.get("environment");
    const plan = await fromDatabase(readPlan(DB));
    const window = await createMaintenance(DB, plan, context.req.valid("json"), actOf(context));
    return context.json(shown(context, window), 201);
  });

  app.openapi(change, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const plan = await fromDatabase(readPlan(DB));
    const input = context.req.valid("json");
    const window = await changeMaintenance(DB, plan, id, input, actOf(context));
    return context.json(shown(context, window), 200);
  });

  app.openapi(remove, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const { withdraw } = context.req.valid("query");
    const window = await removeMaintenance(DB, id, withdraw, actOf(context));
    return context.json(shown(context, window), 200);
  });

  app.openapi(end, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    return context.json(shown(context, await endMaintenance(DB, id, actOf(context))), 200);
  });
}

function nothingThere(id: number): ProblemError {
  return new ProblemError("unknown-maintenance", `There is no maintenance window ${id}.`);
}

function actOf(context: Context<ApiEnv>): Act {
  return { now: context.get("now"), by: context.get("identity").name };
}

function shown(context: Context<ApiEnv>, window: MaintenanceWindow) {
  return { window: maintenanceDocument(window, context.get("now")) };
}

/** A body of another type would not be looked at. */
