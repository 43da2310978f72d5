import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  doorSchema,
  keyedPingParamsSchema,
  pingParamsSchema,
  pingQuerySchema,
  pingTakenSchema,
  signalParamsSchema,
} from "../../../shared/contract/api/heartbeats.ts";
import { type Ping, takePing, touchHeartbeats } from "../../../shared/storage/heartbeats.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ApiEnv } from "../context.ts";
import { monitorOfToken } from "../heartbeats/ping-token.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import {
  answer,
  failures,
  forbidden,
  invalid,
  noSuchHeartbeat,
  unauthorized,
} from "./responses.ts";

const responses = {
  200: answer("The ping was taken", pingTakenSchema),
  ...invalid,
  ...noSuchHeartbeat,
  ...failures,
};

const door = createRoute({
  method: "get",
  path: "/api/ping",
  operationId: "checkPingDoor",
  tags: ["heartbeats"],
  summary: "Whether pings can be taken",
  responses: { 200: answer("They can", doorSchema), ...noSuchHeartbeat, ...failures },
});

const succeed = (method: "get" | "post") =>
  createRoute({
    method,
    path: "/api/ping/{token}",
    operationId: method === "get" ? "ping" : "postPing",
    tags: ["heartbeats"],
    summary: "A job of NetPost's calls in: it succeeded",
    description: "Needs no key: the address is the secret. A body is ignored.",
    request: { params: pingParamsSchema, query: pingQuerySchema },
    responses,
  });

const signal = (method: "get" | "post") =>
  createRoute({
    method,
    path: "/api/ping/{token}/{signal}",
    operationId: method === "get" ? "pingSignal" : "postPingSignal",
    tags: ["heartbeats"],
    summary: "A job of NetPost's calls in: it starts, failed, or ended with an exit status",
    description: "Needs no key: the address is the secret. A body is ignored.",
    request: { params: signalParamsSchema, query: pingQuerySchema },
    responses,
  });

const keyed = createRoute({
  method: "post",
  path: "/api/monitoring/heartbeats/{id}/{signal}",
  operationId: "pingByKey",
  tags: ["heartbeats"],
  summary: "A job of NetPost's calls in, with a key of the scope ping",
  request: { params: keyedPingParamsSchema, query: pingQuerySchema },
  responses: { ...responses, ...unauthorized, ...forbidden },
});

/** GET, HEAD and POST /api/ping/{token} and /api/ping/{token}/{signal}; GET /api/ping. */
export function addPings(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(door, async (context) => {
    const { DB, HEARTBEAT_SECRET } = context.get("environment");
    if (HEARTBEAT_SECRET === undefined) throw noHeartbeat();
    await fromDatabase(touchHeartbeats(DB));
    return context.json({ status: "open" } as const, 200);
  });
  for (const method of ["get", "post"] as const) {
    app.openapi(succeed(method), async (context) => {
      const { token } = context.req.valid("param");
      const { rid } = context.req.valid("query");
      const taken = await take(context, token, rid, { signal: "success", exitStatus: null });
      return context.json({ taken }, 200);
    });
    app.openapi(signal(method), async (context) => {
      const { token, signal: word } = context.req.valid("param");
      const { rid } = context.req.valid("query");
      const taken = await take(context, token, rid, meaningOf(word));
      return context.json({ taken }, 200);
    });
  }
}

/** POST /api/monitoring/heartbeats/{id}/{signal}: as the addresses, for who has a key to ping. */
export function addKeyedPings(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(keyed, async (context) => {
    const { DB } = context.get("environment");
    const { id, signal: word } = context.req.valid("param");
    const { rid } = context.req.valid("query");
    const { monitors } = await fromDatabase(readPlan(DB));
    const monitor = monitors.find((one) => one.id === id && one.probe.kind === "heartbeat");
    if (!monitor) throw noHeartbeat();
    const meaning = meaningOf(word);
    const ping = { ...meaning, at: context.get("now"), run: rid ?? null };
    if (!(await fromDatabase(takePing(DB, monitor.number, ping)))) throw noHeartbeat();
    return context.json({ taken: meaning.signal }, 200);
  });
}

type Meaning = Pick<Ping, "signal" | "exitStatus">;

function meaningOf(word: string): Meaning {
  if (word === "success") return { signal: "success", exitStatus: null };
  if (word === "start") return { signal: "start", exitStatus: null };
  if (word === "fail") return { signal: "failure", exitStatus: null };
  const exitStatus = Number(word);
  if (exitStatus === 0) return { signal: "success", exitStatus: null };
  return { signal: "failure", exitStatus };
}

async function take(
  context: Context<ApiEnv>,
  token: string,
  run: string | undefined,
  meaning: Meaning,
): Promise<Ping["signal"]> {
  const { DB, HEARTBEAT_SECRET } = context.get("environment");
  if (HEARTBEAT_SECRET === undefined) throw noHeartbeat();
  const monitor = await monitorOfToken(HEARTBEAT_SECRET, token);
  if (monitor === null) throw noHeartbeat();
  const ping = { ...meaning, at: context.get("now"), run: run ?? null };
  // Who had a right address once may learn that its monitor is gone.
  if (!(await fromDatabase(takePing(DB, monitor, ping)))) throw noHeartbeat();
  return meaning.signal;
}

function noHeartbeat(): ProblemError {
  return new ProblemError("not-found", "There is no such heartbeat.");
}
