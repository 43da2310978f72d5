import { createMiddleware } from "hono/factory";
import { parseIssuedKey } from "../../../shared/access-key.ts";
import { verifyAccessToken } from "../../../shared/access-token.ts";
import { isUseNews, keyState, useRecordedSeconds } from "../../../shared/domain/access.ts";
import { log } from "../../../shared/log.ts";
import {
  readStoredKey,
  recordKeyUse,
  type StoredKey,
} from "../../../shared/storage/access-keys.ts";
import type { ApiEnv, Identity } from "../context.ts";
import type { Environment } from "../env.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { countAddress } from "./rate-limit.ts";

/** For so long a key is known without a look at the database, seconds: as long a revoked one lets in. */
const keptSeconds = 5;
const mostKept = 1_000;

type Kept = Map<string, { readonly key: StoredKey | null; readonly until: number }>;

/**
 * Lets in who has a good key: the monitoring key, the admin token, an issued one, or, where that is
 * configured, a token of Cloudflare Access. Whatever is wrong with a key, and where there is none,
 * the answer is the same. While the database fails, keys of the settings go on working.
 */
export function authenticate() {
  const kept: Kept = new Map();
  return createMiddleware<ApiEnv>(async (context, next) => {
    const environment = context.get("environment");
    const now = context.get("now");
    const token = bearerToken(context.req.header("Authorization"));
    const identity =
      (await configured(token, environment)) ??
      (await issued(token, environment.DB, kept, now)) ??
      (await viaAccess(context.req.header("Cf-Access-Jwt-Assertion"), token, environment));
    if (identity === null) {
      await countAddress(context, "LIMIT_FAILED");
      throw new ProblemError("unauthorized", "Send a key as Authorization: Bearer.");
    }
    context.set("identity", identity);
    await next();
  });
}

/** The token of an Authorization header (RFC 6750, 2.1); empty where there is none. */
function bearerToken(header: string | undefined): string {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(header ?? "")?.[1] ?? "";
}

async function configured(token: string, environment: Environment): Promise<Identity | null> {
  const given = await digest(token);
  // Both are compared whichever fits, so that the time taken tells nothing.
  const isAdmin = await matches(given, environment.ADMIN_TOKEN);
  const isReader = await matches(given, environment.MONITORING_API_KEY);
  if (isAdmin) return { id: "admin-token", name: "admin", scopes: ["admin"], isBrowser: false };
  if (!isReader) return null;
  return { id: "monitoring-key", name: "reader", scopes: ["read"], isBrowser: false };
}

async function issued(
  token: string,
  db: D1Database,
  kept: Kept,
  now: number,
): Promise<Identity | null> {
  const given = parseIssuedKey(token);
  if (given === null) return null;
  const key = await keptKey(db, kept, given.id, now);
  const hash = await digest(given.secret);
  // Also for a key that is not there, so that the time taken tells nothing.
  const isPresent = sameHash(hash, key?.hash ?? "");
  const isPrevious = sameHash(hash, key?.previousHash ?? "");
  const isPreviousGood = isPrevious && key !== null && (key.previousUntil ?? 0) > now;
  if (key === null || !(isPresent || isPreviousGood)) return null;
  if (keyState(key, now) !== "active") return null;
  if (isUseNews(key.lastUsedAt, now)) await noteUse(db, kept, key, now);
  return { id: `key:${key.id}`, name: key.name, scopes: key.scopes, isBrowser: false };
}

async function keptKey(
  db: D1Database,
  kept: Kept,
  id: string,
  now: number,
): Promise<StoredKey | null> {
  const known = kept.get(id);
  if (known && now < known.until) return known.key;
  const key = await fromDatabase(readStoredKey(db, id));
  // Whoever sends many made-up ids shall not fill the memory.
  if (kept.size >= mostKept) kept.clear();
  kept.set(id, { key, until: now + keptSeconds });
  return key;
}

async function noteUse(db: D1Database, kept: Kept, key: StoredKey, now: number): Promise<void> {
  kept.set(key.id, { key: { ...key, lastUsedAt: now }, until: now + keptSeconds });
  try {
    await recordKeyUse(db, key.id, now, now - useRecordedSeconds);
  } catch (error) {
    log("warn", "key-use-not-recorded", { key: key.id }, error);
  }
}

async function viaAccess(
  assertion: string | undefined,
  token: string,
  environment: Environment,
): Promise<Identity | null> {
  const { ACCESS_TEAM_DOMAIN: issuer, ACCESS_AUDIENCE: audience } = environment;
  // Who sends a key is judged by it.
  if (assertion === undefined || token !== "" || !issuer || !audience) return null;
  const verified = await verifyAccessToken(assertion, { issuer, audience });
  if (!verified.ok) {
    log("warn", "access-token-refused", { reason: verified.reason });
    return null;
  }
  const { who, isPerson } = verified;
  const listed = (list: readonly string[]) => list.includes(who.toLowerCase());
  const scopes = listed(environment.ACCESS_ADMINS)
    ? (["admin"] as const)
    : listed(environment.ACCESS_OPERATORS)
      ? (["operate"] as const)
      : (["read"] as const);
  return { id: `access:${who}`, name: who, scopes, isBrowser: isPerson };
}

async function matches(given: ArrayBuffer, secret: string | undefined): Promise<boolean> {
  const equal = crypto.subtle.timingSafeEqual(given, await digest(secret ?? ""));
  return secret !== undefined && equal;
}

/** @param hex of SHA-256; anything else is never the same */
function sameHash(given: ArrayBuffer, hex: string): boolean {
  const stored = Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  );
  const whole = stored.byteLength === given.byteLength;
  return (
    crypto.subtle.timingSafeEqual(given, whole ? stored : new Uint8Array(given.byteLength)) && whole
  );
}

/** Digests have one length: comparing them does not tell a secret's. */
function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
