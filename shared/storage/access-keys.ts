/** Keys that an admin issued. Of a secret only the hash is kept, and no list has it. */
import { z } from "zod";
import { type Scope, scopes } from "../domain/access.ts";
import { jsonText } from "./json-column.ts";

/** A key as it may be shown. Epoch seconds. */
export interface AccessKey {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly rotatedAt: number | null;
  /** Until when the secret before the rotation still lets in. */
  readonly previousUntil: number | null;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: number | null;
}

/** A key with what a secret is held against: SHA-256, hex. */
export interface StoredKey extends AccessKey {
  readonly hash: string;
  readonly previousHash: string | null;
}

const shownFields = {
  number: z.int(),
  id: z.string(),
  name: z.string(),
  scopes: jsonText(z.array(z.enum(scopes))),
  createdAt: z.int(),
  createdBy: z.string(),
  expiresAt: z.int().nullable(),
  rotatedAt: z.int().nullable(),
  previousUntil: z.int().nullable(),
  revokedAt: z.int().nullable(),
  revokedBy: z.string().nullable(),
  lastUsedAt: z.int().nullable(),
};

const shownRow = z.object(shownFields) satisfies z.ZodType<AccessKey>;
const storedRow = z.object({
  ...shownFields,
  hash: z.string(),
  previousHash: z.string().nullable(),
}) satisfies z.ZodType<StoredKey>;

const columns = `number, id, name, scopes, created_at AS createdAt, created_by AS createdBy,
  expires_at AS expiresAt, rotated_at AS rotatedAt, previous_until AS previousUntil,
  revoked_at AS revokedAt, revoked_by AS revokedBy, last_used_at AS lastUsedAt`;

/** Reads a key with its hashes, to hold a secret against them; null where there is none. */
export async function readStoredKey(db: D1Database, id: string): Promise<StoredKey | null> {
  const row = await db
    .prepare(
      `SELECT ${columns}, hash, previous_hash AS previousHash FROM access_keys WHERE id = ?1`,
    )
    .bind(id)
    .first();
  return row === null ? null : storedRow.parse(row);
}

/** Reads a key; null where there is none. */
export async function readAccessKey(db: D1Database, id: string): Promise<AccessKey | null> {
  const row = await db.prepare(`SELECT ${columns} FROM access_keys WHERE id = ?1`).bind(id).first();
  return row === null ? null : shownRow.parse(row);
}

/**
 * Reads keys whatever their state, the newest first, at most `limit`.
 *
 * @param before only numbers below it; null for the newest
 */
export async function readAccessKeyPage(
  db: D1Database,
  before: number | null,
  limit: number,
): Promise<AccessKey[]> {
  const { results } = await db
    .prepare(`SELECT ${columns} FROM access_keys WHERE number < ?1 ORDER BY number DESC LIMIT ?2`)
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return z.array(shownRow).parse(results);
}

/** What is said of a new key. Epoch seconds. */
export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly hash: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
}

/** What adds a key. */
export function addAccessKey(db: D1Database, key: NewKey): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO access_keys (id, name, scopes, hash, created_at, created_by, expires_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
    )
    .bind(
      key.id,
      key.name,
      JSON.stringify(key.scopes),
      key.hash,
      key.createdAt,
      key.createdBy,
      key.expiresAt,
    );
}

/** What revokes a key for good; changes nothing of one that is revoked. */
export function revokeAccessKey(
  db: D1Database,
  id: string,
  at: number,
  by: string,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE access_keys SET revoked_at = ?2, revoked_by = ?3, previous_hash = NULL,
         previous_until = NULL WHERE id = ?1 AND revoked_at IS NULL`,
    )
    .bind(id, at, by);
}

/**
 * What gives a key another secret; changes nothing of one that is no longer good.
 *
 * @param previousUntil until when the secret so far still lets in; null: no longer
 */
export function rotateAccessKey(
  db: D1Database,
  id: string,
  hash: string,
  at: number,
  previousUntil: number | null,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE access_keys SET previous_hash = CASE WHEN ?4 IS NULL THEN NULL ELSE hash END,
         previous_until = ?4, hash = ?2, rotated_at = ?3
       WHERE id = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)`,
    )
    .bind(id, hash, at, previousUntil);
}

/** Records that a key was used, unless that was recorded since `unless`; epoch seconds. */
export async function recordKeyUse(
  db: D1Database,
  id: string,
  at: number,
  unless: number,
): Promise<void> {
  await db
    .prepare(
      `UPDATE access_keys SET last_used_at = ?2
       WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at <= ?3)`,
    )
    .bind(id, at, unless)
    .run();
}
