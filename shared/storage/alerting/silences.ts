/** Silences: what operators mute. */
import { z } from "zod";
import { matcherFields, type Silence } from "../../domain/alerting/silence.ts";
import { jsonText } from "../json-column.ts";

/** A silence as it is kept, and how often it muted an alert. Epoch seconds. */
export interface KeptSilence extends Silence {
  readonly createdAt: number;
  readonly endedBy: string | null;
  readonly muted: number;
}

const matchersSchema = z.array(
  z.object({ field: z.enum(matcherFields), equals: z.boolean(), value: z.string() }),
);

const rowSchema = z
  .object({
    id: z.int(),
    matchers: jsonText(matchersSchema),
    author: z.string(),
    reason: z.string(),
    starts_at: z.int(),
    ends_at: z.int(),
    created_at: z.int(),
    ended_by: z.string().nullable(),
    muted: z.int(),
  })
  .transform(
    (row): KeptSilence => ({
      id: row.id,
      matchers: row.matchers,
      author: row.author,
      reason: row.reason,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      createdAt: row.created_at,
      endedBy: row.ended_by,
      muted: row.muted,
    }),
  );

// With the plus the id has no affinity of its own: otherwise the index would be read through.
const columns = `id, matchers, author, reason, starts_at, ends_at, created_at, ended_by,
  (SELECT count(*) FROM alert_decisions INDEXED BY silenced_decisions
   WHERE because = 'silence' AND data ->> 'silence' = +silences.id) AS muted`;

/** Reads the silences that end after a time, epoch seconds: those in force, and those to come. */
export async function readCurrentSilences(db: D1Database, now: number): Promise<KeptSilence[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM silences INDEXED BY silences_by_end WHERE ends_at > ?1 ORDER BY id`,
    )
    .bind(now)
    .all();
  return z.array(rowSchema).parse(results);
}

/**
 * Reads silences whatever their time, the newest first, at most `limit`.
 *
 * @param before only numbers below it; null for the newest
 * @param endedBy only those over by then, epoch seconds; null: all
 */
export async function readSilencePage(
  db: D1Database,
  before: number | null,
  endedBy: number | null,
  limit: number,
): Promise<KeptSilence[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM silences WHERE id < ?1 AND ends_at <= ?2 ORDER BY id DESC LIMIT ?3`,
    )
    .bind(before ?? Number.MAX_SAFE_INTEGER, endedBy ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return z.array(rowSchema).parse(results);
}

/** Reads one; null where there is none. */
export async function readSilence(db: D1Database, id: number): Promise<KeptSilence | null> {
  const row = await db.prepare(`SELECT ${columns} FROM silences WHERE id = ?1`).bind(id).first();
  return row === null ? null : rowSchema.parse(row);
}

/** The number that the next silence gets, if nobody else is faster. */
export async function nextSilence(
  db: D1Database,
): Promise<{ readonly version: number; readonly id: number }> {
  const row = await db
    .prepare(
      `SELECT version, (SELECT coalesce(max(id), 0) + 1 FROM silences) AS id
       FROM alert_ledger WHERE id = 1`,
    )
    .first();
  return z.object({ version: z.int(), id: z.int() }).parse(row);
}

/** What writes a new silence; to be committed with the ledger's version. */
export function addSilence(
  db: D1Database,
  { id, matchers, author, reason, startsAt, endsAt }: Silence,
  createdAt: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO silences (id, matchers, author, reason, starts_at, ends_at, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
    )
    .bind(id, JSON.stringify(matchers), author, reason, startsAt, endsAt, createdAt);
}

/** What ends a silence early, or before it began; to be committed with the ledger's version. */
export function endSilence(
  db: D1Database,
  id: number,
  at: number,
  by: string,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE silences SET ends_at = ?2, starts_at = min(starts_at, ?2), ended_by = ?3
       WHERE id = ?1 AND ends_at > ?2`,
    )
    .bind(id, at, by);
}
