import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { base64url } from "jose";
import { issuedKeyText } from "../../../shared/access-key.ts";
import {
  issuedKeySchema,
  type KeyDocument,
  keyListQuerySchema,
  keyListSchema,
  keyParamsSchema,
  newKeySchema,
  rotateKeySchema,
  singleKeySchema,
} from "../../../shared/contract/api/keys.ts";
import { keyState } from "../../../shared/domain/access.ts";
import { instant, instantOrNull } from "../../../shared/instant.ts";
import {
  type AccessKey,
  addAccessKey,
  readAccessKey,
  readAccessKeyPage,
  revokeAccessKey,
  rotateAccessKey,
} from "../../../shared/storage/access-keys.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { jsonBody, missing, optionalBody } from "./alert-responses.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/keys";
const all = { ...unauthorized, ...forbidden, ...invalid, ...failures };
const noSuchKey = missing("There is no such key");

const list = createRoute({
  method: "get",
  path,
  operationId: "listKeys",
  tags: ["access"],
  summary: "Issued keys, the newest first, whatever their state; never a secret",
  request: { query: keyListQuerySchema },
  responses: { 200: answer("One page", keyListSchema), ...all },
});

const read = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getKey",
  tags: ["access"],
  summary: "One key, without its secret",
  request: { params: keyParamsSchema },
  responses: { 200: answer("The key", singleKeySchema), ...noSuchKey, ...all },
});

const issue = createRoute({
  method: "post",
  path,
  operationId: "issueKey",
  tags: ["access"],
  summary: "Issues a key; its secret is in this answer and nowhere else",
  request: jsonBody(newKeySchema),
  responses: { 201: answer("The key and its secret", issuedKeySchema), ...all },
});

const rotate = createRoute({
  method: "post",
  path: `${path}/{id}/rotate`,
  operationId: "rotateKey",
  tags: ["access"],
  summary: "Gives a key another secret; the one so far may let in for a while",
  request: { params: keyParamsSchema, ...optionalBody(rotateKeySchema) },
  responses: {
    200: answer("The key and its new secret", issuedKeySchema),
    ...noSuchKey,
    ...conflict,
    ...all,
  },
});

const revoke = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  operationId: "revokeKey",
  tags: ["access"],
  summary: "Revokes a key for good, within five seconds",
  request: { params: keyParamsSchema },
  responses: { 200: answer("The key", singleKeySchema), ...noSuchKey, ...all },
});

/** Everything under /api/monitoring/keys. */
export function addKeys(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { limit, cursor } = context.req.valid("query");
    const { DB } = context.get("environment");
    const found = await fromDatabase(readAccessKeyPage(DB, cursor ?? null, limit + 1));
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const now = context.get("now");
    const keys = page.map((key) => documentOf(key, now));
    return context.json({ keys, nextCursor: last === undefined ? null : String(last.number) }, 200);
  });

  app.openapi(read, async (context) => {
    const { DB } = context.get("environment");
    const key = await existing(DB, context.req.valid("param").id);
    return context.json({ key: documentOf(key, context.get("now")) }, 200);
  });

  app.openapi(issue, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { name, scopes, expiresAt = null } = context.req.valid("json");
    if (expiresAt !== null && expiresAt <= now) {
      throw invalidRequest([{ field: "expiresAt", message: "a time to come" }]);
    }
    const id = newId();
    const secret = newSecret();
    const createdBy = context.get("identity").name;
    const key = { id, name, scopes, expiresAt, createdBy, createdAt: now };
    await fromDatabase(addAccessKey(DB, { ...key, hash: await hashOf(secret) }).run());
    const shown = documentOf(await existing(DB, id), now);
    return context.json({ key: shown, secret: issuedKeyText({ id, secret }) }, 201);
  });

  app.openapi(rotate, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { id } = context.req.valid("param");
    const { graceSeconds = 0 } = context.req.valid("json") ?? {};
    await existing(DB, id);
    const secret = newSecret();
    const until = graceSeconds === 0 ? null : now + graceSeconds;
    const { meta } = await fromDatabase(
      rotateAccessKey(DB, id, await hashOf(secret), now, until).run(),
    );
    if (meta.changes === 0) {
      throw new ProblemError("conflict", "It is revoked or has expired: issue another one.");
    }
    const key = documentOf(await existing(DB, id), now);
    return context.json({ key, secret: issuedKeyText({ id, secret }) }, 200);
  });

  app.openapi(revoke, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { id } = context.req.valid("param");
    await existing(DB, id);
    await fromDatabase(revokeAccessKey(DB, id, now, context.get("identity").name).run());
    return context.json({ key: documentOf(await existing(DB, id), now) }, 200);
  });
}

async function existing(db: D1Database, id: string): Promise<AccessKey> {
  const key = await fromDatabase(readAccessKey(db, id));
  if (key === null) throw new ProblemError("not-found", `There is no key ${id}.`);
  return key;
}

function documentOf(key: AccessKey, now: number): KeyDocument {
  const { id, name, scopes, createdBy, revokedBy, previousUntil } = key;
  return {
    id,
    name,
    scopes: [...scopes],
    state: keyState(key, now),
    createdAt: instant(key.createdAt),
    createdBy,
    expiresAt: instantOrNull(key.expiresAt),
    rotatedAt: instantOrNull(key.rotatedAt),
    previousUntil: instantOrNull(
      previousUntil !== null && previousUntil > now ? previousUntil : null,
    ),
    revokedAt: instantOrNull(key.revokedAt),
    revokedBy,
    lastUsedAt: instantOrNull(key.lastUsedAt),
  };
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Twelve characters; an id is no secret, so that a slight bias does not matter. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}

/** 256 bits, base64url. */
function newSecret(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)));
}

async function hashOf(secret: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
